"""What these tests do beside clients: as the tables' owner, and at the outgoing mails."""

from collections.abc import AsyncIterator, Awaitable, Callable

import asyncpg
import pytest

from integrations.world import World
from tests.cluster import DatabaseUrls


@pytest.fixture
async def owner(database_urls: DatabaseUrls) -> AsyncIterator[asyncpg.Connection]:
    """A connection that sees all rows."""
    connection = await asyncpg.connect(database_urls.owner)
    yield connection
    await connection.close()


@pytest.fixture
def owner_execute(owner: asyncpg.Connection) -> Callable[..., Awaitable[None]]:
    async def execute(statement: str, *values: object) -> None:
        await owner.execute(statement, *values)

    return execute


@pytest.fixture
def mailed(world: World) -> Callable[[str], Awaitable[str]]:
    """The text of the newest mail to an address, as it is posted."""

    async def read(address: str) -> str:
        (row,) = await world.system.system_rows(
            "select id, key_id, content from outgoing_mails where recipient = $1 order by created_at desc limit 1",
            address,
        )
        return world.keys.decrypt(row["key_id"], row["content"], bound_to=row["id"].bytes)

    return read
