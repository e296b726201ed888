"""What a household has and owes over time, from the balances of its accounts."""

from datetime import UTC, date, datetime, timedelta
from typing import Any

from tests.api.booking import book
from tests.api.books import open_account
from tests.api.client import Person

NET_WORTH = """
query ($from: Date!, $to: Date!, $interval: Interval) {
  viewer {
    reports {
      netWorth(from: $from, to: $to, interval: $interval) {
        points { on assets { amount } liabilities { amount } net { amount currency } }
        unconverted
      }
    }
  }
}
"""
CLOSE = """
mutation ($id: ID!) {
  closeAccount(input: {accountId: $id}) {
    userErrors { code message path }
  }
}
"""


async def net_worth(person: Person, first: date | str, last: date | str, **given: Any) -> dict[str, Any]:
    """Its points as (on, assets, liabilities, net), and what is left out."""
    days = {"from": str(first), "to": str(last)}
    found: dict[str, Any] = (await person.data(NET_WORTH, **days, **given))["viewer"]["reports"]["netWorth"]
    points = [
        (one["on"], one["assets"]["amount"], one["liabilities"]["amount"], one["net"]["amount"])
        for one in found["points"]
    ]
    return {**found, "points": points}


async def test_before_the_first_known_balance_what_was_booked_later_is_taken_off(person: Person) -> None:
    checking = await open_account(person, type="CHECKING", balance="100.00")
    card = await open_account(person, type="CREDIT_CARD", balance="-30.00")
    await open_account(person, type="SAVINGS", currency="EUR", balance="1000.00")
    await book(person, checking, "2026-02-10", "50.00", "INCOME_SALARY")
    await book(person, checking, "2026-03-31", "-170.00", "TRAVEL")
    await book(person, card, "2026-03-01", "-5.00", "TRAVEL")

    assert await net_worth(person, "2026-01-15", "2026-04-15") == {
        "points": [
            ("2026-01-31", "100.00", "30.00", "70.00"),
            ("2026-02-28", "150.00", "30.00", "120.00"),
            ("2026-03-31", "0.00", "55.00", "-55.00"),
            ("2026-04-15", "0.00", "55.00", "-55.00"),
        ],
        "unconverted": ["EUR"],
    }


async def test_nothing_is_said_of_days_to_come(person: Person) -> None:
    await open_account(person, balance="100.00")
    today = datetime.now(UTC).date()
    tomorrow = today + timedelta(days=1)

    until_tomorrow = await net_worth(person, today - timedelta(days=1), tomorrow, interval="DAY")
    later = await net_worth(person, tomorrow, tomorrow, interval="DAY")

    assert [on for on, *_ in until_tomorrow["points"]] == [str(today - timedelta(days=1)), str(today)]
    assert later == {"points": [], "unconverted": []}


async def test_a_closed_account_counts_until_the_day_before(person: Person) -> None:
    await open_account(person, balance="100.00")
    closed = await open_account(person, balance="7.00")
    await person.change(CLOSE, id=closed)
    today = datetime.now(UTC).date()

    found = await net_worth(person, today - timedelta(days=1), today, interval="DAY")

    assert found["points"] == [
        (str(today - timedelta(days=1)), "107.00", "0.00", "107.00"),
        (str(today), "100.00", "0.00", "100.00"),
    ]


async def test_a_household_without_accounts(person: Person) -> None:
    assert await net_worth(person, "2026-01-01", "2026-01-31", interval="YEAR") == {
        "points": [("2026-01-31", "0.00", "0.00", "0.00")],
        "unconverted": [],
    }
