from invoices.money import Money


def test_amounts_are_added():
    assert str(Money(150) + Money(5)) == "1.55"
