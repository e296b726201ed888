"""Connections that break, and servers that are not there."""

import asyncio
import subprocess
from collections.abc import Iterator

import asyncpg
import pytest

from engines import postgres
from engines.processes import free_port
from runtime.ids import new_id
from runtime.pool import ConnectionLost, Pool
from runtime.snapshot import Snapshot
from runtime.viewer import OWNER, Viewer
from tests.cluster import DatabaseUrls, temporary_folder
from tests.runtime.patience import settled
from tests.runtime.test_database import cut_connections, starting_server
from tests.runtime.test_pool import read

SOMEBODY = Viewer(new_id(), new_id(), OWNER)
BREAKING = """
create schema broken;
create function broken.set_config(text, text, boolean) returns text language plpgsql as
    $$ begin raise exception 'out of settings'; end $$;
grant usage on schema broken to public
"""


@pytest.fixture(scope="module")
def cluster() -> Iterator[postgres.Cluster]:
    """A server of our own, to be stopped."""
    with temporary_folder() as made:
        yield postgres.prepare(made / "postgres", durable=False)


def started(cluster: postgres.Cluster) -> "subprocess.Popen[bytes]":
    server = postgres.start(cluster, durable=False)
    postgres.wait_ready(cluster, server)
    return server


async def test_connections_that_were_cut_while_they_rested_are_nobodys_business(database_urls: DatabaseUrls) -> None:
    pool = Pool(database_urls.app, 4)
    assert await asyncio.gather(*[read(pool, SOMEBODY, "select 1 from pg_sleep(0.02)") for _ in range(8)])
    await settled(pool)
    await cut_connections(database_urls)

    found = await asyncio.gather(*[read(pool, SOMEBODY, "select 1") for _ in range(8)])

    assert found == [[(1,)]] * 8
    await settled(pool)
    await pool.close()


async def test_a_connection_that_dies_before_it_is_handed_over_is_replaced(database_urls: DatabaseUrls) -> None:
    pool = Pool(database_urls.app, 1)
    holding = Snapshot(pool, SOMEBODY)
    await holding.fetch("select 1")
    waiting = asyncio.create_task(read(pool, SOMEBODY, "select 1"))
    await asyncio.sleep(0)
    await cut_connections(database_urls)

    await holding.close()

    assert await waiting == [(1,)]
    await settled(pool)
    await pool.close()


async def test_a_snapshot_that_loses_its_connection_cannot_be_gone_on_with(database_urls: DatabaseUrls) -> None:
    pool = Pool(database_urls.app, 1)
    snapshot = Snapshot(pool, SOMEBODY)
    await snapshot.fetch("select 1")
    running = asyncio.create_task(snapshot.fetch("select pg_sleep(60)"))
    await asyncio.sleep(0)
    await cut_connections(database_urls)

    with pytest.raises(ConnectionLost):
        await running
    with pytest.raises(RuntimeError, match="broken off"):
        await snapshot.fetch("select 1")

    await snapshot.close()
    assert await read(pool, SOMEBODY, "select 1") == [(1,)]
    await pool.close()


async def test_where_nobody_listens_everybody_who_waits_is_told() -> None:
    pool = Pool(f"postgresql://app:secret@127.0.0.1:{free_port()}/coffer", 2)

    told = await asyncio.gather(*[read(pool, SOMEBODY, "select 1") for _ in range(10)], return_exceptions=True)

    assert {type(error) for error in told} == {ConnectionLost}
    await pool.close()
    assert (pool.open, pool.waiting) == (0, 0)


async def test_a_server_that_is_starting_is_a_server_that_does_not_answer() -> None:
    async with starting_server() as url:
        pool = Pool(url, 1)
        with pytest.raises(ConnectionLost, match="starting up"):
            await read(pool, SOMEBODY, "select 1")
        await pool.close()


async def test_a_wrong_password_is_told_as_it_is(database_urls: DatabaseUrls) -> None:
    pool = Pool(database_urls.app.replace("@", "wrong@"), 2)

    with pytest.raises(asyncpg.InvalidPasswordError):
        await read(pool, SOMEBODY, "select 1")

    await pool.close()


async def test_a_server_that_is_full_serves_with_the_connections_that_are_there(
    own_database_urls: DatabaseUrls,
) -> None:
    admin = await asyncpg.connect(own_database_urls.admin)
    name = own_database_urls.admin.rpartition("/")[2]
    await admin.execute(f"alter database {name} connection limit 2")
    pool = Pool(own_database_urls.app, 4)
    await read(pool, SOMEBODY, "select 1")

    found = await asyncio.gather(*[read(pool, SOMEBODY, "select 1 from pg_sleep(0.01)") for _ in range(8)])

    assert found == [[(1,)]] * 8
    assert pool.open == 1
    await pool.close()
    await admin.execute(f"alter database {name} connection limit -1")
    await admin.close()


async def test_an_error_in_the_beginning_leaves_no_transaction(own_database_urls: DatabaseUrls) -> None:
    admin = await asyncpg.connect(own_database_urls.admin)
    await admin.execute(BREAKING)
    pool = Pool(f"{own_database_urls.app}?search_path=broken,pg_catalog", 1)

    for _ in range(2):
        with pytest.raises(asyncpg.RaiseError, match="out of settings"):
            await read(pool, SOMEBODY, "select 1")

    await settled(pool)
    states = await admin.fetch(
        "select state from pg_stat_activity where application_name = 'coffer' and datname = current_database()"
    )
    assert [row["state"] for row in states] == ["idle"]
    await pool.close()
    await admin.close()


async def test_a_restart_of_the_server_is_survived(cluster: postgres.Cluster) -> None:
    server = started(cluster)
    pool = Pool(cluster.url(), 3)
    try:
        await asyncio.gather(*[read(pool, SOMEBODY, "select 1 from pg_sleep(0.02)") for _ in range(6)])
        reading = Snapshot(pool, SOMEBODY)
        await reading.fetch("select 1")
        postgres.shut_down(server)
        with pytest.raises(ConnectionLost):
            await reading.fetch("select 1")
        with pytest.raises(ConnectionLost):
            await read(pool, SOMEBODY, "select 1")
        await reading.close()

        server = started(cluster)

        found = await asyncio.gather(*[read(pool, SOMEBODY, "select 1") for _ in range(6)])
        assert found == [[(1,)]] * 6
        await settled(pool)
    finally:
        await pool.close()
        postgres.shut_down(server)
