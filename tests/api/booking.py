"""Accounts and transactions as a person makes them, for tests of what is summed from them."""

from api import ids
from domain.categories.system import by_code
from tests.api.client import Person

OPEN = """
mutation ($name: String!, $type: AccountType!, $currency: CurrencyCode!, $balance: Decimal!) {
  createAccount(input: {name: $name, type: $type, currency: $currency, balance: $balance}) {
    account { id }
    userErrors { code message path }
  }
}
"""
BOOK = """
mutation ($account: ID!, $date: Date!, $amount: Decimal!, $category: ID) {
  createTransaction(
    input: {accountId: $account, date: $date, amount: $amount, description: "Booked by hand", categoryId: $category}
  ) {
    transaction { id }
    userErrors { code message path }
  }
}
"""
EXCLUDE = """
mutation ($id: ID!) {
  updateTransaction(input: {transactionId: $id, isExcluded: true}) {
    userErrors { code message path }
  }
}
"""


def category(code: str) -> str:
    """The public id of a system category by its code."""
    return ids.encode("cat", by_code(code).id)


async def open_account(
    person: Person, *, type: str = "CHECKING", currency: str = "USD", balance: str = "0", name: str = "Account"
) -> str:
    """The id of a new account kept by hand."""
    made = await person.change(OPEN, name=name, type=type, currency=currency, balance=balance)
    account: str = made["account"]["id"]
    return account


async def book(person: Person, account: str, day: str, amount: str, code: str) -> str:
    """The id of a new transaction in the system category of that code."""
    made = await person.change(BOOK, account=account, date=day, amount=amount, category=category(code))
    transaction: str = made["transaction"]["id"]
    return transaction
