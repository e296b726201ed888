"""Connections that break, servers that are starting, and viewers that must not stay bound."""

import asyncio
import logging
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager

import asyncpg
import pytest
from sqlalchemy import select, text
from sqlalchemy.exc import DBAPIError, SQLAlchemyError

from domain.households.models import Household
from runtime.database import Database
from runtime.reader import Reader
from runtime.row_security import APP
from runtime.unit import Unit, in_unit
from runtime.viewer import Viewer
from tests.cluster import DatabaseUrls
from tests.runtime.patience import settled

BOUND = """
select current_setting('app.user_id', true), current_setting('app.household_id', true),
    current_setting('app.role', true), current_setting('app.account_ids', true),
    current_setting('transaction_isolation'), current_setting('transaction_read_only')
"""


@asynccontextmanager
async def starting_server() -> AsyncIterator[str]:
    """Speaks as PostgreSQL does while it recovers from a crash (protocol 3.0, ErrorResponse); its address."""

    async def answer(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        asked = await reader.readexactly(8)
        if asked[4:] == b"\x04\xd2\x16\x2f":  # SSLRequest
            writer.write(b"N")
            await reader.readexactly(4)
        fields = b"SFATAL\0VFATAL\0C57P03\0Mthe database system is starting up\0\0"
        writer.write(b"E" + (len(fields) + 4).to_bytes(4) + fields)
        await writer.drain()
        writer.close()

    server = await asyncio.start_server(answer, "127.0.0.1", 0)
    try:
        yield f"postgresql://{APP}:secret@127.0.0.1:{server.sockets[0].getsockname()[1]}/coffer"
    finally:
        server.close()
        await server.wait_closed()


async def cut_connections(urls: DatabaseUrls) -> None:
    """What a restart of PostgreSQL does to them."""
    connection = await asyncpg.connect(urls.admin)
    try:
        await connection.execute(
            "select pg_terminate_backend(pid, 5000) from pg_stat_activity "
            "where datname = current_database() and usename = $1",
            APP,
        )
    finally:
        await connection.close()


async def test_a_server_that_is_starting_is_a_server_that_does_not_answer(viewer: Viewer) -> None:
    async with starting_server() as url:
        database = Database(url)
        async with Reader(database, viewer) as reader:
            with pytest.raises((OSError, SQLAlchemyError), match="starting up"):
                await reader.execute(text("select 1"))
        await database.close()


async def test_connections_that_were_cut_while_they_rested_are_nobodys_business(
    database: Database, viewer: Viewer, database_urls: DatabaseUrls
) -> None:
    async def read() -> str | None:
        async with Reader(database, viewer) as reader:
            return await reader.first(select(Household.name))

    before = await asyncio.gather(*[read() for _ in range(10)])
    await cut_connections(database_urls)

    assert await asyncio.gather(*[read() for _ in range(10)]) == before


async def test_a_unit_whose_connection_is_cut_fails_and_leaves_nothing(
    database: Database, viewer: Viewer, database_urls: DatabaseUrls
) -> None:
    attempts = 0

    async def work(unit: Unit) -> None:
        nonlocal attempts
        attempts += 1
        (await unit.session.scalars(select(Household).with_for_update())).one().name = "Changed"
        await unit.session.flush()
        await cut_connections(database_urls)

    with pytest.raises((DBAPIError, asyncpg.PostgresError)):
        await in_unit(database, viewer, work)

    async with Reader(database, viewer) as reader:
        assert await reader.first(select(Household.name)) == "Somebody"
    assert attempts == 1


@pytest.mark.parametrize("broken", ["select 1 / 0", "select pg_sleep(10)"], ids=["error", "cancelled"])
async def test_a_viewer_is_not_bound_any_more_however_a_transaction_ends(
    database_urls: DatabaseUrls, viewer: Viewer, broken: str
) -> None:
    database = Database(database_urls.app, pool=1)
    async with Reader(database, viewer) as reader:
        await reader.execute(text("select 1"))
    with pytest.raises((asyncpg.PostgresError, TimeoutError)):
        async with asyncio.timeout(0.1), Reader(database, viewer) as reader:
            await reader.execute(text(broken))
    with pytest.raises((DBAPIError, TimeoutError)):
        async with asyncio.timeout(0.1), database.writing(viewer) as session:
            await session.execute(text(broken))

    await settled(database.reads)
    reading = database.reads.take()
    assert reading is not None
    after_reading = (await reading.fetch(BOUND))[0]
    database.reads.release(reading)
    async with database.engine.connect() as connection:
        after_writing = (await connection.execute(text(BOUND))).one()
    await database.close()
    for found in (after_reading, after_writing):
        assert [value or "" for value in found] == ["", "", "", "", "read committed", "off"]


async def test_what_was_given_to_a_statement_that_failed_is_not_told(
    database: Database, viewer: Viewer, caplog: pytest.LogCaptureFixture
) -> None:
    password = "".join(["hun", "ter2"])

    async def work(unit: Unit) -> None:
        await unit.session.execute(text("select 1 / (length(:password) - 7)"), {"password": password})

    try:
        await in_unit(database, viewer, work)
    except DBAPIError:
        logging.getLogger("coffer.test").exception("failed")

    assert "division by zero" in caplog.text
    assert password not in caplog.text


async def test_the_options_of_a_url_are_the_drivers(database_urls: DatabaseUrls, viewer: Viewer) -> None:
    database = Database(f"{database_urls.app}?sslmode=prefer&work_mem=5MB")
    async with Reader(database, viewer) as reader:
        ((read,),) = await reader.execute(text("select current_setting('work_mem')"))
    async with database.writing(viewer) as session:
        written = await session.scalar(text("select current_setting('work_mem')"))
    await database.close()
    assert read == written == "5MB"
