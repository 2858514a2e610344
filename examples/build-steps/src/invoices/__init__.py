"""Invoices: amounts of money, taxes on them, and who has to pay."""
