"""The ground floor alone: a database, and viewers in households of their own."""

from collections.abc import AsyncIterator, Awaitable, Callable

import pytest

from domain import tables
from domain.identity.people import Registration, register
from runtime.database import Database
from runtime.ids import new_id
from runtime.system import SystemDatabase
from runtime.viewer import Viewer
from tests.cluster import DatabaseUrls

tables.metadata()


@pytest.fixture
async def database(database_urls: DatabaseUrls) -> AsyncIterator[Database]:
    database = Database(database_urls.app, pool=20)
    yield database
    await database.close()


@pytest.fixture
async def system(database_urls: DatabaseUrls) -> AsyncIterator[SystemDatabase]:
    system = SystemDatabase(database_urls.system)
    yield system
    await system.close()


@pytest.fixture
def new_viewer(system: SystemDatabase) -> Callable[[], Awaitable[Viewer]]:
    async def make() -> Viewer:
        return await register(
            system, Registration(email=f"{new_id()}@example.com", password="long enough", display_name="Somebody")
        )

    return make


@pytest.fixture
async def viewer(new_viewer: Callable[[], Awaitable[Viewer]]) -> Viewer:
    return await new_viewer()
