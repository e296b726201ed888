"""A receiver on the loopback, which the settings allow here."""

from collections.abc import AsyncIterator
from dataclasses import replace

import asyncpg
import pytest

from runtime.settings import Settings
from runtime.webhook_settings import WebhookSettings
from tests.cluster import DatabaseUrls
from tests.workers.webhook_endpoints.receiver import Receiver, receiving


@pytest.fixture
def settings(settings: Settings) -> Settings:
    return replace(settings, webhooks=WebhookSettings(allow_loopback=True))


@pytest.fixture
async def receiver() -> AsyncIterator[Receiver]:
    async with receiving() as receiver:
        yield receiver


@pytest.fixture
async def owner(database_urls: DatabaseUrls) -> AsyncIterator[asyncpg.Connection]:
    """What time does, done at once."""
    connection = await asyncpg.connect(database_urls.owner)
    yield connection
    await connection.close()
