"""Who makes the events: Redis itself for Node's server, committed units for Coffer."""

import asyncio
import sys
from collections.abc import AsyncIterator, Callable
from contextlib import AbstractAsyncContextManager, asynccontextmanager

import orjson
from redis.asyncio import Redis

from bench.kit.crowd import Publish
from bench.kit.home import ROOT
from runtime.viewer import Viewer

Publisher = Callable[[], AbstractAsyncContextManager[Publish]]


def through_redis(url: str) -> Publisher:
    """What the peer subscribes to, published as it is."""

    @asynccontextmanager
    async def opened() -> AsyncIterator[Publish]:
        async with Redis.from_url(url) as client:

            async def publish(number: int) -> None:
                event = {"sequence": str(number), "at": "2026-11-20T12:00:00Z", "accountId": "acc_1"}
                await client.publish("balance:1", orjson.dumps({**event, "balance": "1234.50"}))

            yield publish

    return opened


def through_units(database_url: str, viewer: Viewer) -> Publisher:
    """Each event is a commit, in a process of its own."""

    @asynccontextmanager
    async def opened() -> AsyncIterator[Publish]:
        child = await asyncio.create_subprocess_exec(
            *(sys.executable, "-m", "bench.kit.publishing"),
            stdin=asyncio.subprocess.PIPE,
            cwd=ROOT,
            env={"DATABASE_URL": database_url, "BENCH_VIEWER": f"{viewer.user_id} {viewer.household_id}"},
        )
        pipe = child.stdin
        if pipe is None:
            raise AssertionError("unreachable")

        async def publish(number: int) -> None:
            pipe.write(b"%d\n" % number)
            await pipe.drain()

        try:
            yield publish
        finally:
            pipe.close()
            try:
                await asyncio.wait_for(child.wait(), 10)
            except TimeoutError:
                child.kill()
                await child.wait()

    return opened
