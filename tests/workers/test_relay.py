"""What is committed is told, once it is committed, in order and at least once."""

import asyncio
import json
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager, suppress
from typing import TYPE_CHECKING, Any
from uuid import UUID

import asyncpg
import pytest
from redis.asyncio import Redis

from domain import tables
from domain.events import AccountUpdated, TransactionsAdded
from domain.identity.people import Registration, register
from runtime.broadcast import channel_of
from runtime.database import Database
from runtime.ids import new_id
from runtime.outbox import untold_lines
from runtime.system import SystemDatabase
from runtime.unit import Unit, in_unit
from runtime.viewer import Viewer
from tests.cluster import DatabaseUrls
from workers.relay import tell

tables.metadata()

if TYPE_CHECKING:
    Connection = asyncpg.Connection[asyncpg.Record]


@pytest.fixture
async def database(database_urls: DatabaseUrls) -> AsyncIterator[Database]:
    database = Database(database_urls.app)
    yield database
    await database.close()


@pytest.fixture
async def viewer(database_urls: DatabaseUrls, connection: "Connection") -> AsyncIterator[Viewer]:
    await connection.execute("delete from outbox")
    system = SystemDatabase(database_urls.system)
    yield await register(
        system, Registration(email=f"{new_id()}@example.com", password="long enough", display_name="Somebody")
    )
    await system.close()


@pytest.fixture
async def connection(database_urls: DatabaseUrls) -> AsyncIterator["Connection"]:
    connection = await asyncpg.connect(database_urls.system)
    yield connection
    await connection.close()


@pytest.fixture
async def redis(redis_url: str) -> AsyncIterator["Redis"]:
    client: Redis = Redis.from_url(redis_url)
    await client.flushdb()
    yield client
    await client.aclose()


@asynccontextmanager
async def overhearing(redis: "Redis", prefix: str) -> AsyncIterator[list[dict[str, Any]]]:
    """What is said on the channel meanwhile."""
    heard: list[dict[str, Any]] = []
    async with redis.pubsub() as pubsub:
        await pubsub.subscribe(channel_of(prefix))
        assert (await pubsub.get_message(timeout=5))["type"] == "subscribe"

        ended = asyncio.Event()

        async def listen() -> None:
            while not ended.is_set():
                message = await pubsub.get_message(timeout=5)
                if message is not None and message["data"] == b"the end":
                    ended.set()
                elif message is not None:
                    heard.append(json.loads(message["data"]))

        listening = asyncio.create_task(listen())
        try:
            yield heard
            await redis.publish(channel_of(prefix), b"the end")
            await ended.wait()
        finally:
            listening.cancel()
            with suppress(asyncio.CancelledError):
                await listening


async def record(database: Database, viewer: Viewer, *, times: int = 1) -> None:
    async def work(unit: Unit) -> None:
        unit.record(*[AccountUpdated(ids=[new_id()]) for _ in range(times)])

    await in_unit(database, viewer, work)


async def waiting(connection: "Connection") -> int:
    return int(await connection.fetchval("select count(*) from outbox"))


def told(stream: UUID, *numbers: int) -> list[dict[str, Any]]:
    return [{"stream": str(stream), "seq": number, "kind": "AccountUpdated"} for number in numbers]


async def test_lines_are_told_in_order_and_struck_out(
    database: Database, viewer: Viewer, connection: "Connection", redis: "Redis", redis_prefix: str
) -> None:
    await record(database, viewer, times=3)
    await record(database, viewer)

    async with overhearing(redis, redis_prefix) as heard:
        assert await tell(connection, redis, redis_prefix) == 4

    assert heard == told(viewer.household_id, 1, 2, 3, 4)
    assert await waiting(connection) == 0
    assert await tell(connection, redis, redis_prefix) == 0


async def test_what_was_not_told_stays(
    database: Database, viewer: Viewer, connection: "Connection", redis: "Redis", redis_prefix: str
) -> None:
    await record(database, viewer, times=2)

    async def take_and_fail() -> None:
        async with untold_lines(connection) as lines:
            assert [line.seq for line in lines] == [1, 2]
            raise ConnectionError("Redis went away")

    with pytest.raises(ConnectionError):
        await take_and_fail()

    assert await waiting(connection) == 2
    async with overhearing(redis, redis_prefix) as heard:
        await tell(connection, redis, redis_prefix)
    assert heard == told(viewer.household_id, 1, 2)


async def test_a_second_relay_leaves_a_stream_to_the_first(
    database: Database, viewer: Viewer, connection: "Connection", database_urls: DatabaseUrls
) -> None:
    await record(database, viewer)
    second = await asyncpg.connect(database_urls.system)
    try:
        async with untold_lines(connection) as lines:
            await record(database, viewer)
            async with untold_lines(second) as others:
                assert others == []
        assert [line.seq for line in lines] == [1]
        async with untold_lines(second) as others:
            assert [line.seq for line in others] == [2]
    finally:
        await second.close()


async def test_lines_that_come_together_are_one_job(
    database: Database, viewer: Viewer, connection: "Connection", redis: "Redis", redis_prefix: str
) -> None:
    async def work(unit: Unit) -> None:
        unit.record(TransactionsAdded(ids=[new_id() for _ in range(250)]))

    await in_unit(database, viewer, work)

    assert await tell(connection, redis, redis_prefix) == 3

    (job_id,) = await redis.zrange(f"{redis_prefix}:jobs", 0, -1)
    job = json.loads(await redis.get(b"arq:job:" + job_id))
    assert (job["f"], job["k"]) == ("check_budgets", {"household_id": str(viewer.household_id)})
