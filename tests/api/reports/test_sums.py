"""Spending by category and cash flow, summed from transactions."""

import random
from collections import Counter
from datetime import date, timedelta
from decimal import Decimal
from typing import Any

import pytest

from domain.categories.system import by_code
from domain.intervals import Interval, interval_points
from domain.periods import Days
from tests.api.booking import EXCLUDE, book
from tests.api.books import open_account
from tests.api.client import Client, Person

SPENDING = """
query ($from: Date!, $to: Date!, $accounts: [ID!]) {
  viewer {
    reports {
      spendingByCategory(from: $from, to: $to, accountIds: $accounts) {
        total { amount currency }
        lines { category { name } amount { amount } share count }
        unconverted
      }
    }
  }
}
"""
FLOW = """
query ($from: Date!, $to: Date!, $interval: Interval, $accounts: [ID!]) {
  viewer {
    reports {
      cashFlow(from: $from, to: $to, interval: $interval, accountIds: $accounts) {
        income { amount currency }
        expenses { amount }
        net { amount }
        savingsRate
        points { from to income { amount } expenses { amount } net { amount } }
        unconverted
      }
    }
  }
}
"""
NET_WORTH = """
query ($from: Date!, $to: Date!, $interval: Interval) {
  viewer { reports { netWorth(from: $from, to: $to, interval: $interval) { points { on } } } }
}
"""
CATEGORIES = ("FOOD_AND_DRINK_GROCERIES", "FOOD_AND_DRINK", "TRAVEL", "INCOME_SALARY", "TRANSFER_OUT")
FIRST = date(2025, 11, 17)


async def spending(person: Person, first: str, last: str, **given: Any) -> dict[str, Any]:
    found = (await person.data(SPENDING, **{"from": first, "to": last}, **given))["viewer"]["reports"]
    report: dict[str, Any] = found["spendingByCategory"]
    return report


async def flow(person: Person, first: str, last: str, **given: Any) -> dict[str, Any]:
    found = (await person.data(FLOW, **{"from": first, "to": last}, **given))["viewer"]["reports"]
    report: dict[str, Any] = found["cashFlow"]
    return report


def line(name: str, amount: str, share: str, count: int) -> dict[str, Any]:
    return {"category": {"name": name}, "amount": {"amount": amount}, "share": share, "count": count}


async def test_a_line_has_its_own_category_only(person: Person) -> None:
    dollars, euros = await open_account(person, balance="500"), await open_account(person, currency="EUR")
    await book(person, dollars, "2026-01-31", "-60.00", "FOOD_AND_DRINK_GROCERIES")
    await book(person, dollars, "2026-02-01", "-50.00", "FOOD_AND_DRINK_GROCERIES")
    await book(person, dollars, "2026-02-15", "10.00", "FOOD_AND_DRINK_GROCERIES")
    await book(person, dollars, "2026-02-28", "-20.00", "FOOD_AND_DRINK")
    await book(person, dollars, "2026-02-28", "-99.00", "TRANSFER_OUT")
    await book(person, dollars, "2026-02-28", "99.00", "INCOME_SALARY")
    await person.change(EXCLUDE, id=await book(person, dollars, "2026-02-02", "-7.00", "TRAVEL"))
    await book(person, euros, "2026-02-02", "-7.00", "TRAVEL")

    assert await spending(person, "2026-02-01", "2026-02-28") == {
        "total": {"amount": "60.00", "currency": "USD"},
        "lines": [line("Groceries", "40.00", "0.6667", 2), line("Food and drink", "20.00", "0.3333", 1)],
        "unconverted": ["EUR"],
    }


async def test_some_accounts_only(person: Person) -> None:
    first, second = await open_account(person), await open_account(person)
    await book(person, first, "2026-02-01", "-50.00", "TRAVEL")
    await book(person, second, "2026-02-01", "-8.00", "TRAVEL")

    of_second = await spending(person, "2026-01-01", "2026-02-28", accounts=[second])
    of_none = await flow(person, "2026-02-01", "2026-02-28", accounts=[])

    assert of_second["lines"] == [line("Travel", "8.00", "1.0000", 1)]
    assert of_none["expenses"] == {"amount": "0.00"}


async def test_cash_flow_of_months_cut_by_the_days(person: Person) -> None:
    account = await open_account(person, balance="500")
    await book(person, account, "2026-01-09", "-1.00", "TRAVEL")
    await book(person, account, "2026-01-10", "1000.00", "INCOME_SALARY")
    await book(person, account, "2026-02-14", "-250.00", "TRAVEL")
    await book(person, account, "2026-03-05", "-100.00", "TRAVEL")
    await book(person, account, "2026-03-05", "30.00", "TRAVEL")
    await book(person, account, "2026-03-06", "-1.00", "TRAVEL")

    assert await flow(person, "2026-01-10", "2026-03-05") == {
        "income": {"amount": "1000.00", "currency": "USD"},
        "expenses": {"amount": "320.00"},
        "net": {"amount": "680.00"},
        "savingsRate": "0.6800",
        "points": [
            point("2026-01-10", "2026-01-31", "1000.00", "0.00", "1000.00"),
            point("2026-02-01", "2026-02-28", "0.00", "250.00", "-250.00"),
            point("2026-03-01", "2026-03-05", "0.00", "70.00", "-70.00"),
        ],
        "unconverted": [],
    }


@pytest.mark.parametrize("interval", ["DAY", "MONTH"])
async def test_cash_flow_of_some_accounts_names_what_it_leaves_out(person: Person, interval: str) -> None:
    dollars, euros = await open_account(person), await open_account(person, currency="EUR")
    other = await open_account(person)
    await book(person, dollars, "2026-01-01", "-5.00", "TRAVEL")
    await book(person, dollars, "2026-01-01", "-6.00", "TRANSFER_OUT")
    await book(person, euros, "2026-01-01", "-7.00", "TRAVEL")
    await book(person, other, "2026-01-01", "-8.00", "TRAVEL")

    found = await flow(person, "2026-01-01", "2026-01-01", interval=interval, accounts=[dollars, euros])

    assert found["points"] == [point("2026-01-01", "2026-01-01", "0.00", "5.00", "-5.00")]
    assert found["unconverted"] == ["EUR"]


def point(first: str, last: str, income: str, expenses: str, net: str) -> dict[str, Any]:
    return {
        "from": first,
        "to": last,
        "income": {"amount": income},
        "expenses": {"amount": expenses},
        "net": {"amount": net},
    }


async def test_without_income_there_is_no_savings_rate(person: Person) -> None:
    assert await flow(person, "2026-01-01", "2026-01-01", interval="DAY") == {
        "income": {"amount": "0.00", "currency": "USD"},
        "expenses": {"amount": "0.00"},
        "net": {"amount": "0.00"},
        "savingsRate": None,
        "points": [point("2026-01-01", "2026-01-01", "0.00", "0.00", "0.00")],
        "unconverted": [],
    }


async def test_every_interval_equals_a_recount(person: Person) -> None:
    chance = random.Random(7)
    account = await open_account(person)
    booked = []
    for _ in range(40):
        day = FIRST + timedelta(days=chance.randrange(90))
        code, amount = chance.choice(CATEGORIES), Decimal(chance.randrange(-9999, 9999) or 1) / 100
        await book(person, account, day.isoformat(), str(amount), code)
        booked.append((day, code, amount))

    for interval in Interval:
        first = FIRST + timedelta(days=chance.randrange(20))
        days = Days(first, first + timedelta(days=chance.randrange(40, 70)))
        found = await flow(person, days.first.isoformat(), days.last.isoformat(), interval=interval.value)

        assert [one["from"] for one in found["points"]] == [
            piece.first.isoformat() for piece in interval_points(days, interval)
        ]
        for one in found["points"]:
            within = Days(date.fromisoformat(one["from"]), date.fromisoformat(one["to"]))
            sums = _recount(booked, within)
            assert (Decimal(one["income"]["amount"]), Decimal(one["expenses"]["amount"])) == (
                sums["INCOME"],
                -sums["EXPENSE"],
            )
        by_category = await spending(person, days.first.isoformat(), days.last.isoformat())
        assert Decimal(by_category["total"]["amount"]) == -_recount(booked, days)["EXPENSE"]


def _recount(booked: list[tuple[date, str, Decimal]], days: Days) -> dict[str, Decimal]:
    sums: Counter[str] = Counter()
    for day, code, amount in booked:
        if day in days:
            sums[by_code(code).kind.value] += amount  # type: ignore[assignment]
    return {"INCOME": Decimal(sums["INCOME"]), "EXPENSE": Decimal(sums["EXPENSE"])}


async def test_somebody_elses_account_has_nothing_in_it(person: Person, stranger: Person) -> None:
    account = await open_account(stranger)
    await book(stranger, account, "2026-02-01", "-50.00", "TRAVEL")

    assert (await spending(person, "2026-01-01", "2026-02-28", accounts=[account]))["lines"] == []


@pytest.mark.parametrize("document", [SPENDING, FLOW, NET_WORTH])
@pytest.mark.parametrize(
    ("first", "last"),
    [
        ("2026-02-02", "2026-02-01"),
        ("0001-01-01", "2026-01-01"),
        ("2026-01-01", "9999-12-31"),
        ("2026-02-30", "2026-03-01"),
    ],
)
async def test_days_that_cannot_be(person: Person, document: str, first: str, last: str) -> None:
    answer = await person.send(document, **{"from": first, "to": last})

    assert [error["extensions"]["code"] for error in answer["errors"]] == ["BAD_USER_INPUT"]


@pytest.mark.parametrize("document", [FLOW, NET_WORTH])
async def test_ten_thousand_years_of_days(person: Person, document: str) -> None:
    answer = await person.send(document, **{"from": "1900-01-01", "to": "2999-12-31", "interval": "DAY"})

    assert [error["extensions"]["code"] for error in answer["errors"]] == ["BAD_USER_INPUT"]


@pytest.mark.parametrize(
    "accounts", [[""], ["txn_00000000000000000000000000"], ["acc_00000000000000000000000000"] * 10_000]
)
async def test_accounts_that_cannot_be(person: Person, accounts: list[str]) -> None:
    for document in (SPENDING, FLOW):
        answer = await person.send(document, **{"from": "2026-01-01", "to": "2026-01-31", "accounts": accounts})

        assert [error["extensions"]["code"] for error in answer["errors"]] == ["BAD_USER_INPUT"]


async def test_nobody_has_reports(nobody: Client) -> None:
    assert await nobody.data(SPENDING, **{"from": "2026-01-01", "to": "2026-01-31"}) == {"viewer": None}
