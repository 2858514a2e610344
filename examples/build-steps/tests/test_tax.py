from invoices.money import Money
from invoices.tax import tax


def test_there_are_two_rates():
    assert tax(Money(1000)) == Money(190)
    assert tax(Money(1000), "reduced") == Money(70)
