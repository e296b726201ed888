"""What a request may leave behind in the pools and in PostgreSQL: nothing."""

import asyncio

import asyncpg

from integrations.world import World
from tests.cluster import DatabaseUrls

_BUSY = """
select state, left(query, 80) from pg_stat_activity
where datname = current_database() and usename in ('coffer_app', 'coffer_system') and state <> 'idle'
"""


async def busy(urls: DatabaseUrls) -> list[tuple[str, str]]:
    """Connections of the application that are in a statement or a transaction."""
    connection = await asyncpg.connect(urls.admin)
    try:
        return [(row[0], row[1]) for row in await connection.fetch(_BUSY)]
    finally:
        await connection.close()


async def is_clean(world: World, urls: DatabaseUrls) -> bool:
    """Whether everything has been given back; PostgreSQL sees the end of a connection a moment later."""
    for _ in range(100):
        databases = (world.database, world.system._database)
        out = [one.engine.pool.checkedout() for one in databases]  # type: ignore[attr-defined]
        out += [one.reads.open - one.reads.free + one.reads.waiting for one in databases]
        if not any(out) and not await busy(urls):
            return True
        await asyncio.sleep(0.05)
    return False
