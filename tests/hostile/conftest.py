"""The scene, and a watch over all tables."""

from collections.abc import AsyncIterator

import asyncpg
import httpx
import pytest

from integrations.world import World
from tests.api.conftest import app, http, new_person, nobody, settings, world
from tests.cluster import DatabaseUrls
from tests.hostile.answers import everything
from tests.hostile.scene import Scene, make_scene

__all__ = ["app", "http", "new_person", "nobody", "settings", "world"]

_scenes: dict[str, Scene] = {}


@pytest.fixture
async def scene(http: httpx.AsyncClient, world: World, database_urls: DatabaseUrls) -> Scene:
    made = _scenes.get(database_urls.app)
    if made is None:
        made = _scenes[database_urls.app] = await make_scene(http, world, database_urls)
    return made.at(http)


@pytest.fixture
async def unchanged(scene: Scene, database_urls: DatabaseUrls) -> AsyncIterator[None]:
    """No row of any household is another one after the test."""
    connection = await asyncpg.connect(database_urls.owner)
    try:
        before = await everything(connection)
        yield
        assert await everything(connection) == before
    finally:
        await connection.close()
