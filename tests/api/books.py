"""Accounts and transactions for the API's tests, made as clients make them."""

from typing import Any

from tests.api.client import Person

CREATE_ACCOUNT = """
mutation ($input: CreateAccountInput!) {
  createAccount(input: $input) { account { id } userErrors { code path } }
}
"""
CREATE_TRANSACTION = """
mutation ($input: CreateTransactionInput!) {
  createTransaction(input: $input) { transaction { id } userErrors { code path } }
}
"""
CATEGORIES = "{ viewer { categories { id name } } }"
BALANCES = "{ viewer { accounts(includeClosed: true) { balance { amount } } } }"
BOOKED = "{ viewer { transactions { nodes { description } } } }"


async def open_account(person: Person, **given: Any) -> str:
    """An account kept by hand: Cash in USD with nothing on it, unless `given` says otherwise. Its id."""
    values = {"name": "Cash", "type": "CASH", "currency": "USD", **given}
    opened: str = (await person.change(CREATE_ACCOUNT, input=values))["account"]["id"]
    return opened


async def book(person: Person, account: str, amount: str, description: str = "Corner shop", **given: Any) -> str:
    """A transaction typed by the person, on 2026-03-10 unless `given` says otherwise. Its id."""
    values = {"accountId": account, "date": "2026-03-10", "amount": amount, "description": description, **given}
    booked: str = (await person.change(CREATE_TRANSACTION, input=values))["transaction"]["id"]
    return booked


async def category(person: Person, name: str) -> str:
    """The id of the category of that name."""
    categories = (await person.data(CATEGORIES))["viewer"]["categories"]
    (found,) = [one["id"] for one in categories if one["name"] == name]
    return str(found)


async def balances(person: Person) -> list[str]:
    """Of all accounts, as they were made."""
    accounts = (await person.data(BALANCES))["viewer"]["accounts"]
    return [account["balance"]["amount"] for account in accounts]


async def booked(person: Person) -> list[str]:
    """The descriptions of all transactions, newest first."""
    return [one["description"] for one in (await person.data(BOOKED))["viewer"]["transactions"]["nodes"]]
