"""Amounts of money, counted in cents."""

from dataclasses import dataclass


@dataclass(frozen=True)
class Money:
    cents: int

    def __add__(self, other: "Money") -> "Money":
        return Money(self.cents + other.cents)

    def share(self, percent: int) -> "Money":
        return Money(round(self.cents * percent / 100))

    def __str__(self) -> str:
        return f"{self.cents // 100}.{self.cents % 100:02}"
