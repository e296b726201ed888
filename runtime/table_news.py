"""Tells all processes that a table they remember was changed (runtime/table_versions.py). Nothing depends on it."""

import asyncio
import logging
from uuid import UUID

from redis.asyncio import Redis
from redis.exceptions import RedisError

from runtime.broadcast import Broadcast, announcement, channel_of
from runtime.table_versions import Freshness

TABLES = UUID(int=0)
"""No stream has this id: what is said of it is about the tables that all share."""
LONGEST_SECONDS = 1.0

log = logging.getLogger("coffer.table_news")


class TableNews:
    """Announces. `prefix` keeps several installations in one Redis apart."""

    def __init__(self, redis: "Redis", prefix: str) -> None:
        self._redis = redis
        self._channel = channel_of(prefix)

    async def changed(self, table: str) -> None:
        """To be called after the commit. Where Redis is away the others see it by themselves, up to a second later."""
        try:
            async with asyncio.timeout(LONGEST_SECONDS):
                await self._redis.publish(self._channel, announcement(TABLES, 0, table))
        except (RedisError, OSError, TimeoutError) as error:
            log.warning("a change of %s is not announced: %s", table, type(error).__name__)


async def follow_tables(broadcast: Broadcast) -> None:
    """Until it is cancelled: doubt what this process remembers whenever a change may have been announced."""
    with broadcast.listen(TABLES) as listener:
        while True:
            await listener.wait()
            Freshness.doubt_all()
