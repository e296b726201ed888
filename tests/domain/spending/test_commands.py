"""Sums move with what a unit changes, all of it or nothing."""

import asyncio
from datetime import date
from decimal import Decimal
from uuid import UUID

import pytest

from domain.spending.commands import SpendingDelta, change_spending
from runtime.database import Database
from runtime.unit import Unit, in_unit
from runtime.viewer import Viewer
from tests.domain.books import GROCERIES, RENT, open_account, sums_kept

NOVEMBER, DECEMBER = date(2026, 11, 1), date(2026, 12, 1)


def delta(
    account: UUID, amount: str, count: int = 1, category: UUID = GROCERIES, day: date = NOVEMBER
) -> SpendingDelta:
    return SpendingDelta(account, category, "USD", day, Decimal(amount), count)


async def test_what_a_unit_changes_is_gathered_by_month(database: Database, viewer: Viewer) -> None:
    account = await open_account(database, viewer)

    async def work(unit: Unit) -> None:
        change_spending(unit, [delta(account, "-10.50", day=date(2026, 11, 3)), delta(account, "-900", category=RENT)])
        change_spending(unit, [delta(account, "-1.25", day=date(2026, 11, 30)), delta(account, "-4", day=DECEMBER)])

    await in_unit(database, viewer, work)

    assert await sums_kept(database, viewer) == {
        (account, GROCERIES, "USD", NOVEMBER): (Decimal("-11.75"), 2),
        (account, RENT, "USD", NOVEMBER): (Decimal(-900), 1),
        (account, GROCERIES, "USD", DECEMBER): (Decimal(-4), 1),
    }


async def test_later_units_move_what_is_there(database: Database, viewer: Viewer) -> None:
    account = await open_account(database, viewer)

    async def first(unit: Unit) -> None:
        change_spending(unit, [delta(account, "-10")])

    async def second(unit: Unit) -> None:
        change_spending(unit, [delta(account, "10", -1), delta(account, "-12.01")])

    await in_unit(database, viewer, first)
    await in_unit(database, viewer, second)

    assert await sums_kept(database, viewer) == {(account, GROCERIES, "USD", NOVEMBER): (Decimal("-12.01"), 1)}


async def test_a_unit_that_fails_moves_nothing(database: Database, viewer: Viewer) -> None:
    account = await open_account(database, viewer)

    async def work(unit: Unit) -> None:
        change_spending(unit, [delta(account, "-10")])
        raise RuntimeError("after the change")

    with pytest.raises(RuntimeError, match="after the change"):
        await in_unit(database, viewer, work)

    assert await sums_kept(database, viewer) == {}


async def test_units_at_one_time_lose_nothing_and_never_wait_crosswise(database: Database, viewer: Viewer) -> None:
    accounts = [await open_account(database, viewer) for _ in range(3)]
    attempts = 0

    async def one(turn: int) -> None:
        async def work(unit: Unit) -> None:
            nonlocal attempts
            attempts += 1
            # Each in another order: the upsert puts them into one.
            ordered = accounts[turn % 3 :] + accounts[: turn % 3]
            change_spending(
                unit, [delta(account, "-1", category=kind) for account in ordered for kind in (GROCERIES, RENT)]
            )

        await in_unit(database, viewer, work)

    await asyncio.gather(*[one(turn) for turn in range(30)])

    assert await sums_kept(database, viewer) == {
        (account, kind, "USD", NOVEMBER): (Decimal(-30), 30) for account in accounts for kind in (GROCERIES, RENT)
    }
    assert attempts == 30


async def test_a_sum_may_pass_the_bound_of_a_single_amount(database: Database, viewer: Viewer) -> None:
    account = await open_account(database, viewer)
    most = "999999999999999.99"

    async def work(unit: Unit) -> None:
        change_spending(unit, [delta(account, most), delta(account, most)])

    await in_unit(database, viewer, work)

    assert await sums_kept(database, viewer) == {
        (account, GROCERIES, "USD", NOVEMBER): (Decimal("1999999999999999.98"), 2)
    }
