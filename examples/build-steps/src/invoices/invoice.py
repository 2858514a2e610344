"""What has to be paid."""

from dataclasses import dataclass

from invoices.customer import Customer
from invoices.money import Money
from invoices.tax import tax


@dataclass
class Invoice:
    customer: Customer
    net: Money

    def total(self) -> Money:
        return self.net + tax(self.net)


def bill(customer: Customer, net: Money) -> Invoice:
    invoice = Invoice(customer, net)
    customer.open.append(invoice)
    return invoice
