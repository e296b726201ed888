"""Whatever goes away meanwhile, subscribers hear everything once and in order."""

from collections.abc import Iterator
from contextlib import ExitStack, contextmanager
from dataclasses import replace
from pathlib import Path

import asyncpg
import pytest

from api.app import open_app
from engines import valkey
from runtime.settings import Settings
from tests.api.client import http_client, register
from tests.api.live.books import move, open_account
from tests.api.live.conftest import relaying, serving
from tests.api.live.socket_client import Stream, subscribed
from tests.cluster import DatabaseUrls

BALANCES = "subscription ($after: String) { balanceChanged(after: $after) { sequence balance { amount } } }"


@pytest.fixture
def store(tmp_path: Path) -> valkey.Store:
    """A Valkey for this test alone: it is killed."""
    return valkey.prepare(tmp_path / "valkey")


@contextmanager
def running(store: valkey.Store) -> Iterator[None]:
    """Ended without a word at the end of the block."""
    child = valkey.start(store, durable=False)
    try:
        valkey.wait_ready(store, child)
        yield
    finally:
        child.kill()
        child.wait()


async def amounts(stream: Stream, count: int) -> list[str]:
    return [event["balance"]["amount"] for event in await stream.some(count)]


async def test_nothing_is_lost_while_redis_is_away(settings: Settings, store: valkey.Store) -> None:
    settings = replace(settings, redis_url=store.url())
    with ExitStack() as redis:
        redis.enter_context(running(store))
        async with open_app(settings) as app, relaying(settings), serving(app) as live, http_client(app) as http:
            world, person = app.state.parts.world, await register(http)
            account = await open_account(world, person)
            async with subscribed(live, person, BALANCES) as stream:
                assert await amounts(stream, 1) == ["0.00"]
                await move(world, person, account, "1.00")
                assert await amounts(stream, 1) == ["1.00"]

                redis.close()
                await move(world, person, account, "2.00", "3.00")
                assert await amounts(stream, 2) == ["2.00", "3.00"]

                redis.enter_context(running(store))
                await move(world, person, account, "4.00")
                assert await amounts(stream, 1) == ["4.00"]


async def test_nothing_is_lost_when_every_connection_to_postgresql_breaks(
    settings: Settings, database_urls: DatabaseUrls
) -> None:
    administrator = await asyncpg.connect(database_urls.admin)
    try:
        async with open_app(settings) as app, relaying(settings), serving(app) as live, http_client(app) as http:
            world, person = app.state.parts.world, await register(http)
            account = await open_account(world, person)
            async with subscribed(live, person, BALANCES) as stream:
                assert await amounts(stream, 1) == ["0.00"]
                await move(world, person, account, "1.00")
                assert await amounts(stream, 1) == ["1.00"]

                await administrator.execute(
                    "select pg_terminate_backend(pid) from pg_stat_activity "
                    "where datname = current_database() and pid <> pg_backend_pid()"
                )
                await move(world, person, account, "2.00", "3.00")
                assert await amounts(stream, 2) == ["2.00", "3.00"]
    finally:
        await administrator.close()
