"""Snapshots on connections of our own keeping: what is bound, what is read, how they end."""

import asyncio
from collections.abc import AsyncIterator

import asyncpg
import pytest

from runtime.pool import Pool
from runtime.snapshot import Snapshot
from runtime.viewer import Viewer
from tests.cluster import DatabaseUrls

BOUND = """
select current_setting('app.user_id', true), current_setting('app.household_id', true),
    current_setting('app.role', true), current_setting('app.account_ids', true),
    current_setting('transaction_isolation'), current_setting('transaction_read_only'), current_setting('jit')
"""


@pytest.fixture
async def pool(database_urls: DatabaseUrls) -> AsyncIterator[Pool]:
    pool = Pool(database_urls.app, 2)
    yield pool
    await pool.close()


async def test_the_viewer_is_bound_to_a_read_only_snapshot(pool: Pool, viewer: Viewer) -> None:
    snapshot = Snapshot(pool, viewer)

    (bound,) = await snapshot.fetch(BOUND)

    await snapshot.close()
    assert list(bound) == [
        str(viewer.user_id),
        str(viewer.household_id),
        "OWNER",
        "*",
        "repeatable read",
        "on",
        "off",
    ]


async def test_a_statement_of_two_snapshots_sees_each_its_own_viewer(pool: Pool, viewer: Viewer) -> None:
    async def read() -> str:
        snapshot = Snapshot(pool, viewer)
        (row,) = await snapshot.fetch("select name from households where id = $1", [viewer.household_id])
        await snapshot.close()
        return str(row["name"])

    assert await asyncio.gather(*[read() for _ in range(20)]) == ["Somebody"] * 20
    assert pool.open <= 2


async def test_after_its_end_a_snapshot_reads_nothing(pool: Pool, viewer: Viewer) -> None:
    snapshot = Snapshot(pool, viewer)
    await snapshot.fetch("select 1")
    await snapshot.close()

    with pytest.raises(RuntimeError, match="the snapshot is over"):
        await snapshot.fetch("select 1")


async def test_a_failed_statement_aborts_the_later_ones_of_its_snapshot(pool: Pool, viewer: Viewer) -> None:
    snapshot = Snapshot(pool, viewer)
    with pytest.raises(asyncpg.DivisionByZeroError):
        await snapshot.fetch("select 1 / 0")

    with pytest.raises(asyncpg.InFailedSQLTransactionError):
        await snapshot.fetch("select 1")

    await snapshot.close()
