"""Long chains are what short ones are, though their lines go to the server by another way."""

import asyncio
from decimal import Decimal
from uuid import UUID

import pytest
from sqlalchemy import func, select, text

from domain.events import AccountUpdated, TransactionsAdded
from domain.money import Money
from domain.savings_groups.commands import create_savings_group
from runtime.database import Database
from runtime.ids import new_id
from runtime.journal import GENESIS, JournalLine, OutboxLine, Stream, commitment_of, line_hash
from runtime.reader import Reader
from runtime.system import SystemDatabase
from runtime.unit import Unit, in_unit
from runtime.viewer import Viewer


@pytest.mark.parametrize("lines", [1, 100, 101, 250])
async def test_however_many_lines_each_can_be_recalculated(
    database: Database, system: SystemDatabase, viewer: Viewer, lines: int
) -> None:
    account = new_id()
    ids = [new_id() for _ in range(lines * 100 - 150)] if lines > 1 else []

    async def work(unit: Unit) -> None:
        unit.record(AccountUpdated(ids=[account], account_id=account, data={"name": {"before": "Ä", "after": "B"}}))
        unit.record(TransactionsAdded(ids=ids, account_id=account))

    await in_unit(database, viewer, work)

    async with Reader(database, viewer) as reader:
        found = await reader.all(select(JournalLine).order_by(JournalLine.seq))
    assert [line.seq for line in found] == list(range(1, lines + 1))
    assert [id for line in found[1:] for id in line.ids] == ids
    assert found[0].data == {"name": {"before": "Ä", "after": "B"}}
    before = GENESIS
    for line in found:
        assert line.prev_hash == before
        assert line.salt is not None
        assert line.data is not None
        assert line.commitment == commitment_of(line.salt, line.data)
        before = line_hash(
            prev_hash=before,
            stream_id=viewer.household_id,
            seq=line.seq,
            at=line.at,
            actor=f"person:{viewer.user_id}",
            kind=line.kind,
            subject=line.subject,
            ids=line.ids,
            account_id=line.account_id,
            commitment=line.commitment,
        )
        assert line.hash == before
    async with system.system_session() as session:
        mine = OutboxLine.stream_id == viewer.household_id
        assert await session.scalar(select(func.count()).where(mine)) == lines


@pytest.mark.parametrize("lines", [1, 150])
async def test_each_stream_of_a_unit_has_a_chain_of_its_own(database: Database, viewer: Viewer, lines: int) -> None:
    async def found(unit: Unit) -> UUID:
        return await create_savings_group(unit, name="Holidays", target=Money(Decimal(100), "USD"), target_date=None)

    group = await in_unit(database, viewer, found)
    async with Reader(database, viewer) as reader:
        before = {head.stream_id: (head.head_seq, head.head_hash) for head in await reader.all(select(Stream))}
    home = viewer.household_id
    ids = {home: [new_id() for _ in range(lines * 100)], group: [new_id() for _ in range(lines * 100)]}

    async def work(unit: Unit) -> None:
        for start in range(0, lines * 100, 50):
            unit.record(AccountUpdated(ids=ids[home][start : start + 50]))
            unit.record(AccountUpdated(ids=ids[group][start : start + 50], stream_id=group))

    await in_unit(database, viewer, work)

    for stream, named in ids.items():
        async with Reader(database, viewer) as reader:
            found_lines = await reader.all(
                select(JournalLine)
                .where(JournalLine.stream_id == stream, JournalLine.seq > before[stream][0])
                .order_by(JournalLine.seq)
            )
            head = await reader.first(select(Stream).where(Stream.stream_id == stream))
        assert [id for line in found_lines for id in line.ids] == named
        hashes = [line.hash for line in found_lines]
        assert [line.prev_hash for line in found_lines] == [before[stream][1], *hashes[:-1]]
        assert head is not None
        assert (head.head_seq, head.head_hash) == (before[stream][0] + 2 * lines, hashes[-1])


@pytest.mark.parametrize("lines", [1, 101])
async def test_others_wait_for_one_statement_and_the_commit(database: Database, viewer: Viewer, lines: int) -> None:
    heard: list[str] = []

    async def work(unit: Unit) -> None:
        (await unit.connection()).add_query_logger(lambda record: heard.append(record.query))
        unit.record(TransactionsAdded(ids=[new_id() for _ in range(lines * 100)], account_id=new_id()))

    await in_unit(database, viewer, work)

    locked = next(place for place, query in enumerate(heard) if "from streams" in query and "for update" in query)
    append, *end = heard[locked + 1 :]
    assert "insert into journal" in append
    assert end[0] == "COMMIT;"


async def test_a_line_that_comes_in_between_is_followed(database: Database, viewer: Viewer) -> None:
    holds_the_head, may_commit = asyncio.Event(), asyncio.Event()

    async def quick(unit: Unit) -> None:
        async def wait() -> None:
            holds_the_head.set()
            await may_commit.wait()

        unit.record(AccountUpdated(ids=[new_id()]))
        unit.after_journal(wait)

    async def long(unit: Unit) -> None:
        unit.record(TransactionsAdded(ids=[new_id() for _ in range(15_000)], account_id=new_id()))

    booking = asyncio.create_task(in_unit(database, viewer, quick))
    await holds_the_head.wait()
    syncing = asyncio.create_task(in_unit(database, viewer, long))
    waiting = "select from pg_stat_activity where wait_event_type = 'Lock' and datname = current_database()"
    while not await rows_of(database, viewer, waiting):  # noqa: ASYNC110 (nobody tells us: PostgreSQL is asked)
        await asyncio.sleep(0.01)
    may_commit.set()
    await asyncio.gather(booking, syncing)

    async with Reader(database, viewer) as reader:
        lines = await reader.all(select(JournalLine).order_by(JournalLine.seq))
    assert [line.kind for line in lines] == ["AccountUpdated"] + ["TransactionsAdded"] * 150
    assert [line.prev_hash for line in lines] == [GENESIS, *[line.hash for line in lines[:-1]]]


async def rows_of(database: Database, viewer: Viewer, statement: str) -> int:
    async with Reader(database, viewer) as reader:
        return len(await reader.execute(text(statement)))
