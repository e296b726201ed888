"""A real server on a loopback port, with a relay beside it."""

import asyncio
import socket
from collections.abc import AsyncIterator, Iterator
from contextlib import asynccontextmanager, contextmanager

import pytest
import uvicorn
from redis.asyncio import Redis
from starlette.applications import Starlette

from runtime.heartbeat import is_beating
from runtime.settings import Settings
from runtime.tasks import end
from tests.api.live.socket_client import Address
from workers.relay import run_relay


class QuietServer(uvicorn.Server):
    @contextmanager
    def capture_signals(self) -> Iterator[None]:
        yield


@asynccontextmanager
async def serving(app: Starlette) -> AsyncIterator[Address]:
    """The application behind a real socket, until the block ends.

    Small socket buffers, so that a slow reader is felt after kilobytes and not after megabytes.
    """
    listener = socket.socket(socket.AF_INET, socket.SOCK_STREAM)
    listener.setsockopt(socket.SOL_SOCKET, socket.SO_SNDBUF, 16 * 1024)
    listener.bind(("127.0.0.1", 0))
    config = uvicorn.Config(
        app,
        log_config=None,
        lifespan="off",
        ws=app.state.parts.transports.sockets.protocol,
        timeout_graceful_shutdown=3,
    )
    server = QuietServer(config)
    running = asyncio.create_task(server.serve(sockets=[listener]))
    try:
        while not server.started:  # noqa: ASYNC110 uvicorn has no event for it
            await asyncio.sleep(0.01)
        yield Address(listener.getsockname()[1])
    finally:
        app.state.parts.transports.close()
        server.should_exit = True
        await running
        listener.close()


@asynccontextmanager
async def relaying(settings: Settings) -> AsyncIterator[None]:
    """From its first sign of life on: a relay that is ended while it connects leaves sockets to the collector."""
    async with Redis.from_url(settings.redis_url) as redis:
        await redis.delete(f"{settings.redis_prefix}:heartbeat:relay")
        relay = asyncio.create_task(run_relay(settings))
        while not await is_beating(redis, settings.redis_prefix, "relay"):  # noqa: ASYNC110 it is Redis that knows
            await asyncio.sleep(0.005)
    try:
        yield
    finally:
        await end(relay)


@pytest.fixture
async def relay(settings: Settings) -> AsyncIterator[None]:
    async with relaying(settings):
        yield


@pytest.fixture
async def live(app: Starlette, relay: None) -> AsyncIterator[Address]:
    async with serving(app) as address:
        yield address
