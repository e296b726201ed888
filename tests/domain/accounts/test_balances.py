"""How balances change, and what is kept of it."""

from collections.abc import Sequence
from datetime import UTC, datetime
from decimal import Decimal
from typing import Any
from uuid import UUID

import pytest
from sqlalchemy import select

from domain.accounts.balances import move_balance, set_balance
from domain.accounts.models import Account, DailyBalance
from domain.mistakes import UserMistake
from runtime.database import Database
from runtime.journal import JournalLine
from runtime.reader import Reader
from runtime.unit import Unit, in_unit
from runtime.viewer import Viewer
from tests.domain.books import open_account


async def said(database: Database, viewer: Viewer, account: UUID, balance: str, available: str | None = None) -> None:
    async def work(unit: Unit) -> None:
        await set_balance(unit, account, Decimal(balance), None if available is None else Decimal(available))

    await in_unit(database, viewer, work)


async def known(database: Database, viewer: Viewer) -> tuple[Decimal, Decimal | None]:
    async with Reader(database, viewer) as reader:
        account = (await reader.all(select(Account)))[0]
    return account.balance, account.available


async def facts(database: Database, viewer: Viewer) -> list[dict[str, Any] | None]:
    async with Reader(database, viewer) as reader:
        lines = await reader.all(
            select(JournalLine).where(JournalLine.kind == "BalanceChanged").order_by(JournalLine.seq)
        )
    return [line.data for line in lines]


async def days(database: Database, viewer: Viewer) -> Sequence[DailyBalance]:
    async with Reader(database, viewer) as reader:
        return await reader.all(select(DailyBalance))


async def test_what_the_bank_says_holds(database: Database, viewer: Viewer) -> None:
    account = await open_account(database, viewer, balance=Decimal(5))

    await said(database, viewer, account, "-12.50", available="30")

    assert await known(database, viewer) == (Decimal("-12.50"), Decimal(30))
    assert await facts(database, viewer) == [{"balance": "-12.50", "currency": "USD"}]


async def test_what_was_known_already_is_no_fact_and_yet_the_days_balance(database: Database, viewer: Viewer) -> None:
    account = await open_account(database, viewer, balance=Decimal(5))

    await said(database, viewer, account, "5.00")

    assert await facts(database, viewer) == []
    assert [kept.balance for kept in await days(database, viewer)] == [Decimal(5)]


async def test_of_a_day_the_last_balance_is_kept(database: Database, viewer: Viewer) -> None:
    account = await open_account(database, viewer)
    before = datetime.now(UTC).date()

    await said(database, viewer, account, "1")
    await said(database, viewer, account, "2")

    kept = await days(database, viewer)
    assert before <= kept[-1].day <= datetime.now(UTC).date()
    assert kept[-1].balance == 2
    assert len({one.day for one in kept}) == len(kept)


async def test_a_balance_that_would_become_too_large_does_not_move(database: Database, viewer: Viewer) -> None:
    account = await open_account(database, viewer, balance=Decimal("999999999999999.99"))

    async def work(unit: Unit) -> None:
        await move_balance(unit, account, Decimal("0.01"))

    with pytest.raises(UserMistake) as refusal:
        await in_unit(database, viewer, work)

    assert (refusal.value.code, refusal.value.path) == ("INVALID", ("input", "amount"))
    assert (await known(database, viewer))[0] == Decimal("999999999999999.99")


async def test_moving_by_nothing_is_no_fact(database: Database, viewer: Viewer) -> None:
    account = await open_account(database, viewer)

    async def work(unit: Unit) -> None:
        await move_balance(unit, account, Decimal(0))

    await in_unit(database, viewer, work)

    assert (await facts(database, viewer), await days(database, viewer)) == ([], [])
