"""Transactions in categories of the system on chosen days, for tests of what is summed from them."""

from api import ids
from domain.categories.system import by_code
from tests.api import books
from tests.api.client import Person

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


async def book(person: Person, account: str, day: str, amount: str, code: str) -> str:
    """The id of a new transaction in the system category of that code."""
    return await books.book(person, account, amount, date=day, categoryId=category(code))
