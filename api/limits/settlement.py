"""What was spent in this process, made known to the others through Redis ten times a second.

No request waits for it. Between two settlements each process spends what it believes is left: of one bucket, n
processes together can spend n times as much at most, for a tenth of a second, and what is overspent is owed (down to
the whole capacity). While Redis is away each process holds to its own count, and nobody is refused for that.
"""

import asyncio
import logging
import math
import time
from collections.abc import Sequence
from typing import cast

from redis.asyncio import Redis
from redis.exceptions import RedisError

from api.limits.bucket import Bucket
from runtime.counters import count
from runtime.tasks import end

SETTLE_SECONDS = 0.1
WITHOUT_REDIS_SECONDS = 1.0
AT_ONCE = 500
SCRIPT = """
local time = redis.call('TIME')
local now = time[1] + time[2] / 1000000
local left = {}
for i, key in ipairs(KEYS) do
  local spent, capacity = tonumber(ARGV[2 * i - 1]), tonumber(ARGV[2 * i])
  local kept = redis.call('HMGET', key, 'left', 'at')
  local have = capacity
  if kept[1] and kept[2] then
    have = math.min(capacity, tonumber(kept[1]) + math.max(0, now - tonumber(kept[2])) * capacity / 60)
  end
  have = math.max(have - spent, -capacity)
  redis.call('HSET', key, 'left', string.format('%.6f', have), 'at', string.format('%.6f', now))
  redis.call('PEXPIRE', key, math.ceil((capacity - have) / capacity * 60000) + 1000)
  left[i] = string.format('%.6f', have)
end
return left
"""

log = logging.getLogger("coffer.limits")


class Settlement:
    """Runs while there is something to settle. Ended with `close()`."""

    def __init__(self, redis: "Redis", prefix: str) -> None:
        self._script = redis.register_script(SCRIPT)
        self._prefix = f"{prefix}:spent:"
        self._dirty: dict[Bucket, None] = {}
        self._task: asyncio.Task[None] | None = None

    def spent(self, bucket: Bucket) -> None:
        self._dirty[bucket] = None
        if self._task is None:
            self._task = asyncio.get_running_loop().create_task(self._run())

    async def close(self) -> None:
        if self._task is not None:
            await end(self._task)

    async def _run(self) -> None:
        while self._dirty:
            await asyncio.sleep(SETTLE_SECONDS)
            buckets = list(self._dirty)[:AT_ONCE]
            for bucket in buckets:
                del self._dirty[bucket]
            try:
                await self.settle(buckets)
            except (RedisError, OSError, TimeoutError) as error:
                count("limits.unsettled")
                log.warning("redis does not answer: limits hold in each process", extra={"error": type(error).__name__})
                await asyncio.sleep(WITHOUT_REDIS_SECONDS)
        self._task = None

    async def settle(self, buckets: Sequence[Bucket]) -> None:
        """Raises what the driver raises; then all of it is as it was."""
        # More is not owed by anybody, however long Redis was away.
        spent = [min(bucket.unsettled, 2 * bucket.capacity) for bucket in buckets]
        given = [part for one, bucket in zip(spent, buckets, strict=True) for part in (one, bucket.capacity)]
        found = await self._script(keys=[self._prefix + bucket.name for bucket in buckets], args=given)
        now = time.monotonic()
        for bucket, one, left in zip(buckets, spent, cast("list[bytes]", found), strict=True):
            known = float(left)
            if math.isfinite(known):
                bucket.settle(known, one, now)
