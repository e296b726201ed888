"""All of a unit happens, or none; what is recorded in it is numbered without a gap."""

import asyncio
from collections.abc import Awaitable
from decimal import Decimal
from uuid import UUID

import pytest
from sqlalchemy import select, text

from domain.accounts.models import Account
from domain.events import AccountOpened, AccountUpdated
from domain.households.models import Household
from runtime.database import Database
from runtime.ids import new_id
from runtime.journal import GENESIS, JournalLine, Stream, commitment_of, line_hash
from runtime.reader import Reader
from runtime.unit import TryAgain, Unit, in_unit
from runtime.viewer import Viewer


async def lines_of(database: Database, viewer: Viewer) -> list[JournalLine]:
    async with Reader(database, viewer) as reader:
        return list(await reader.all(select(JournalLine).order_by(JournalLine.seq)))


async def rename(unit: Unit, name: str) -> None:
    household = (await unit.session.scalars(select(Household).with_for_update())).one()
    household.name = name
    unit.record(AccountUpdated(ids=[new_id()], data={"name": {"before": household.name, "after": name}}))


async def test_a_failing_unit_leaves_nothing(database: Database, viewer: Viewer) -> None:
    async def work(unit: Unit) -> None:
        await rename(unit, "Changed")
        raise RuntimeError("after the change")

    with pytest.raises(RuntimeError, match="after the change"):
        await in_unit(database, viewer, work)

    async with Reader(database, viewer) as reader:
        assert await reader.first(select(Household.name)) == "Somebody"
    assert await lines_of(database, viewer) == []


async def test_lines_are_numbered_and_chained_in_the_order_of_commits(database: Database, viewer: Viewer) -> None:
    async def work(unit: Unit) -> None:
        await unit.session.execute(text("select pg_sleep(random() / 100)"))
        unit.record(AccountOpened(ids=[new_id()], data={"name": "A"}), AccountUpdated(ids=[new_id()]))

    await asyncio.gather(*[in_unit(database, viewer, work) for _ in range(20)])

    lines = await lines_of(database, viewer)
    assert [line.seq for line in lines] == list(range(1, 41))
    assert [line.prev_hash for line in lines] == [GENESIS, *[line.hash for line in lines[:-1]]]
    async with Reader(database, viewer) as reader:
        head = await reader.first(select(Stream))
    assert head is not None
    assert (head.head_seq, head.head_hash) == (40, lines[-1].hash)


async def test_a_line_can_be_recalculated_from_what_is_stored(database: Database, viewer: Viewer) -> None:
    account = new_id()

    async def work(unit: Unit) -> None:
        unit.record(AccountOpened(ids=[account], account_id=account, data={"b": {"x": 1}, "a": "ä", "amount": 1.5}))

    await in_unit(database, viewer, work, actor="job:test")

    (line,) = await lines_of(database, viewer)
    assert line.salt is not None
    assert line.data is not None
    assert line.commitment == commitment_of(line.salt, line.data)
    assert line.hash == line_hash(
        prev_hash=GENESIS,
        stream_id=viewer.household_id,
        seq=1,
        at=line.at,
        actor="job:test",
        kind="AccountOpened",
        subject="Account",
        ids=[account],
        account_id=account,
        commitment=line.commitment,
    )


async def test_a_large_fact_becomes_several_lines(database: Database, viewer: Viewer) -> None:
    ids: list[UUID] = [new_id() for _ in range(250)]

    async def work(unit: Unit) -> None:
        unit.record(AccountOpened(ids=ids))

    await in_unit(database, viewer, work)

    lines = await lines_of(database, viewer)
    assert [len(line.ids) for line in lines] == [100, 100, 50]
    assert [one for line in lines for one in line.ids] == ids


async def test_a_unit_that_asks_for_it_runs_again(database: Database, viewer: Viewer) -> None:
    attempts = 0

    async def work(unit: Unit) -> int:
        nonlocal attempts
        attempts += 1
        unit.record(AccountUpdated(ids=[new_id()]))
        if attempts < 3:
            raise TryAgain
        return attempts

    assert await in_unit(database, viewer, work) == 3
    assert len(await lines_of(database, viewer)) == 1


async def test_deadlocks_are_nobodys_business(database: Database, viewer: Viewer) -> None:
    async def open_two(unit: Unit) -> list[UUID]:
        ids = [new_id(), new_id()]
        for one in ids:
            unit.session.add(
                Account(
                    household_id=viewer.household_id,
                    id=one,
                    name="Cash",
                    type="CASH",
                    currency="USD",
                    balance=Decimal(0),
                    balance_at=unit.at,
                    created_at=unit.at,
                )
            )
        return ids

    first, second = await in_unit(database, viewer, open_two)
    meeting = asyncio.Barrier(2)
    met = 0

    def crosswise(one: UUID, other: UUID) -> Awaitable[None]:
        async def work(unit: Unit) -> None:
            nonlocal met
            for id in (one, other):
                await unit.session.execute(text("update accounts set name = name || '+' where id = :id"), {"id": id})
                if met < 2:
                    met += 1
                    await meeting.wait()

        return in_unit(database, viewer, work)

    await asyncio.gather(crosswise(first, second), crosswise(second, first))

    async with Reader(database, viewer) as reader:
        assert await reader.all(select(Account.name).order_by(Account.id)) == ["Cash++", "Cash++"]


async def test_a_reader_sees_one_moment(database: Database, viewer: Viewer) -> None:
    async with Reader(database, viewer) as reader:
        before = await reader.first(select(Household.name))
        await in_unit(database, viewer, lambda unit: rename(unit, "Changed meanwhile"))

        assert await reader.first(select(Household.name)) == before
    async with Reader(database, viewer) as reader:
        assert await reader.first(select(Household.name)) == "Changed meanwhile"
