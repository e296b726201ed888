"""Snapshots on connections of our own keeping: what is bound, what is read, how they end."""

import asyncio
from collections.abc import AsyncIterator, Awaitable, Callable
from dataclasses import replace
from typing import Any
from uuid import UUID

import asyncpg
import pytest

from runtime.ids import new_id
from runtime.pool import Pool, PoolTimeout
from runtime.snapshot import Snapshot
from runtime.viewer import Viewer
from tests.cluster import DatabaseUrls
from tests.runtime.patience import settled

BOUND = """
select current_setting('app.user_id', true), current_setting('app.household_id', true),
    current_setting('app.role', true), current_setting('app.account_ids', true),
    current_setting('transaction_isolation'), current_setting('transaction_read_only'), current_setting('jit')
"""
INJECTION = "x',true);commit;drop table households;select set_config('app.role','OWNER"


class HostileUUID(UUID):
    def __str__(self) -> str:
        return INJECTION


class HostileText(str):
    __slots__ = ()

    def __format__(self, _: str) -> str:
        return INJECTION


@pytest.fixture
async def pool(database_urls: DatabaseUrls) -> AsyncIterator[Pool]:
    pool = Pool(database_urls.app, 2)
    yield pool
    await pool.close()


@pytest.fixture
async def narrow(database_urls: DatabaseUrls) -> AsyncIterator[Pool]:
    """One connection: whoever comes second waits."""
    pool = Pool(database_urls.app, 1)
    yield pool
    await pool.close()


Rows = list[tuple[Any, ...]]


async def rows(snapshot: Snapshot, statement: str, *arguments: object) -> Rows:
    return [tuple(row) for row in await snapshot.fetch(statement, arguments)]


async def read(pool: Pool, viewer: Viewer, statement: str, *arguments: object) -> Rows:
    snapshot = Snapshot(pool, viewer)
    try:
        return await rows(snapshot, statement, *arguments)
    finally:
        await snapshot.close()


async def test_the_viewer_is_bound_to_a_read_only_snapshot(pool: Pool, viewer: Viewer) -> None:
    (bound,) = await read(pool, viewer, BOUND)

    ids = [str(viewer.user_id), str(viewer.household_id)]
    assert list(bound) == [*ids, "OWNER", "*", "repeatable read", "on", "off"]


async def test_a_viewer_of_some_accounts_is_bound_to_these(pool: Pool, viewer: Viewer) -> None:
    first, second = new_id(), new_id()

    (some,) = await read(pool, replace(viewer, role="VIEWER", account_ids=(first, second)), BOUND)
    (none,) = await read(pool, replace(viewer, account_ids=()), BOUND)

    assert (some[2], some[3], none[3]) == ("VIEWER", f"{first},{second}", "")


async def test_a_snapshot_does_not_see_what_was_committed_after_its_first_statement(
    pool: Pool, new_viewer: Callable[[], Awaitable[Viewer]], viewer: Viewer, database_urls: DatabaseUrls
) -> None:
    snapshot = Snapshot(pool, viewer)
    before = await rows(snapshot, "select name from households")
    owner = await asyncpg.connect(database_urls.owner)
    await owner.execute("update households set name = 'Changed' where id = $1", viewer.household_id)
    await owner.close()

    after = await rows(snapshot, "select name from households")

    await snapshot.close()
    assert before == after == [("Somebody",)]
    assert await read(pool, viewer, "select name from households") == [("Changed",)]


@pytest.mark.parametrize(
    "hostile",
    [
        {"user_id": INJECTION},
        {"household_id": INJECTION},
        {"household_id": HostileUUID(int=1)},
        {"role": INJECTION},
        {"role": "owner"},
        {"role": HostileText("OWNERS")},
        {"account_ids": INJECTION},
        {"account_ids": (new_id(), INJECTION)},
        {"account_ids": (HostileUUID(int=1),)},
    ],
)
async def test_nothing_but_ids_and_roles_gets_into_the_text_of_a_beginning(
    pool: Pool, viewer: Viewer, hostile: dict[str, Any]
) -> None:
    with pytest.raises((TypeError, ValueError), match="not a"):
        await read(pool, replace(viewer, **hostile), "select 1")

    assert pool.open == 0


async def test_a_role_that_prints_itself_otherwise_is_bound_as_what_it_equals(pool: Pool, viewer: Viewer) -> None:
    (bound,) = await read(pool, replace(viewer, role=HostileText("OWNER")), BOUND)

    assert bound[2] == "OWNER"


async def test_with_nobody_waiting_the_transaction_ends_and_nothing_stays_bound(narrow: Pool, viewer: Viewer) -> None:
    await read(narrow, viewer, "select 1")
    await settled(narrow)

    connection = narrow.take()
    assert connection is not None
    (found,) = await connection.fetch(BOUND)
    narrow.release(connection)
    assert [value or "" for value in found][:6] == ["", "", "", "", "read committed", "off"]


async def test_a_connection_that_is_handed_over_is_the_next_viewers_alone(
    narrow: Pool, new_viewer: Callable[[], Awaitable[Viewer]]
) -> None:
    viewers = [await new_viewer() for _ in range(5)]

    found = await asyncio.gather(*[read(narrow, viewer, "select id from households") for viewer in viewers * 4])

    assert found == [[(viewer.household_id,)] for viewer in viewers * 4]
    assert narrow.open == 1


async def test_after_its_end_a_snapshot_reads_nothing(pool: Pool, viewer: Viewer) -> None:
    snapshot = Snapshot(pool, viewer)
    await snapshot.fetch("select 1")
    await snapshot.close()

    with pytest.raises(RuntimeError, match="the snapshot is over"):
        await snapshot.fetch("select 1")


async def test_a_snapshot_ends_after_the_statement_that_is_running(narrow: Pool, viewer: Viewer) -> None:
    snapshot = Snapshot(narrow, viewer)
    running = asyncio.create_task(rows(snapshot, "select 1 from pg_sleep(0.05)"))
    queued = asyncio.create_task(snapshot.fetch("select 2"))
    await asyncio.sleep(0)

    await snapshot.close()

    assert running.done()
    assert running.result() == [(1,)]
    with pytest.raises(RuntimeError, match="the snapshot is over"):
        await queued
    await settled(narrow)


async def test_concurrent_statements_of_one_snapshot_take_turns(pool: Pool, viewer: Viewer) -> None:
    snapshot = Snapshot(pool, viewer)

    found = await asyncio.gather(*[snapshot.fetch("select $1::int, pg_backend_pid()", [i]) for i in range(20)])

    await snapshot.close()
    assert [rows[0][0] for rows in found] == list(range(20))
    assert len({rows[0][1] for rows in found}) == 1


async def test_a_refused_statement_aborts_the_later_ones_of_its_snapshot_alone(narrow: Pool, viewer: Viewer) -> None:
    snapshot = Snapshot(narrow, viewer)
    with pytest.raises(asyncpg.DivisionByZeroError):
        await snapshot.fetch("select 1 / 0")
    with pytest.raises(asyncpg.InFailedSQLTransactionError):
        await snapshot.fetch("select 1")
    await snapshot.close()

    assert await read(narrow, viewer, "select 1") == [(1,)]
    await settled(narrow)


async def test_an_argument_that_cannot_be_sent_aborts_nothing(narrow: Pool, viewer: Viewer) -> None:
    snapshot = Snapshot(narrow, viewer)
    with pytest.raises(asyncpg.DataError, match="invalid input for query argument"):
        await snapshot.fetch("select $1::uuid", ["nonsense"])

    assert await rows(snapshot, "select 1") == [(1,)]

    await snapshot.close()
    await settled(narrow)


async def test_a_cancelled_statement_breaks_its_snapshot_off(narrow: Pool, viewer: Viewer) -> None:
    snapshot = Snapshot(narrow, viewer)
    await snapshot.fetch("select 1")
    with pytest.raises(TimeoutError):
        async with asyncio.timeout(0.02):
            await snapshot.fetch("select pg_sleep(60)")

    with pytest.raises(RuntimeError, match="broken off"):
        await snapshot.fetch("select 1")

    await snapshot.close()
    assert await read(narrow, viewer, "select 1") == [(1,)]
    assert narrow.open == 1


async def test_who_waits_too_long_is_told(database_urls: DatabaseUrls, viewer: Viewer) -> None:
    # Connecting is part of the wait.
    pool = Pool(database_urls.app, 1, wait_seconds=2)
    try:
        holding = Snapshot(pool, viewer)
        await holding.fetch("select 1")

        with pytest.raises(PoolTimeout):
            await read(pool, viewer, "select 1")

        await holding.close()
        assert await read(pool, viewer, "select 1") == [(1,)]
    finally:
        await pool.close()


async def test_who_is_cancelled_when_a_connection_is_handed_to_them_passes_it_on(narrow: Pool, viewer: Viewer) -> None:
    holding = Snapshot(narrow, viewer)
    await holding.fetch("select 1")
    first, second = (asyncio.create_task(read(narrow, viewer, "select 1")) for _ in range(2))
    await asyncio.sleep(0)

    await holding.close()
    first.cancel()

    assert await second == [(1,)]
    assert first.cancelled()
    await settled(narrow)


async def test_without_a_cache_of_statements_nothing_is_prepared_on_the_server(
    database_urls: DatabaseUrls, viewer: Viewer
) -> None:
    pool = Pool(database_urls.app, 1, statement_cache=0)
    snapshot = Snapshot(pool, viewer)

    found = [await rows(snapshot, "select $1::int, name from households", i) for i in range(2)]

    assert found == [[(0, "Somebody")], [(1, "Somebody")]]
    assert await rows(snapshot, "select count(*) from pg_prepared_statements where name <> ''") == [(0,)]
    await snapshot.close()
    await pool.close()


async def test_the_options_of_a_url_are_the_drivers(database_urls: DatabaseUrls, viewer: Viewer) -> None:
    pool = Pool(f"{database_urls.app}?sslmode=prefer&work_mem=5MB", 1)

    assert await read(pool, viewer, "select current_setting('work_mem'), current_setting('application_name')") == [
        ("5MB", "coffer")
    ]

    await pool.close()


async def test_a_pool_that_closes_lets_nobody_wait(narrow: Pool, viewer: Viewer) -> None:
    holding = Snapshot(narrow, viewer)
    await holding.fetch("select 1")
    waiting = asyncio.create_task(read(narrow, viewer, "select 1"))
    await asyncio.sleep(0)

    await narrow.close()

    with pytest.raises(RuntimeError, match="the pool is closed"):
        await waiting
    with pytest.raises(RuntimeError, match="the pool is closed"):
        await read(narrow, viewer, "select 1")
    await holding.close()
    assert narrow.open == 0


async def test_a_statement_alone_is_bound_to_nobody_and_leaves_no_transaction(database_urls: DatabaseUrls) -> None:
    pool = Pool(database_urls.app, 1)

    rows = await pool.fetch("select $1::int + 1, current_setting('app.user_id', true)", [41])
    with pytest.raises(asyncpg.PostgresError):
        await pool.fetch("select 1 / 0")
    after = await pool.fetch("select pg_current_xact_id_if_assigned() is null")
    await settled(pool)

    assert [tuple(row) for row in rows] == [(42, None)]
    assert [tuple(row) for row in after] == [(True,)]
    assert (pool.open, pool.free) == (1, 1)
    await pool.close()
