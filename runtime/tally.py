"""How often something happened within the hour: counted in Redis for all processes, in this one while Redis is away."""

import asyncio
import time
from collections import Counter

from redis.asyncio import Redis
from redis.exceptions import RedisError

HOUR = 3600
LONGEST_SECONDS = 0.25
MOST_LOCAL = 100_000


class Tally:
    def __init__(self, redis: "Redis", prefix: str) -> None:
        self._redis = redis
        self._prefix = f"{prefix}:tally"
        self._local: Counter[str] = Counter()
        self._local_hour = 0

    async def add(self, what: str, whose: str) -> int:
        """Count it once more; how often it was in this hour of the clock."""
        key = self._key(what, whose)
        # Counted here in any case: who makes Redis go away gets no new beginning.
        local = self._count(key)
        try:
            async with asyncio.timeout(LONGEST_SECONDS):
                async with self._redis.pipeline(transaction=False) as pipeline:
                    pipeline.incr(key)
                    pipeline.expire(key, 2 * HOUR)
                    counted, _ = await pipeline.execute()
        except (RedisError, OSError, TimeoutError):
            return local
        return max(local, int(counted))

    async def count(self, what: str, whose: str) -> int:
        """How often it was in this hour, without counting."""
        key = self._key(what, whose)
        local = self._local[key] if self._local_hour == _hour() else 0
        try:
            async with asyncio.timeout(LONGEST_SECONDS):
                return max(local, int(await self._redis.get(key) or 0))
        except (RedisError, OSError, TimeoutError):
            return local

    def _key(self, what: str, whose: str) -> str:
        return f"{self._prefix}:{what}:{whose}:{_hour()}"

    def _count(self, key: str) -> int:
        if self._local_hour != _hour() or len(self._local) > MOST_LOCAL:
            self._local.clear()
            self._local_hour = _hour()
        self._local[key] += 1
        return self._local[key]


def _hour() -> int:
    return int(time.time() // HOUR)
