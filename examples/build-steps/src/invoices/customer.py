"""Who has to pay."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from invoices.invoice import Invoice


@dataclass
class Customer:
    name: str
    open: list[Invoice] = field(default_factory=list)
