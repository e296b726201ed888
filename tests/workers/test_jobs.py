"""The queue: ids in, ids out, nobody waits for it, and what it loses is found again."""

import asyncio
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from uuid import UUID, uuid4

import pytest
from arq.constants import in_progress_key_prefix
from redis.asyncio import Redis
from sqlalchemy.exc import OperationalError

from integrations.world import World
from runtime.jobs import Jobs, deserialize, ids_of, queue_name, serialize
from runtime.tasks import end
from workers import jobs as registry
from workers.jobs import CHORES, JOBS, every, job
from workers.main import SILENCE_SECONDS, serve_queue
from workers.schedule import keep_house


@pytest.fixture
async def registered(world: World) -> AsyncIterator[None]:
    """The queue is empty. What a test declares is forgotten afterwards; the house's own jobs stand still."""
    registry.collect()
    kept_jobs, kept_chores = dict(JOBS), dict(CHORES)
    CHORES.clear()
    await world.redis.delete(queue_name(world.settings.redis_prefix))
    yield
    JOBS.clear()
    JOBS.update(kept_jobs)
    CHORES.clear()
    CHORES.update(kept_chores)


@asynccontextmanager
async def running(*tasks: asyncio.Task[None]) -> AsyncIterator[None]:
    try:
        yield
    finally:
        for task in tasks:
            await end(task)


async def test_a_job_gets_the_world_and_its_ids(world: World, registered: None) -> None:
    seen: asyncio.Queue[tuple[World, UUID, int]] = asyncio.Queue()

    @job()
    async def look(world: World, *, thing_id: UUID, number: int) -> None:
        seen.put_nowait((world, thing_id, number))

    thing = uuid4()
    assert await world.jobs.enqueue("look", thing_id=thing, number=7)

    async with running(asyncio.create_task(serve_queue(world))):
        assert await asyncio.wait_for(seen.get(), 10) == (world, thing, 7)


async def test_a_job_may_wait(world: World, registered: None) -> None:
    done: asyncio.Queue[int] = asyncio.Queue()

    @job()
    async def count(world: World, *, number: int) -> None:
        done.put_nowait(number)

    await world.jobs.enqueue("count", after_seconds=0.3, number=2)
    await world.jobs.enqueue("count", number=1)

    async with running(asyncio.create_task(serve_queue(world))):
        assert [await asyncio.wait_for(done.get(), 10) for _ in range(2)] == [1, 2]


async def test_a_failing_job_keeps_nobody_from_working(world: World, registered: None) -> None:
    done = asyncio.Event()

    @job()
    async def fail(world: World) -> None:
        raise RuntimeError("a job that fails")

    @job()
    async def succeed(world: World) -> None:
        done.set()

    await world.jobs.enqueue("fail")
    await world.jobs.enqueue("nobody knows this one")
    await world.jobs.enqueue("succeed")

    async with running(asyncio.create_task(serve_queue(world))):
        await asyncio.wait_for(done.wait(), 10)


async def test_a_job_that_finds_the_database_away_is_tried_again(
    world: World, registered: None, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(registry, "RETRY_SECONDS", 0.05)
    tries: list[int] = []
    done = asyncio.Event()

    @job()
    async def write(world: World, *, number: int) -> None:
        tries.append(number)
        if len(tries) == 1:
            raise OperationalError("select", None, ConnectionError("away"))
        done.set()

    await world.jobs.enqueue("write", number=7)

    async with running(asyncio.create_task(serve_queue(world))):
        await asyncio.wait_for(done.wait(), 10)

    assert tries == [7, 7]


async def test_a_job_under_way_when_the_worker_stops_is_done_again(world: World, registered: None) -> None:
    begun: asyncio.Queue[int] = asyncio.Queue()
    may_end = asyncio.Event()
    ended = asyncio.Event()

    @job()
    async def take_long(world: World) -> None:
        begun.put_nowait(1)
        await may_end.wait()
        ended.set()

    await world.jobs.enqueue("take_long")
    async with running(asyncio.create_task(serve_queue(world))):
        await asyncio.wait_for(begun.get(), 10)
    may_end.set()

    async with running(asyncio.create_task(serve_queue(world))):
        await asyncio.wait_for(ended.wait(), 10)


async def test_a_job_under_way_is_marked_for_seconds_and_not_for_its_longest_time(
    world: World, registered: None
) -> None:
    begun, may_end = asyncio.Event(), asyncio.Event()

    @job(seconds=1800)
    async def take_long(world: World) -> None:
        begun.set()
        await may_end.wait()

    await world.jobs.enqueue("take_long")
    async with running(asyncio.create_task(serve_queue(world))):
        await asyncio.wait_for(begun.wait(), 10)
        (job_id,) = await world.redis.zrange(queue_name(world.settings.redis_prefix), 0, -1)
        left = await world.redis.ttl(f"{in_progress_key_prefix}{job_id.decode()}")
        may_end.set()

    assert 0 < left <= SILENCE_SECONDS


async def test_nobody_waits_for_a_redis_that_is_away() -> None:
    away: Redis = Redis(host="127.0.0.1", port=1)

    assert await Jobs(away, "test").enqueue("anything", thing_id=uuid4()) is False

    await away.aclose()


async def test_queues_of_several_installations_are_apart(world: World, registered: None) -> None:
    await Jobs(world.redis, "elsewhere").enqueue("look", thing_id=uuid4())

    assert await world.redis.zcard(queue_name("elsewhere")) == 1
    assert await world.redis.zcard(queue_name(world.settings.redis_prefix)) == 0
    await world.redis.delete(queue_name("elsewhere"))


def test_a_stored_job_is_json() -> None:
    stored = serialize({"t": 1, "f": "look", "a": (), "k": {"id": "x"}, "et": 5})

    assert stored == b'{"t":1,"f":"look","a":[],"k":{"id":"x"},"et":5}'
    assert deserialize(stored)["k"] == {"id": "x"}


@pytest.mark.parametrize("value", ["no id", "", None, [1]])
def test_arguments_that_are_no_ids_are_refused(value: object) -> None:
    with pytest.raises((ValueError, AttributeError, TypeError)):
        ids_of({"thing_id": value})


async def test_chores_are_done_again_and_again_though_one_fails(world: World, registered: None) -> None:
    done: asyncio.Queue[str] = asyncio.Queue()

    @every(seconds=0.01)
    async def fail(world: World) -> None:
        done.put_nowait("fail")
        raise RuntimeError("a chore that fails")

    @every(seconds=0.01)
    async def sweep(world: World) -> None:
        done.put_nowait("sweep")

    async with running(asyncio.create_task(keep_house(world))):
        seen = [await asyncio.wait_for(done.get(), 10) for _ in range(8)]

    assert (seen.count("fail") >= 2, seen.count("sweep") >= 2) == (True, True)


async def test_every_job_has_a_name_of_its_own(registered: None) -> None:
    @job()
    async def one(world: World) -> None: ...

    with pytest.raises(ValueError, match="two jobs"):
        job()(one)
