"""Syncs and people at one time: nothing is lost or doubled, and the sums are what the rows add up to."""

import asyncio
import random
from collections import defaultdict
from collections.abc import Sequence
from dataclasses import dataclass, field
from datetime import date, timedelta
from decimal import Decimal
from uuid import UUID

import pytest
from sqlalchemy import select, text

from domain.mistakes import UserErrorCode, UserMistake
from domain.transactions.changes import update_transaction
from domain.transactions.commands import categorize_transaction
from domain.transactions.ingest import IncomingRow, apply_rows
from domain.transactions.models import Transaction
from runtime.database import Database
from runtime.reader import Reader
from runtime.unit import Unit, in_unit
from runtime.viewer import Viewer
from tests.domain.books import GROCERIES, RENT, open_account, sums_counted, sums_kept
from tests.domain.transactions.incoming import row

SOURCES = 700
SIZES = [2, 25, 25, 520]
"""Of batches: the last one goes through a table."""
CATEGORIES = ["FOOD_AND_DRINK_GROCERIES", "RENT_AND_UTILITIES_RENT", "TRAVEL_FLIGHTS"]
FIRST_DAY = date(2026, 9, 1)


@dataclass
class Batch:
    rows: list[IncomingRow]
    removed: list[str]


@dataclass
class Bank:
    """What was applied to each account, in the order of the commits."""

    applied: dict[UUID, list[Batch]] = field(default_factory=lambda: defaultdict(list))

    def rows_of(self, account: UUID) -> dict[str, tuple[Decimal, date]]:
        """What must be there now."""
        found: dict[str, tuple[Decimal, date]] = {}
        for batch in self.applied[account]:
            found |= {one.source_id: (one.amount, one.date) for one in batch.rows}
            found = {source: values for source, values in found.items() if source not in batch.removed}
        return found


def a_batch(chance: random.Random) -> Batch:
    sources = chance.sample(range(SOURCES), chance.choice(SIZES))
    rows = [
        row(
            f"s{source}",
            f"-{chance.randint(1, 9)}.{chance.randint(10, 99)}",
            date=FIRST_DAY + timedelta(days=chance.randint(0, 80)),
            description=f"Shop {chance.randint(1, 300)}",
            merchant_name=None,
            provider_primary="ANY",
            provider_detailed=chance.choice(CATEGORIES),
        )
        for source in sources
    ]
    return Batch(rows, [f"s{source}" for source in chance.sample(range(SOURCES), chance.randint(0, 20))])


async def sync(database: Database, viewer: Viewer, bank: Bank, accounts: Sequence[UUID], batch: Batch) -> None:
    """The same batch for each of the accounts, in one unit."""

    async def work(unit: Unit) -> None:
        rows = [(account, one) for account in accounts for one in batch.rows]
        await apply_rows(unit, rows, [(account, source) for account in accounts for source in batch.removed])
        # The accounts are locked until the commit, so this is its order.
        for account in accounts:
            bank.applied[account].append(batch)

    await in_unit(database, viewer, work)


async def edit(database: Database, viewer: Viewer, chance: random.Random) -> None:
    """A person changes some transaction, if there is one."""
    async with Reader(database, viewer) as reader:
        ids = await reader.all(select(Transaction.id))
    if not ids:
        return
    id = chance.choice(ids)

    async def work(unit: Unit) -> None:
        if chance.random() < 0.5:
            await categorize_transaction(unit, id, chance.choice([GROCERIES, RENT]))
        else:
            await update_transaction(unit, id, {"is_excluded": chance.random() < 0.5})

    try:
        await in_unit(database, viewer, work)
    except UserMistake as mistake:
        # The bank has removed it meanwhile.
        if mistake.code is not UserErrorCode.NOT_FOUND:
            raise


@pytest.mark.parametrize("seed", [1, 2, 3])
async def test_syncs_and_people_at_one_time(database: Database, viewer: Viewer, seed: int) -> None:
    chance = random.Random(seed)
    accounts = [await open_account(database, viewer) for _ in range(2)]
    bank = Bank()

    async def somebody(turn: int) -> None:
        if turn % 3 == 2:
            await edit(database, viewer, chance)
        else:
            some = [accounts[turn % 2]] if turn % 4 else chance.sample(accounts, 2)
            await sync(database, viewer, bank, some, a_batch(chance))

    for _ in range(4):
        await asyncio.gather(*[somebody(turn) for turn in range(12)])

    async with Reader(database, viewer) as reader:
        there = await reader.all(select(Transaction))
    for account in accounts:
        found = [(one.source_id, (one.amount, one.date)) for one in there if one.account_id == account]
        assert len(found) == len(dict(found))
        assert dict(found) == bank.rows_of(account)
    assert await sums_kept(database, viewer) == await sums_counted(database, viewer)


async def test_two_long_syncs_that_name_the_same_new_merchants_never_wait_crosswise(
    database: Database, viewer: Viewer
) -> None:
    accounts = [await open_account(database, viewer) for _ in range(2)]
    rows = [row(f"s{number}", merchant_name=f"Merchant {number:04}") for number in range(1100)]
    attempts = 0

    async def one(account: UUID, ordered: Sequence[IncomingRow]) -> None:
        async def work(unit: Unit) -> None:
            nonlocal attempts
            attempts += 1
            await apply_rows(unit, ((account, each) for each in ordered))

        await in_unit(database, viewer, work)

    await asyncio.gather(one(accounts[0], rows), one(accounts[1], rows[::-1]))

    assert attempts == 2
    assert await sums_kept(database, viewer) == await sums_counted(database, viewer)
    assert {count for _, count in (await sums_kept(database, viewer)).values()} == {1100}


async def test_an_edit_that_commits_while_a_sync_waits_is_seen_by_it(database: Database, viewer: Viewer) -> None:
    account = await open_account(database, viewer)
    await sync(database, viewer, Bank(), [account], Batch([row("a", "-1")], []))
    async with Reader(database, viewer) as reader:
        id = (await reader.all(select(Transaction.id)))[0]
    edited, may_commit = asyncio.Event(), asyncio.Event()

    async def person(unit: Unit) -> None:
        await categorize_transaction(unit, id, RENT)
        await unit.session.flush()
        edited.set()
        await may_commit.wait()

    editing = asyncio.create_task(in_unit(database, viewer, person))
    await edited.wait()
    syncing = asyncio.create_task(sync(database, viewer, Bank(), [account], Batch([row("a", "-2")], [])))
    while not await waiting_for_a_lock(database, viewer):  # noqa: ASYNC110 (nobody tells us: PostgreSQL is asked)
        await asyncio.sleep(0.01)
    may_commit.set()
    await asyncio.gather(editing, syncing)

    async with Reader(database, viewer) as reader:
        (one,) = await reader.all(select(Transaction))
    assert (one.category_id, one.categorized_by, one.amount) == (RENT, "PERSON", Decimal(-2))
    assert await sums_kept(database, viewer) == {(account, RENT, "USD", date(2026, 11, 1)): (Decimal(-2), 1)}


async def waiting_for_a_lock(database: Database, viewer: Viewer) -> bool:
    """Whether some session of this role waits for another's row."""
    statement = "select count(*) from pg_stat_activity where wait_event_type = 'Lock' and datname = current_database()"
    async with Reader(database, viewer) as reader:
        return bool((await reader.execute(text(statement)))[0][0])
