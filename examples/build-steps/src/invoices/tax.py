"""Value added tax."""

from invoices.money import Money

RATES = {"standard": 19, "reduced": 7}


def tax(net: Money, rate: str = "standard") -> Money:
    return net.share(RATES[rate])
