"""Counting within the hour, with Redis and without."""

from collections.abc import AsyncIterator

import pytest
from redis.asyncio import Redis

from runtime.ids import new_id
from runtime.tally import Tally


@pytest.fixture
async def redis(redis_url: str) -> AsyncIterator[Redis]:
    client: Redis = Redis.from_url(redis_url)
    yield client
    await client.aclose()


async def test_all_processes_count_together(redis: Redis, redis_prefix: str) -> None:
    one, other, whose = Tally(redis, redis_prefix), Tally(redis, redis_prefix), str(new_id())

    counted = [await one.add("tries", whose), await other.add("tries", whose), await one.add("tries", whose)]

    assert counted == [1, 2, 3]
    assert await other.count("tries", whose) == 3
    assert await other.count("tries", f"not {whose}") == 0


async def test_each_process_counts_by_itself_while_redis_is_away() -> None:
    tally = Tally(Redis.from_url("redis://127.0.0.1:1"), "nowhere")

    assert [await tally.add("tries", "x") for _ in range(3)] == [1, 2, 3]
    assert await tally.count("tries", "x") == 3
    assert await tally.count("tries", "y") == 0
