"""Signs of life of the processes that answer no requests, kept in Redis for as long as they are believed."""

import asyncio
from contextlib import suppress

from redis.asyncio import Redis
from redis.exceptions import RedisError

from runtime.tasks import is_to_end

SECONDS = 10
EVERY_SECONDS = 2.0


async def beat(redis: "Redis", prefix: str, process: str) -> None:
    await redis.set(f"{prefix}:heartbeat:{process}", "1", ex=SECONDS)


async def keep_beating(redis: "Redis", prefix: str, process: str) -> None:
    """Until it is cancelled; an absent Redis is waited for."""
    while not is_to_end():
        with suppress(RedisError, OSError):
            await beat(redis, prefix, process)
        await asyncio.sleep(EVERY_SECONDS)


async def is_beating(redis: "Redis", prefix: str, process: str) -> bool:
    return bool(await redis.exists(f"{prefix}:heartbeat:{process}"))
