"""Every way of sharing an account, and every way of reading: what one member gets of another's account.

Ada brings two accounts. One is shared fully: 100.00, of it 10.00 spent. The other is shared as each test says:
1,000.00, of it 40.00 spent. Ben is the other member.
"""

from collections.abc import Awaitable, Callable
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from typing import Any

import pytest

from api import ids
from integrations.world import World
from tests.api import booking
from tests.api.books import open_account
from tests.api.budgets.documents import make_budget
from tests.api.client import Person
from tests.api.households.company import SHARE, join, share, switch
from workers.budgets import check_budgets

LEVELS = ("FULL", "READ_ONLY", "BALANCE_ONLY", "PRIVATE")
GROCERIES = "FOOD_AND_DRINK_GROCERIES"

ACCOUNTS = "{ viewer { accounts { id } } }"
ACCOUNT = """
query ($id: ID!) {
  node(id: $id) { id ... on Account { balance { amount } owner { id } sharing transactions { nodes { id } } } }
}
"""
NODE = "query ($id: ID!) { node(id: $id) { id } }"
HISTORY = """
query ($id: ID!, $on: Date!) {
  node(id: $id) { ... on Account { balanceHistory(from: $on, to: $on) { balance { amount } } } }
}
"""
TRANSACTIONS = "query ($filter: TransactionFilter) { viewer { transactions(filter: $filter) { nodes { id } } } }"
REPORTS = """
query ($from: Date!, $to: Date!, $only: [ID!]) {
  viewer {
    reports {
      spendingByCategory(from: $from, to: $to, accountIds: $only) { total { amount } lines { count } }
      cashFlow(from: $from, to: $to, accountIds: $only) { expenses { amount } }
      byDay: cashFlow(from: $from, to: $to, interval: DAY, accountIds: $only) { expenses { amount } }
    }
  }
}
"""
NET_WORTH = """
query ($on: Date!) { viewer { reports { netWorth(from: $on, to: $on) { points { net { amount } } } } } }
"""
BUDGETS = """
query ($month: Month!) {
  viewer { budgets { status { spent { amount } } } budgetMonth(month: $month) { spent { amount } } }
}
"""
CHANGES = "query ($after: String!) { viewer { changes(after: $after, first: 100) { nodes { id node { id } } } } }"
SEQUENCE = "{ viewer { sequence } }"
NOTIFICATIONS = "{ viewer { notifications { nodes { body } } } }"
UPDATE_ACCOUNT = """
mutation ($id: ID!) {
  updateAccount(input: {accountId: $id, name: "Taken"}) { account { name } userErrors { code message path } }
}
"""
CREATE_TRANSACTION = """
mutation ($id: ID!) {
  createTransaction(input: {accountId: $id, date: "2026-03-10", amount: "-1", description: "x"}) {
    transaction { id }
    userErrors { code message path }
  }
}
"""
UPDATE_TRANSACTION = """
mutation ($id: ID!) {
  updateTransaction(input: {transactionId: $id, notes: "x"}) {
    transaction { id }
    userErrors { code message path }
  }
}
"""


@dataclass
class Home:
    ada: Person
    ben: Person
    shown: str
    kept: str
    shown_row: str
    kept_row: str
    today: str
    start: str
    """A position before the accounts."""


@pytest.fixture
async def home(person: Person, stranger: Person) -> Home:
    ben = await join(person, stranger)
    today = datetime.now(UTC).date().isoformat()
    start = (await person.data(SEQUENCE))["viewer"]["sequence"]
    shown = await open_account(person, name="Shown", balance="100.00")
    kept = await open_account(person, name="Kept", balance="1000.00")
    shown_row = await booking.book(person, shown, today, "-10.00", GROCERIES)
    kept_row = await booking.book(person, kept, today, "-40.00", GROCERIES)
    return Home(person, ben, shown, kept, shown_row, kept_row, today, start)


@pytest.fixture
def shared(home: Home) -> Callable[[str], Awaitable[Home]]:
    """Shared so, and Ben with a session from afterwards: of an older one it holds seconds later."""

    async def make(sharing: str) -> Home:
        await share(home.ada, home.kept, sharing)
        home.ben = await switch(home.ben, home.ben.household_id)
        return home

    return make


Shared = Callable[[str], Awaitable[Home]]


def each(**expected: Any) -> pytest.MarkDecorator:
    """A test for every way of sharing, with what is expected of it."""
    assert tuple(expected) == LEVELS
    return pytest.mark.parametrize(("sharing", "expected"), list(expected.items()))


async def ids_of(person: Person, document: str, field: str, **variables: Any) -> list[str]:
    found = (await person.data(document, **variables))["viewer"][field]
    return [one["id"] for one in (found["nodes"] if isinstance(found, dict) else found)]


@each(FULL=2, READ_ONLY=2, BALANCE_ONLY=2, PRIVATE=1)
async def test_in_the_list_of_accounts(shared: Shared, sharing: str, expected: int) -> None:
    home = await shared(sharing)

    assert await ids_of(home.ben, ACCOUNTS, "accounts") == [home.shown, home.kept][:expected]
    assert await ids_of(home.ada, ACCOUNTS, "accounts") == [home.shown, home.kept]


@each(FULL=1, READ_ONLY=1, BALANCE_ONLY=0, PRIVATE=None)
async def test_as_a_node(shared: Shared, sharing: str, expected: int | None) -> None:
    home = await shared(sharing)
    missing = ids.encode("acc", ids.decode_as("usr", home.ada.user_id))

    node = (await home.ben.data(ACCOUNT, id=home.kept))["node"]

    if expected is None:
        assert node is None is (await home.ben.data(ACCOUNT, id=missing))["node"]
        return
    rows = [{"id": home.kept_row}][:expected]
    owner = {"id": home.ada.user_id}
    assert node == {
        "id": home.kept,
        "balance": {"amount": "960.00"},
        "owner": owner,
        "sharing": sharing,
        "transactions": {"nodes": rows},
    }


@each(FULL=True, READ_ONLY=True, BALANCE_ONLY=False, PRIVATE=False)
async def test_what_was_booked_as_a_node(shared: Shared, sharing: str, expected: bool) -> None:
    home = await shared(sharing)

    node = (await home.ben.data(NODE, id=home.kept_row))["node"]

    assert node == ({"id": home.kept_row} if expected else None)
    assert (await home.ada.data(NODE, id=home.kept_row))["node"] == {"id": home.kept_row}


@each(FULL="960.00", READ_ONLY="960.00", BALANCE_ONLY="960.00", PRIVATE=None)
async def test_in_the_history_of_balances(shared: Shared, sharing: str, expected: str | None) -> None:
    home = await shared(sharing)

    node = (await home.ben.data(HISTORY, id=home.kept, on=home.today))["node"]

    assert node == (None if expected is None else {"balanceHistory": [{"balance": {"amount": expected}}]})


@each(FULL=True, READ_ONLY=True, BALANCE_ONLY=False, PRIVATE=False)
@pytest.mark.parametrize("by", ["nothing", "account", "search", "amount"])
async def test_in_lists_of_transactions(shared: Shared, sharing: str, expected: bool, by: str) -> None:
    home = await shared(sharing)
    ways: dict[str, Any] = {
        "nothing": None,
        "account": {"accountIds": [home.kept]},
        "search": {"search": "corner"},
        "amount": {"minAmount": "20"},
    }
    others = [home.shown_row] if by in ("nothing", "search") else []

    found = await ids_of(home.ben, TRANSACTIONS, "transactions", filter=ways[by])

    assert found == ([home.kept_row] if expected else []) + others


@each(FULL="50.00", READ_ONLY="50.00", BALANCE_ONLY="10.00", PRIVATE="10.00")
async def test_in_reports(shared: Shared, sharing: str, expected: str) -> None:
    home = await shared(sharing)
    spans = [(home.today, home.today), (f"{home.today[:8]}01", _last_of_month(home.today))]

    for first, last in spans:
        reports = (await home.ben.data(REPORTS, **{"from": first, "to": last}))["viewer"]["reports"]
        own = (await home.ada.data(REPORTS, **{"from": first, "to": last}))["viewer"]["reports"]
        asked = {"from": first, "to": last, "only": [home.kept]}
        only = (await home.ben.data(REPORTS, **asked))["viewer"]["reports"]

        assert reports == {
            "spendingByCategory": {
                "total": {"amount": expected},
                "lines": [{"count": 2 if expected == "50.00" else 1}],
            },
            "cashFlow": {"expenses": {"amount": expected}},
            "byDay": {"expenses": {"amount": expected}},
        }
        assert own["spendingByCategory"]["total"] == {"amount": "50.00"}
        assert only["cashFlow"] == {"expenses": {"amount": "40.00" if expected == "50.00" else "0.00"}}


@each(FULL="1050.00", READ_ONLY="1050.00", BALANCE_ONLY="1050.00", PRIVATE="90.00")
async def test_in_net_worth(shared: Shared, sharing: str, expected: str) -> None:
    home = await shared(sharing)

    worth = [(await one.data(NET_WORTH, on=home.today))["viewer"]["reports"] for one in (home.ben, home.ada)]

    assert worth == [{"netWorth": {"points": [{"net": {"amount": amount}}]}} for amount in (expected, "1050.00")]


@each(FULL="50.00", READ_ONLY="50.00", BALANCE_ONLY="10.00", PRIVATE="10.00")
@pytest.mark.parametrize("period", ["ONCE", "WEEKLY", "MONTHLY"])
async def test_in_budgets(shared: Shared, sharing: str, expected: str, period: str) -> None:
    home = await shared(sharing)
    day = f"{home.today[:8]}01" if period == "MONTHLY" else home.today
    ends = {"endsOn": home.today} if period == "ONCE" else {}
    await make_budget(home.ada, period=period, startsOn=day, **ends)

    seen = [(await one.data(BUDGETS, month=home.today[:7]))["viewer"] for one in (home.ben, home.ada)]

    assert seen == [
        {"budgets": [{"status": {"spent": {"amount": amount}}}], "budgetMonth": {"spent": {"amount": amount}}}
        for amount in (expected, "50.00")
    ]


@each(FULL="AT", READ_ONLY="AT", BALANCE_ONLY="A", PRIVATE="")
async def test_in_changes(shared: Shared, sharing: str, expected: str) -> None:
    home = await shared(sharing)

    changes = (await home.ben.data(CHANGES, after=home.start))["viewer"]["changes"]["nodes"]

    told = {one["id"] for one in changes}
    assert (home.kept in told, home.kept_row in told) == ("A" in expected, "T" in expected)
    assert {home.shown, home.shown_row} <= told
    assert all(one["node"] is not None for one in changes)


@each(FULL="50.00 USD", READ_ONLY="50.00 USD", BALANCE_ONLY="10.00 USD", PRIVATE="10.00 USD")
async def test_in_notifications(shared: Shared, world: World, sharing: str, expected: str) -> None:
    home = await shared(sharing)
    limit = {"amount": "9.00", "currency": "USD"}
    await make_budget(home.ada, period="ONCE", startsOn=home.today, endsOn=home.today, limit=limit)

    await check_budgets(world, household_id=ids.decode_as("hsh", home.ada.household_id))

    for person, spent in ((home.ben, expected), (home.ada, "50.00 USD")):
        (told,) = (await person.data(NOTIFICATIONS))["viewer"]["notifications"]["nodes"]
        assert told["body"].startswith(f"{spent} of")


@each(FULL=None, READ_ONLY="NOT_ALLOWED", BALANCE_ONLY="NOT_ALLOWED", PRIVATE="NOT_FOUND")
@pytest.mark.parametrize("document", [UPDATE_ACCOUNT, CREATE_TRANSACTION, SHARE], ids=["update", "book", "share"])
async def test_in_changing_the_account(shared: Shared, sharing: str, expected: str | None, document: str) -> None:
    home = await shared(sharing)
    given = {"sharing": "FULL"} if document is SHARE else {}
    missing = ids.encode("acc", ids.decode_as("usr", home.ada.user_id))

    (answer,) = (await home.ben.data(document, id=home.kept, **given)).values()
    (absent,) = (await home.ben.data(document, id=missing, **given)).values()

    codes = [error["code"] for error in answer["userErrors"]]
    assert codes == ([] if expected is None else [expected]) or (document is SHARE and codes == ["NOT_ALLOWED"])
    if expected == "NOT_FOUND":
        assert answer == absent, "the answer for one that is not there"
    if expected is not None:
        assert await ids_of(home.ada, TRANSACTIONS, "transactions") == [home.kept_row, home.shown_row]
        assert (await home.ada.data(ACCOUNT, id=home.kept))["node"]["sharing"] == sharing


@each(FULL=None, READ_ONLY="NOT_ALLOWED", BALANCE_ONLY="NOT_FOUND", PRIVATE="NOT_FOUND")
async def test_in_changing_what_was_booked(shared: Shared, sharing: str, expected: str | None) -> None:
    home = await shared(sharing)

    (answer,) = (await home.ben.data(UPDATE_TRANSACTION, id=home.kept_row)).values()

    assert [error["code"] for error in answer["userErrors"]] == ([] if expected is None else [expected])


async def test_an_account_is_there_at_once_where_others_are_withheld(shared: Shared) -> None:
    home = await shared("PRIVATE")

    own = await open_account(home.ben, name="Ben's", balance="3.00")

    assert await ids_of(home.ben, ACCOUNTS, "accounts") == [home.shown, own]
    assert (await home.ben.data(ACCOUNT, id=own))["node"]["owner"] == {"id": home.ben.user_id}


async def test_only_the_household_sees_who_owns_what(shared: Shared, new_person: Callable[..., Any]) -> None:
    home = await shared("FULL")

    assert (await (await new_person()).data(ACCOUNT, id=home.kept))["node"] is None


def _last_of_month(day: str) -> str:
    first = datetime.fromisoformat(f"{day[:8]}01")
    return ((first + timedelta(days=32)).replace(day=1) - timedelta(days=1)).date().isoformat()
