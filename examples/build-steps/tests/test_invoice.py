from invoices.customer import Customer
from invoices.invoice import bill
from invoices.money import Money


def test_a_bill_is_open():
    customer = Customer("Ada")
    assert bill(customer, Money(1000)).total() == Money(1190)
    assert len(customer.open) == 1
