"""Long chains are what short ones are, though their lines go to the server by another way."""

import pytest
from sqlalchemy import func, select

from domain.events import AccountUpdated, TransactionsAdded
from runtime.database import Database
from runtime.ids import new_id
from runtime.journal import GENESIS, JournalLine, OutboxLine, commitment_of, line_hash
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
