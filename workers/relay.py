"""Tells what was committed: journal lines → Redis and the jobs that follow. `python -m workers.relay`.

PostgreSQL wakes it up at each commit; once a second it looks by itself. A line is told at least once, and in its
stream's order; it is struck out only after it was told. Several relays share the work.
"""

import asyncio
import logging
import os
import signal
import sys
from collections.abc import AsyncIterator, Sequence
from contextlib import asynccontextmanager, suppress
from typing import TYPE_CHECKING

import asyncpg
import uvloop
from redis.asyncio import Redis
from redis.asyncio.retry import Retry
from redis.backoff import NoBackoff
from redis.exceptions import RedisError

from domain.webhook_endpoints.turns import DUE_OF_HOUSEHOLDS
from runtime import clock, heartbeat
from runtime.broadcast import announcement, channel_of
from runtime.jobs import Jobs
from runtime.journal import NOTIFY_CHANNEL
from runtime.outbox import Untold, untold_lines
from runtime.settings import SettingMissing, Settings, from_environment
from runtime.tasks import end
from runtime.telemetry import log_as_json
from workers.reactions import reactions_to

LOOK_SECONDS = 1.0
STATEMENT_SECONDS = 10.0
SHORTEST_WAIT, LONGEST_WAIT = 0.05, 2.0

log = logging.getLogger("coffer.relay")

if TYPE_CHECKING:
    Connection = asyncpg.Connection[asyncpg.Record]


class NotQueued(Exception):
    """Redis did not take a job: the lines are told again."""


_AWAY = (asyncpg.PostgresError, asyncpg.InterfaceError, RedisError, OSError, TimeoutError, NotQueued)


async def run_relay(settings: Settings) -> None:
    """Until it is cancelled. Whatever goes away meanwhile is waited for."""
    redis: Redis = Redis.from_url(
        settings.redis_url, socket_timeout=2, socket_connect_timeout=2, retry=Retry(NoBackoff(), 0)
    )
    beating = asyncio.create_task(heartbeat.keep_beating(redis, settings.redis_prefix, "relay"))
    wait = SHORTEST_WAIT
    try:
        while True:
            try:
                async with _listening(settings.database_system_url) as (connection, news):
                    while True:
                        news.clear()
                        while await tell(connection, redis, settings.redis_prefix):
                            pass
                        wait = SHORTEST_WAIT
                        with suppress(TimeoutError):
                            async with asyncio.timeout(LOOK_SECONDS):
                                await news.wait()
            except _AWAY as error:
                log.warning("the relay starts over", extra={"error": type(error).__name__})
            await asyncio.sleep(wait)
            wait = min(2 * wait, LONGEST_WAIT)
    finally:
        await end(beating)
        await redis.aclose()


async def tell(connection: "Connection", redis: "Redis", prefix: str) -> int:
    """Tell some of the untold lines; how many. Raises where Redis or PostgreSQL is away, and then nothing is lost."""
    async with untold_lines(connection) as lines:
        if lines:
            await _publish(redis, channel_of(prefix), lines)
            jobs = Jobs(redis, prefix)
            for reaction in reactions_to(lines):
                if not await jobs.enqueue(reaction.job, household_id=reaction.household_id):
                    raise NotQueued(reaction.job)
            streams = list({line.stream_id for line in lines})
            for endpoint in await connection.fetch(DUE_OF_HOUSEHOLDS, clock.now(), streams):
                # One that is not queued is found by the sweep.
                await jobs.enqueue("deliver_webhooks", endpoint_id=endpoint["id"])
    return len(lines)


async def _publish(redis: "Redis", channel: str, lines: Sequence[Untold]) -> None:
    async with redis.pipeline(transaction=False) as pipeline:
        for line in lines:
            pipeline.publish(channel, announcement(line.stream_id, line.seq, line.kind))
        await pipeline.execute()


@asynccontextmanager
async def _listening(url: str) -> AsyncIterator[tuple["Connection", asyncio.Event]]:
    """A connection, and an event that is set at each commit and when the connection breaks."""
    news = asyncio.Event()
    connection = await asyncpg.connect(
        url, timeout=5, command_timeout=STATEMENT_SECONDS, server_settings={"application_name": "coffer relay"}
    )
    try:
        connection.add_termination_listener(lambda _: news.set())
        await connection.add_listener(NOTIFY_CHANNEL, lambda *_: news.set())
        yield connection, news
    finally:
        # Not politely: the server may be gone, and there is nothing to finish.
        connection.terminate()


async def _until_told_to_stop(settings: Settings) -> None:
    stop = asyncio.Event()
    for number in (signal.SIGTERM, signal.SIGINT):
        asyncio.get_running_loop().add_signal_handler(number, stop.set)
    relay, stopping = asyncio.create_task(run_relay(settings)), asyncio.create_task(stop.wait())
    await asyncio.wait({relay, stopping}, return_when=asyncio.FIRST_COMPLETED)
    if relay.done():
        relay.result()
    await end(stopping)
    await end(relay)


def main() -> None:
    log_as_json("relay")
    try:
        settings = from_environment()
    except SettingMissing as problem:
        print(f"coffer relay: {problem}", file=sys.stderr)
        sys.exit(os.EX_CONFIG)  # trying again would not help
    log.info("the relay starts")
    uvloop.run(_until_told_to_stop(settings))


if __name__ == "__main__":
    main()
