"""Sums of any days are exact, whether they come from the aggregate or from the transactions."""

from collections.abc import Awaitable, Callable, Sequence
from dataclasses import replace
from datetime import date
from decimal import Decimal
from uuid import UUID

import pytest

from domain.periods import Days, Month, PeriodProblem
from domain.spending.commands import SpendingDelta, change_spending
from domain.spending.months import CategoryMonths, months_by_category
from domain.spending.queries import SpendingSum, spending_between, spending_of_ranges
from runtime.database import Database
from runtime.reader import Reader
from runtime.unit import Unit, in_unit
from runtime.viewer import Viewer
from tests.architecture.statements import heard
from tests.domain.books import GROCERIES, RENT, book, booked, open_account

OCTOBER, NOVEMBER, DECEMBER = Month(2026, 10), Month(2026, 11), Month(2026, 12)


async def three_months(database: Database, viewer: Viewer) -> tuple[UUID, UUID]:
    """Groceries on the 10th and 20th of three months on one account, rent and an excluded row on another."""
    everyday, card = await open_account(database, viewer), await open_account(database, viewer, type="CREDIT_CARD")
    rows = [
        booked(viewer, everyday, date(2026, month, day), f"-{month}.{day}", GROCERIES)
        for month in (10, 11, 12)
        for day in (10, 20)
    ]
    rows += [
        booked(viewer, card, date(2026, 11, 1), "-900", RENT),
        booked(viewer, card, date(2026, 11, 2), "-5000", RENT, is_excluded=True),
        booked(viewer, card, date(2026, 12, 1), "-20", GROCERIES, currency="EUR"),
    ]
    await book(database, viewer, *rows)
    return everyday, card


def groceries(amount: str, count: int) -> SpendingSum:
    return SpendingSum(GROCERIES, "USD", int(Decimal(amount) * 10_000), count)


EUROS = SpendingSum(GROCERIES, "EUR", -20_0000, 1)
RENT_PAID = SpendingSum(RENT, "USD", -900_0000, 1)


@pytest.mark.parametrize(
    ("first", "last", "expected"),
    [
        (date(2026, 11, 1), date(2026, 11, 30), [groceries("-22.30", 2), RENT_PAID]),
        (date(2026, 11, 10), date(2026, 11, 10), [groceries("-11.10", 1)]),
        (date(2026, 10, 20), date(2026, 12, 10), [EUROS, groceries("-44.60", 4), RENT_PAID]),
        (date(2026, 11, 11), date(2026, 11, 19), []),
        (date(1900, 1, 1), date(2999, 12, 31), [EUROS, groceries("-66.90", 6), RENT_PAID]),
    ],
)
async def test_sums_of_days(
    database: Database, viewer: Viewer, first: date, last: date, expected: list[SpendingSum]
) -> None:
    await three_months(database, viewer)

    async with Reader(database, viewer) as reader:
        found = await spending_between(reader, viewer.household_id, first, last)

    assert sorted(found, key=str) == sorted(expected, key=str)


async def test_only_the_accounts_asked_for(database: Database, viewer: Viewer) -> None:
    everyday, card = await three_months(database, viewer)

    async with Reader(database, viewer) as reader:
        of_card = await spending_between(reader, viewer.household_id, date(2026, 10, 15), date(2026, 12, 15), [card])
        of_none = await spending_between(reader, viewer.household_id, date(2026, 10, 15), date(2026, 12, 15), [])
        by_month = await months_by_category(reader, viewer.household_id, NOVEMBER, NOVEMBER, [everyday])

    assert sorted(of_card, key=str) == sorted([EUROS, RENT_PAID], key=str)
    assert of_none == []
    assert by_month == [CategoryMonths(GROCERIES, "USD", {NOVEMBER.first_day: (-22_3000, 2)})]


async def test_a_viewer_limited_to_an_account_sums_that_one(database: Database, viewer: Viewer) -> None:
    everyday, _ = await three_months(database, viewer)

    async with Reader(database, replace(viewer, account_ids=(everyday,))) as reader:
        found = await spending_between(reader, viewer.household_id, date(2026, 10, 15), date(2026, 12, 31))

    assert found == [groceries("-56.80", 5)]


async def test_sums_of_another_household_are_nobodys_business(
    database: Database, viewer: Viewer, new_viewer: Callable[[], Awaitable[Viewer]]
) -> None:
    await three_months(database, viewer)
    stranger = await new_viewer()

    async with Reader(database, stranger) as reader:
        found = await spending_between(reader, viewer.household_id, date(2026, 10, 15), date(2026, 12, 15))

    assert found == []


IN_OCTOBER, IN_NOVEMBER = (-20_3000, 2), (-22_3000, 2)
OCTOBER_TO_NOVEMBER = [
    CategoryMonths(GROCERIES, "USD", {OCTOBER.first_day: IN_OCTOBER, NOVEMBER.first_day: IN_NOVEMBER}),
    CategoryMonths(RENT, "USD", {NOVEMBER.first_day: (-900_0000, 1)}),
]


async def test_months(database: Database, viewer: Viewer) -> None:
    await three_months(database, viewer)

    async with Reader(database, viewer) as reader:
        found = await months_by_category(reader, viewer.household_id, OCTOBER, NOVEMBER)

    assert sorted(found, key=str) == sorted(OCTOBER_TO_NOVEMBER, key=str)


async def test_months_that_were_read_are_not_read_again_and_no_others_are_given(
    database: Database, viewer: Viewer
) -> None:
    everyday, _ = await three_months(database, viewer)

    async with Reader(database, viewer) as reader:
        whole = await months_by_category(reader, viewer.household_id, OCTOBER, DECEMBER)
        with heard(database) as statements:
            part = await months_by_category(reader, viewer.household_id, OCTOBER, NOVEMBER)
            same = await months_by_category(reader, viewer.household_id, OCTOBER, DECEMBER)
        later = await months_by_category(reader, viewer.household_id, DECEMBER, DECEMBER.plus(1))
        of_one = await months_by_category(reader, viewer.household_id, NOVEMBER, NOVEMBER, [everyday])

    assert statements == []
    assert sorted(part, key=str) == sorted(OCTOBER_TO_NOVEMBER, key=str)
    assert same == whole
    assert sorted(each.currency for each in later) == ["EUR", "USD"]
    assert of_one == [CategoryMonths(GROCERIES, "USD", {NOVEMBER.first_day: IN_NOVEMBER})]


async def test_a_sum_that_has_come_back_to_nothing_is_left_out(database: Database, viewer: Viewer) -> None:
    account = await open_account(database, viewer)
    await book(database, viewer, booked(viewer, account, date(2026, 11, 3), "-7", GROCERIES))

    async def take_back(unit: Unit) -> None:
        change_spending(unit, [SpendingDelta(account, GROCERIES, "USD", date(2026, 11, 3), Decimal(7), -1)])

    await in_unit(database, viewer, take_back)

    async with Reader(database, viewer) as reader:
        found = await spending_between(reader, viewer.household_id, date(2026, 11, 1), date(2026, 11, 30))

    assert found == []


async def test_the_wrong_way_round_is_refused(database: Database, viewer: Viewer) -> None:
    async with Reader(database, viewer) as reader:
        with pytest.raises(PeriodProblem):
            await spending_between(reader, viewer.household_id, date(2026, 11, 2), date(2026, 11, 1))


async def test_neighbouring_ranges_add_up(database: Database, viewer: Viewer) -> None:
    await three_months(database, viewer)
    whole = Days(date(2026, 9, 15), date(2026, 12, 25))
    days = list(whole)
    cuts = [Days(days[0], days[at]) for at in range(0, len(days) - 1, 7)]
    rests = [Days(days[at + 1], days[-1]) for at in range(0, len(days) - 1, 7)]

    async with Reader(database, viewer) as reader:
        (everything,) = await spending_of_ranges(reader, viewer.household_id, [whole])
        before = await spending_of_ranges(reader, viewer.household_id, cuts)
        after = await spending_of_ranges(reader, viewer.household_id, rests)

    assert {counted(first, second) for first, second in zip(before, after, strict=True)} == {counted(everything, [])}


def counted(*lists: Sequence[SpendingSum]) -> tuple[int, int]:
    rows = [row for rows in lists for row in rows]
    return sum(row.amount for row in rows), sum(row.number for row in rows)
