"""The queue of jobs (arq on Redis). A job carries ids only; what is due stands in PostgreSQL.

So nothing is lost with the queue: whoever enqueues does not wait for Redis to come back, the sweeps of
workers/schedule.py find in the tables what has not been done.
"""

import asyncio
import logging
from collections.abc import Mapping
from typing import Any
from uuid import UUID, uuid4

import orjson
from arq.connections import ArqRedis
from redis.asyncio import ConnectionPool, Redis
from redis.exceptions import RedisError

LONGEST_SECONDS = 1.0
Ids = Mapping[str, UUID | int]

log = logging.getLogger("coffer.jobs")


class Jobs:
    """Enqueues. `prefix` keeps several installations in one Redis apart."""

    def __init__(self, redis: "Redis", prefix: str) -> None:
        self._prefix = prefix
        self._queue = queue_client(redis.connection_pool, prefix)

    async def enqueue(self, name: str, *, after_seconds: float = 0, **ids: UUID | int) -> bool:
        """Have the job `name` run soon. False where Redis is away: then a sweep finds the work."""
        # A new id each time: arq drops an id that it still knows, without a word.
        job_id = f"{self._prefix}:{uuid4().hex}"
        arguments: dict[str, Any] = {
            key: str(value) if isinstance(value, UUID) else value for key, value in ids.items()
        }
        try:
            async with asyncio.timeout(LONGEST_SECONDS):
                await self._queue.enqueue_job(name, _job_id=job_id, _defer_by=after_seconds or None, **arguments)
        except (RedisError, OSError, TimeoutError) as error:
            log.warning("job %s is left to the sweep: %s", name, type(error).__name__)
            return False
        return True


def queue_name(prefix: str) -> str:
    return f"{prefix}:jobs"


def queue_client(pool: "ConnectionPool", prefix: str) -> ArqRedis:
    """arq's client over a pool of connections that somebody else closes."""
    return ArqRedis(
        pool,
        job_serializer=serialize,
        job_deserializer=deserialize,
        default_queue_name=queue_name(prefix),
    )


def serialize(job: dict[str, Any]) -> bytes:
    """JSON, not pickle: whoever can write to Redis must not run code in a worker."""
    return orjson.dumps(job, default=repr)


def deserialize(stored: bytes) -> dict[str, Any]:
    job: dict[str, Any] = orjson.loads(stored)
    return job


def ids_of(arguments: Mapping[str, Any]) -> dict[str, UUID | int]:
    """The ids of a job as `enqueue` was given them. Raises ValueError for anything else."""
    return {key: value if isinstance(value, int) else UUID(value) for key, value in arguments.items()}
