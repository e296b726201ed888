"""The budget page, summed from transactions."""

from typing import Any

import pytest

from tests.api.booking import book
from tests.api.books import open_account
from tests.api.budgets.documents import make_budget
from tests.api.client import Person

PAGE = """
query ($month: Month!) {
  viewer {
    budgetMonth(month: $month) {
      month
      income { amount currency }
      planned { amount }
      rolledOver { amount }
      spent { amount }
      remaining { amount }
      lines {
        category { name }
        budget { id }
        planned { amount }
        rolledOver { amount }
        spent { amount }
        remaining { amount }
        state
      }
      unconverted
    }
  }
}
"""


async def page(person: Person, month: str = "2026-01") -> dict[str, Any]:
    found: dict[str, Any] = (await person.data(PAGE, month=month))["viewer"]["budgetMonth"]
    return found


def line(name: str, budget: str | None, *figures: str) -> dict[str, Any]:
    """A line: planned, rolled over, spent, remaining and state."""
    planned, rolled_over, spent, remaining, state = figures
    return {
        "category": {"name": name},
        "budget": budget and {"id": budget},
        "planned": {"amount": planned},
        "rolledOver": {"amount": rolled_over},
        "spent": {"amount": spent},
        "remaining": {"amount": remaining},
        "state": state,
    }


async def test_a_household_that_has_nothing(person: Person) -> None:
    nothing = {"amount": "0.00"}

    assert await page(person) == {
        "month": "2026-01",
        "income": {"amount": "0.00", "currency": "USD"},
        "planned": nothing,
        "rolledOver": nothing,
        "spent": nothing,
        "remaining": nothing,
        "lines": [],
        "unconverted": [],
    }


async def test_every_amount_counts_once_in_the_outermost_line(person: Person) -> None:
    dollars, euros = await open_account(person, balance="500"), await open_account(person, currency="EUR")
    food = await make_budget(person)
    groceries = await make_budget(person, "FOOD_AND_DRINK_GROCERIES", "60")
    # Ten of its twenty days lie in January.
    travel = await make_budget(
        person, "TRAVEL", "200", period="ONCE", startsOn="2026-01-22", endsOn="2026-02-10", rollover="NONE"
    )
    await book(person, dollars, "2026-01-02", "1000.00", "INCOME_SALARY")
    await book(person, dollars, "2026-01-03", "-40.00", "FOOD_AND_DRINK_GROCERIES")
    await book(person, dollars, "2026-01-04", "-30.00", "FOOD_AND_DRINK_RESTAURANT")
    await book(person, dollars, "2026-01-05", "-15.00", "ENTERTAINMENT")
    await book(person, dollars, "2026-01-06", "-99.00", "TRANSFER_OUT")
    await book(person, euros, "2026-01-07", "-9.00", "ENTERTAINMENT")

    assert await page(person) == {
        "month": "2026-01",
        "income": {"amount": "1000.00", "currency": "USD"},
        "planned": {"amount": "200.00"},
        "rolledOver": {"amount": "0.00"},
        "spent": {"amount": "85.00"},
        "remaining": {"amount": "115.00"},
        "lines": [
            line("Entertainment", None, "0.00", "0.00", "15.00", "-15.00", "ON_TRACK"),
            line("Food and drink", food, "100.00", "0.00", "70.00", "30.00", "ON_TRACK"),
            line("Travel", travel, "100.00", "0.00", "0.00", "100.00", "ON_TRACK"),
            line("Groceries", groceries, "60.00", "0.00", "40.00", "20.00", "ON_TRACK"),
            line("Restaurants", None, "0.00", "0.00", "30.00", "-30.00", "ON_TRACK"),
        ],
        "unconverted": ["EUR"],
    }


async def test_what_a_month_leaves_is_in_the_next(person: Person) -> None:
    account = await open_account(person)
    food = await make_budget(person, rollover="SURPLUS")
    await book(person, account, "2026-01-03", "-40.00", "FOOD_AND_DRINK")
    await book(person, account, "2026-02-03", "-150.00", "FOOD_AND_DRINK")

    assert (await page(person, "2026-02"))["lines"] == [
        line("Food and drink", food, "100.00", "60.00", "150.00", "10.00", "NEARING")
    ]
    assert (await page(person, "2026-03"))["lines"] == [
        line("Food and drink", food, "100.00", "10.00", "0.00", "110.00", "ON_TRACK")
    ]


@pytest.mark.parametrize("month", ["2026-13", "2026-00", "2026-1", "0000-01", "9999-12", "2026-01-01", "", 202601])
async def test_a_month_that_is_none(person: Person, month: object) -> None:
    answer = await person.send(PAGE, month=month)

    assert [error["extensions"]["code"] for error in answer["errors"]] == ["BAD_USER_INPUT"]
