"""The application in this process, over the worker's own database and Valkey."""

from collections.abc import AsyncIterator, Awaitable, Callable
from pathlib import Path
from typing import Any

import httpx
import pytest
from starlette.applications import Starlette

from api.app import open_app
from integrations.world import World
from runtime.identity_settings import IdentitySettings
from runtime.settings import Settings
from tests.api.client import Client, Person, http_client, register
from tests.boundless import UNHURRIED
from tests.cluster import DatabaseUrls

UNTIRING = IdentitySettings(
    conflicts_per_hour=10**9,
    failures_per_hour=10**9,
    failures_per_address_and_network=10**9,
    failures_per_address=10**9,
    mails_per_hour=10**9,
)
"""All tests come from one network within the hour."""


@pytest.fixture
def settings(database_urls: DatabaseUrls, redis_url: str, redis_prefix: str, tmp_path_factory: Any) -> Settings:
    data: Path = tmp_path_factory.getbasetemp()
    return Settings(
        database_url=database_urls.app,
        database_system_url=database_urls.system,
        redis_url=redis_url,
        redis_prefix=redis_prefix,
        public_url="http://coffer.test",
        data=data,
        keys_file=data / "keys.json",
        plaid_url="http://127.0.0.1:1",
        plaid_client_id="client",
        plaid_secret="secret",
        sandbox=False,
        up_file=None,
        database_pool=5,
        access_token_minutes=15,
        refresh_token_days=30,
        identity=UNTIRING,
    )


@pytest.fixture
async def app(settings: Settings) -> AsyncIterator[Starlette]:
    async with open_app(settings, UNHURRIED) as app:
        yield app


@pytest.fixture
def world(app: Starlette) -> World:
    found: World = app.state.parts.world
    return found


@pytest.fixture
async def http(app: Starlette) -> AsyncIterator[httpx.AsyncClient]:
    async with http_client(app) as client:
        yield client


@pytest.fixture
def nobody(http: httpx.AsyncClient) -> Client:
    """A client without credentials."""
    return Client(http)


@pytest.fixture
def new_person(http: httpx.AsyncClient) -> Callable[..., Awaitable[Person]]:
    async def make(**given: Any) -> Person:
        return await register(http, **given)

    return make


@pytest.fixture
async def person(http: httpx.AsyncClient) -> Person:
    return await register(http)


@pytest.fixture
async def stranger(http: httpx.AsyncClient) -> Person:
    """Somebody of another household."""
    return await register(http)
