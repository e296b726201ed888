"""A viewer's transaction begins with the message of its first statement, once that statement is prepared."""

from collections.abc import AsyncIterator
from dataclasses import replace

import asyncpg
import pytest

from runtime.ids import new_id
from runtime.pool import Pool
from runtime.snapshot import Snapshot
from runtime.viewer import Viewer, Withheld
from tests.cluster import DatabaseUrls
from tests.runtime.patience import settled
from tests.runtime.test_pool import BOUND, read, rows
from tests.runtime.test_pool_losses import BREAKING

WITHHELD = ("private", "closed", "locked")
ECHO = "select $1::int, current_setting('app.household_id', true)"


@pytest.fixture
async def pool(database_urls: DatabaseUrls) -> AsyncIterator[Pool]:
    """One connection, on which everything that the tests ask is prepared."""
    pool = Pool(database_urls.app, 1)
    for statement, arguments in ((BOUND, ()), (ECHO, (1,)), ("select 1", ()), ("select 1 / $1::int", (1,))):
        await pool.fetch(statement, arguments)
    yield pool
    await pool.close()


async def test_each_viewer_is_bound_whoever_came_before(pool: Pool, viewer: Viewer) -> None:
    other = replace(viewer, user_id=new_id(), household_id=new_id(), role="VIEWER", account_ids=(new_id(), new_id()))

    (first,) = await read(pool, viewer, BOUND)
    (second,) = await read(pool, other, BOUND)

    assert list(first)[:4] == [str(viewer.user_id), str(viewer.household_id), "OWNER", "*"]
    accounts = ",".join(map(str, other.account_ids or ()))
    assert list(second)[:4] == [str(other.user_id), str(other.household_id), "VIEWER", accounts]
    assert list(second)[4:] == ["repeatable read", "on", "off"]


async def test_what_is_withheld_is_bound_and_then_not_any_more(pool: Pool, viewer: Viewer) -> None:
    kept = new_id()
    shared = "select " + ", ".join(f"current_setting('app.{name}_ids', true)" for name in ("account", *WITHHELD))
    beside = replace(viewer, withheld=Withheld(private=(), closed=(kept,), locked=(kept, viewer.user_id)))
    narrowed = replace(beside, account_ids=(kept,), link_ids=(viewer.household_id,))

    found = [tuple((await read(pool, one, shared))[0]) for one in (beside, narrowed, viewer)]

    assert found == [
        ("-", "", f"{kept}", f"{kept},{viewer.user_id}"),
        (f"{kept},{viewer.household_id}", "", f"{kept}", f"{kept},{viewer.user_id}"),
        ("*", "", "", ""),
    ]


async def test_an_argument_that_cannot_be_encoded_at_first_hinders_nobody(pool: Pool, viewer: Viewer) -> None:
    snapshot = Snapshot(pool, viewer)

    for _ in range(2):
        with pytest.raises(asyncpg.DataError, match="invalid input"):
            await snapshot.fetch(ECHO, ["no number"])

    assert await rows(snapshot, ECHO, 7) == [(7, str(viewer.household_id))]
    await snapshot.close()
    assert await read(pool, replace(viewer, household_id=viewer.user_id), ECHO, 8) == [(8, str(viewer.user_id))]
    assert pool.open == 1


async def test_a_lone_statement_whose_argument_cannot_be_encoded_hinders_nobody(pool: Pool, viewer: Viewer) -> None:
    await read(pool, viewer, "select 1")
    with pytest.raises(asyncpg.DataError, match="invalid input"):
        await pool.fetch(ECHO, ["no number"])

    ((number, household),) = await pool.fetch(ECHO, [3])

    assert (number, household or "") == (3, "")


async def test_a_first_statement_that_fails_aborts_the_transaction_that_was_begun_for_it(
    pool: Pool, viewer: Viewer
) -> None:
    snapshot = Snapshot(pool, viewer)
    with pytest.raises(asyncpg.DivisionByZeroError):
        await snapshot.fetch("select 1 / $1::int", [0])

    with pytest.raises(asyncpg.InFailedSQLTransactionError):
        await snapshot.fetch("select 1")

    await snapshot.close()
    assert await read(pool, viewer, ECHO, 1) == [(1, str(viewer.household_id))]


async def test_a_statement_is_never_run_unbound(own_database_urls: DatabaseUrls, viewer: Viewer) -> None:
    admin = await asyncpg.connect(own_database_urls.admin)
    await admin.execute(BREAKING)
    await admin.execute("create sequence public.runs; grant usage on sequence public.runs to public")
    pool = Pool(f"{own_database_urls.app}?search_path=broken,public,pg_catalog", 1)
    counting = "select nextval('public.runs')"
    await pool.fetch(counting)

    for _ in range(2):
        with pytest.raises(asyncpg.RaiseError, match="out of settings"):
            await read(pool, viewer, counting)

    await settled(pool)
    states = await admin.fetch(
        "select state from pg_stat_activity where application_name = 'coffer' and datname = current_database()"
    )
    assert [row["state"] for row in states] == ["idle"]
    assert await admin.fetchval("select last_value from public.runs") == 1
    await pool.close()
    await admin.close()
