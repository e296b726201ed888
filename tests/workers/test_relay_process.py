"""Relay and worker as processes of their own."""

import asyncio
import os
import signal
import sys
from collections.abc import AsyncIterator
from pathlib import Path

import pytest
from redis.asyncio import Redis

from runtime.heartbeat import is_beating
from runtime.settings import Settings
from tests.cluster import DatabaseUrls

ROOT = Path(__file__).parents[2]


@pytest.fixture
async def process(
    database_urls: DatabaseUrls, redis_url: str, redis_prefix: str
) -> AsyncIterator[asyncio.subprocess.Process]:
    environment = {
        **os.environ,
        "DATABASE_URL": database_urls.app,
        "DATABASE_SYSTEM_URL": database_urls.system,
        "REDIS_URL": redis_url,
        "COFFER_REDIS_PREFIX": redis_prefix,
    }
    started = await asyncio.create_subprocess_exec(
        sys.executable, "-m", "workers.relay", env=environment, cwd=ROOT, stderr=asyncio.subprocess.DEVNULL
    )
    yield started
    if started.returncode is None:
        started.kill()
        await started.wait()


async def test_it_gives_signs_of_life_and_ends_when_asked_to(
    process: asyncio.subprocess.Process, settings: Settings
) -> None:
    async with Redis.from_url(settings.redis_url) as redis:
        await redis.delete(f"{settings.redis_prefix}:heartbeat:relay")
        while not await is_beating(redis, settings.redis_prefix, "relay"):  # noqa: ASYNC110 it is Redis that knows
            await asyncio.sleep(0.02)

    process.send_signal(signal.SIGTERM)

    assert await process.wait() == 0


@pytest.mark.parametrize(("module", "name"), [("workers.relay", "relay"), ("workers", "worker")])
async def test_it_says_which_setting_is_missing_and_that_trying_again_is_no_use(module: str, name: str) -> None:
    environment = {name: value for name, value in os.environ.items() if not name.startswith("DATABASE")}
    process = await asyncio.create_subprocess_exec(
        sys.executable, "-m", module, env=environment, cwd=ROOT, stderr=asyncio.subprocess.PIPE
    )

    _, said = await process.communicate()

    assert process.returncode == os.EX_CONFIG
    assert f"coffer {name}: DATABASE_URL is not set".encode() in said
