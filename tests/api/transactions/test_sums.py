"""Sums and balances hold whatever is done, by however many at once."""

import asyncio
from datetime import date
from decimal import Decimal
from typing import Any

from sqlalchemy import select

from api.ids import decode_as
from domain.spending.models import Spending
from integrations.world import World
from runtime.journal import JournalLine
from runtime.reader import Reader
from runtime.viewer import Viewer
from tests.api.books import balances, book, category, open_account
from tests.api.client import Person

UPDATE = """
mutation ($input: UpdateTransactionInput!) {
  updateTransaction(input: $input) { transaction { id } userErrors { code path } }
}
"""
DELETE = "mutation ($id: ID!) { deleteTransaction(input: {transactionId: $id}) { deletedId userErrors { code path } } }"
CATEGORIZE = """
mutation ($id: ID!, $category: ID!) {
  categorizeTransaction(input: {transactionId: $id, categoryId: $category}) {
    transaction { id } userErrors { code path }
  }
}
"""
SET_BALANCE = """
mutation ($id: ID!, $balance: Decimal!) {
  updateAccount(input: {accountId: $id, balance: $balance}) { account { id } userErrors { code path } }
}
"""


def viewer_of(person: Person) -> Viewer:
    return Viewer.for_job(decode_as("hsh", person.household_id), decode_as("usr", person.user_id))


async def sums(world: World, person: Person) -> dict[tuple[str, date], tuple[Decimal, int]]:
    """What is kept, by the category's name and the month; nothing where nothing counts."""
    names = {decode_as("cat", one["id"]): one["name"] for one in await categories(person)}
    async with Reader(world.database, viewer_of(person)) as reader:
        kept = await reader.all(select(Spending))
    return {(names[row.category_id], row.month): (row.amount, row.count) for row in kept if row.count or row.amount}


async def categories(person: Person) -> list[dict[str, str]]:
    found: list[dict[str, str]] = (await person.data("{ viewer { categories { id name } } }"))["viewer"]["categories"]
    return found


async def test_sums_follow_each_change(person: Person, world: World) -> None:
    account = await open_account(person, balance="100")
    groceries, rent = await category(person, "Groceries"), await category(person, "Rent")
    march, april = date(2026, 3, 1), date(2026, 4, 1)

    milk = await book(person, account, "-2", "Milk", categoryId=groceries)
    bread = await book(person, account, "-3", "Bread", categoryId=groceries)
    assert await sums(world, person) == {("Groceries", march): (Decimal(-5), 2)}

    await person.change(UPDATE, input={"transactionId": milk, "amount": "-4.50", "date": "2026-04-01"})
    assert await sums(world, person) == {
        ("Groceries", march): (Decimal(-3), 1),
        ("Groceries", april): (Decimal("-4.50"), 1),
    }

    await person.change(CATEGORIZE, id=bread, category=rent)
    await person.change(UPDATE, input={"transactionId": milk, "isExcluded": True})
    assert await sums(world, person) == {("Rent", march): (Decimal(-3), 1)}

    await person.change(UPDATE, input={"transactionId": milk, "isExcluded": False, "amount": "-1"})
    await person.change(DELETE, id=bread)
    assert await sums(world, person) == {("Groceries", april): (Decimal(-1), 1)}
    assert await balances(person) == ["99.00"]


async def test_an_adjustment_counts_in_its_own_category_alone(person: Person, world: World) -> None:
    account = await open_account(person, balance="100")

    await person.change(SET_BALANCE, id=account, balance="80")

    assert [(name, kept) for (name, _), kept in (await sums(world, person)).items()] == [
        ("Balance adjustment", (Decimal(-20), 1))
    ]


async def test_changes_at_once_are_all_kept(person: Person, world: World) -> None:
    account = await open_account(person)
    groceries = await category(person, "Groceries")
    first = await book(person, account, "-1", categoryId=groceries)

    await asyncio.gather(
        *(book(person, account, "-1.01", categoryId=groceries) for _ in range(10)),
        *(person.change(UPDATE, input={"transactionId": first, "amount": f"-{number}"}) for number in (5, 6, 7)),
        person.change(UPDATE, input={"transactionId": first, "notes": "seen"}),
    )
    await person.change(UPDATE, input={"transactionId": first, "amount": "-9"})

    assert await balances(person) == ["-19.10"]
    assert await sums(world, person) == {("Groceries", date(2026, 3, 1)): (Decimal("-19.10"), 11)}


async def test_one_of_two_deletions_at_once_finds_nothing(person: Person, world: World) -> None:
    account = await open_account(person)
    transaction = await book(person, account, "-5")

    payloads = await asyncio.gather(*(person.data(DELETE, id=transaction) for _ in range(2)))

    outcomes = sorted(str(payload["deleteTransaction"]["userErrors"]) for payload in payloads)
    assert outcomes == ["[]", str([{"code": "NOT_FOUND", "path": ["input", "transactionId"]}])]
    assert (await balances(person), await sums(world, person)) == (["0.00"], {})


async def test_each_change_is_a_fact_with_what_it_was(person: Person, world: World) -> None:
    account = await open_account(person, balance="100")
    transaction = await book(person, account, "-2", "Milk")
    await person.change(UPDATE, input={"transactionId": transaction, "amount": "-3", "notes": "warm"})
    await person.change(CATEGORIZE, id=transaction, category=await category(person, "Groceries"))
    await person.change(DELETE, id=transaction)

    account_id, transaction_id = decode_as("acc", account), decode_as("txn", transaction)
    async with Reader(world.database, viewer_of(person)) as reader:
        stream = select(JournalLine).where(JournalLine.stream_id == viewer_of(person).household_id)
        lines = await reader.all(stream.where(JournalLine.account_id.is_not(None)).order_by(JournalLine.seq))
    assert {line.account_id for line in lines} == {account_id}
    assert [(line.kind, line.ids, shown(line.data)) for line in lines] == [
        ("AccountOpened", [account_id], {}),
        ("BalanceChanged", [account_id], {"balance": "100.00", "currency": "USD"}),
        ("TransactionsAdded", [transaction_id], {}),
        ("BalanceChanged", [account_id], {"balance": "98.00", "currency": "USD"}),
        ("TransactionsModified", [transaction_id], {"amount": ["-2.00", "-3.00"], "notes": [None, "warm"]}),
        ("BalanceChanged", [account_id], {"balance": "97.00", "currency": "USD"}),
        (
            "TransactionCategorized",
            [transaction_id],
            {
                "category_id": [
                    "00000000-0000-7000-8000-000000000001",
                    str(decode_as("cat", await category(person, "Groceries"))),
                ],
                "categorized_by": ["NONE", "PERSON"],
            },
        ),
        (
            "TransactionsRemoved",
            [transaction_id],
            {"before": {"date": "2026-03-10", "amount": "-3.00", "description": "Milk"}},
        ),
        ("BalanceChanged", [account_id], {"balance": "100.00", "currency": "USD"}),
    ]


def shown(data: dict[str, Any] | None) -> dict[str, Any]:
    """[before, after] of each changed field."""
    return {
        name: [change["before"], change["after"]] if isinstance(change, dict) and "after" in change else change
        for name, change in (data or {}).items()
    }
