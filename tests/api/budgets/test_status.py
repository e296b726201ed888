"""How the periods of budgets stand, summed from transactions."""

from datetime import date
from typing import Any

import pytest

from tests.api.booking import EXCLUDE, book, category
from tests.api.books import open_account
from tests.api.budgets.documents import make_budget
from tests.api.client import Person

STATUS = """
query ($id: ID!, $on: Date) {
  node(id: $id) {
    ... on Budget {
      status(on: $on) {
        from
        to
        limit { amount }
        rolledOver { amount }
        spent { amount }
        remaining { amount currency }
        state
      }
    }
  }
}
"""
CATEGORIZE = """
mutation ($id: ID!, $category: ID!) {
  categorizeTransaction(input: {transactionId: $id, categoryId: $category}) {
    userErrors { code message path }
  }
}
"""
GROCERIES, RESTAURANT = "FOOD_AND_DRINK_GROCERIES", "FOOD_AND_DRINK_RESTAURANT"


async def status(person: Person, budget: str, on: str | None = None) -> tuple[Any, ...] | None:
    """From, to, limit, rolled over, spent, remaining and state."""
    found = (await person.data(STATUS, id=budget, on=on))["node"]["status"]
    if found is None:
        return None
    assert found["remaining"].pop("currency") == "USD"
    return tuple(one["amount"] if isinstance(one, dict) else one for one in found.values())


async def test_a_month_holds_everything_below_refunds_too(person: Person) -> None:
    account = await open_account(person)
    budget = await make_budget(person)
    await book(person, account, "2026-01-01", "-60.00", GROCERIES)
    await book(person, account, "2026-01-31", "-20.05", RESTAURANT)
    await book(person, account, "2026-01-15", "5.00", "FOOD_AND_DRINK")
    await book(person, account, "2026-01-15", "-1000.00", "TRAVEL")
    await book(person, account, "2025-12-31", "-7.00", GROCERIES)
    await book(person, account, "2026-02-01", "-7.00", GROCERIES)

    assert await status(person, budget, "2026-01-20") == (
        "2026-01-01",
        "2026-01-31",
        "100.00",
        "0.00",
        "75.05",
        "24.95",
        "ON_TRACK",
    )


async def test_excluded_ones_transfers_and_other_currencies_are_left_out(person: Person) -> None:
    dollars, euros = await open_account(person), await open_account(person, currency="EUR")
    budget = await make_budget(person)
    await book(person, dollars, "2026-01-02", "-10.00", GROCERIES)
    await person.change(EXCLUDE, id=await book(person, dollars, "2026-01-02", "-20.00", GROCERIES))
    await book(person, dollars, "2026-01-02", "-40.00", "TRANSFER_OUT")
    await book(person, euros, "2026-01-02", "-80.00", GROCERIES)

    found = await status(person, budget, "2026-01-20")

    assert found is not None
    assert found[4:] == ("10.00", "90.00", "ON_TRACK")


async def test_what_is_missing_is_carried_too_where_it_is_said(person: Person) -> None:
    account = await open_account(person)
    budget = await make_budget(person, rollover="SURPLUS_AND_OVERSPEND")
    await book(person, account, "2026-01-10", "-75.00", GROCERIES)
    await book(person, account, "2026-02-10", "-150.00", GROCERIES)
    await book(person, account, "2026-03-10", "-64.00", GROCERIES)

    found = [await status(person, budget, f"2026-0{month}-28") for month in (1, 2, 3, 4)]

    assert [one and one[3:] for one in found] == [
        ("0.00", "75.00", "25.00", "ON_TRACK"),
        ("25.00", "150.00", "-25.00", "OVER"),
        ("-25.00", "64.00", "11.00", "NEARING"),
        ("11.00", "0.00", "111.00", "ON_TRACK"),
    ]


async def test_weeks_begin_on_the_weekday_of_the_start(person: Person) -> None:
    account = await open_account(person)
    # 7 January 2026 is a Wednesday.
    budget = await make_budget(person, amount="50", period="WEEKLY", rollover="SURPLUS", startsOn="2026-01-07")
    await book(person, account, "2026-01-06", "-500.00", GROCERIES)
    await book(person, account, "2026-01-13", "-20.00", GROCERIES)
    await book(person, account, "2026-01-14", "-90.00", GROCERIES)
    await book(person, account, "2026-01-27", "-10.00", GROCERIES)

    found = [await status(person, budget, f"2026-01-{day}") for day in ("07", "20", "21")]

    assert found == [
        ("2026-01-07", "2026-01-13", "50.00", "0.00", "20.00", "30.00", "ON_TRACK"),
        ("2026-01-14", "2026-01-20", "50.00", "30.00", "90.00", "-10.00", "OVER"),
        ("2026-01-21", "2026-01-27", "50.00", "0.00", "10.00", "40.00", "ON_TRACK"),
    ]


async def test_weeks_of_several_budgets_hold_what_is_theirs(person: Person) -> None:
    dollars, euros = await open_account(person), await open_account(person, currency="EUR")
    food = await make_budget(person, amount="50", period="WEEKLY", rollover="SURPLUS", startsOn="2026-01-07")
    groceries = await make_budget(
        person, GROCERIES, "30", period="WEEKLY", rollover="SURPLUS_AND_OVERSPEND", startsOn="2026-01-09"
    )
    await book(person, dollars, "2026-01-08", "-5.00", GROCERIES)
    await book(person, dollars, "2026-01-14", "-40.00", GROCERIES)
    await book(person, dollars, "2026-01-15", "-25.00", RESTAURANT)
    await book(person, dollars, "2026-01-15", "-99.00", "TRANSFER_OUT")
    await book(person, euros, "2026-01-15", "-99.00", GROCERIES)
    await person.change(EXCLUDE, id=await book(person, dollars, "2026-01-15", "-99.00", GROCERIES))

    assert await status(person, food, "2026-01-14") == (
        "2026-01-14",
        "2026-01-20",
        "50.00",
        "45.00",
        "65.00",
        "30.00",
        "ON_TRACK",
    )
    assert await status(person, groceries, "2026-01-16") == (
        "2026-01-16",
        "2026-01-22",
        "30.00",
        "-10.00",
        "0.00",
        "20.00",
        "ON_TRACK",
    )


async def test_a_year_begins_with_the_month_of_the_start(person: Person) -> None:
    account = await open_account(person)
    budget = await make_budget(person, amount="1200", period="ANNUAL", startsOn="2025-02-15")
    for day, amount in [
        ("2025-01-31", "-1.00"),
        ("2025-02-01", "-2.00"),
        ("2026-01-31", "-4.00"),
        ("2026-02-01", "-8"),
    ]:
        await book(person, account, day, amount, GROCERIES)

    assert await status(person, budget, "2025-06-01") == (
        "2025-02-01",
        "2026-01-31",
        "1200.00",
        "0.00",
        "6.00",
        "1194.00",
        "ON_TRACK",
    )


async def test_once_is_all_its_days(person: Person) -> None:
    account = await open_account(person)
    budget = await make_budget(
        person, "TRAVEL", "300", period="ONCE", startsOn="2026-01-20", endsOn="2026-03-05", rollover="SURPLUS"
    )
    for day in ("2026-01-19", "2026-01-20", "2026-02-14", "2026-03-05", "2026-03-06"):
        await book(person, account, day, "-100.00", "TRAVEL_FLIGHTS")

    assert await status(person, budget, "2026-02-01") == (
        "2026-01-20",
        "2026-03-05",
        "300.00",
        "0.00",
        "300.00",
        "0.00",
        "NEARING",
    )
    assert await status(person, budget, "2026-01-19") is None
    assert await status(person, budget, "2026-03-06") is None


async def test_of_nothing_a_cent_is_too_much(person: Person) -> None:
    account = await open_account(person)
    budget = await make_budget(person, amount="0")
    await book(person, account, "2026-01-02", "-0.01", GROCERIES)

    over, untouched = await status(person, budget, "2026-01-02"), await status(person, budget, "2026-02-02")

    assert over is not None
    assert untouched is not None
    assert (over[6], untouched[6]) == ("OVER", "ON_TRACK")


async def test_without_a_day_it_is_today(person: Person) -> None:
    budget = await make_budget(person, startsOn="2000-01-01")

    found = await status(person, budget)

    assert found is not None
    assert date.fromisoformat(found[0]).day == 1
    assert date.fromisoformat(found[0]).year >= 2026


async def test_a_new_category_moves_the_amount(person: Person) -> None:
    account = await open_account(person)
    budget = await make_budget(person)
    transaction = await book(person, account, "2026-01-02", "-10.00", "TRAVEL_FLIGHTS")

    await person.change(CATEGORIZE, id=transaction, category=category(GROCERIES))

    found = await status(person, budget, "2026-01-02")

    assert found is not None
    assert found[4] == "10.00"


@pytest.mark.parametrize("day", ["0001-01-01", "9999-12-31"])
async def test_a_day_beyond_reason(person: Person, day: str) -> None:
    budget = await make_budget(person)

    answer = await person.send(STATUS, id=budget, on=day)

    assert [error["extensions"]["code"] for error in answer["errors"]] == ["BAD_USER_INPUT"]
