"""The run's own engines: every worker sees its own database and its own part of Valkey."""

import asyncpg
from redis.asyncio import ConnectionPool, Redis

from tests.cluster import DatabaseUrls


async def _one(url: str, statement: str) -> object:
    connection = await asyncpg.connect(url)
    try:
        return await connection.fetchval(statement)
    finally:
        await connection.close()


async def test_app_is_an_ordinary_role(database_urls: DatabaseUrls) -> None:
    found = await _one(
        database_urls.app,
        "select rolname || ' ' || (rolsuper or rolbypassrls or rolcreatedb or rolcreaterole) "
        "from pg_roles where rolname = current_user",
    )

    assert found == "coffer_app false"


async def test_the_database_belongs_to_its_owner(database_urls: DatabaseUrls, worker_number: int) -> None:
    found = await _one(
        database_urls.owner,
        "select datname || ' ' || datdba::regrole from pg_database where datname = current_database()",
    )

    assert found == f"coffer_worker_{worker_number} coffer_owner"


async def test_valkey_gives_each_worker_a_database(redis_url: str, redis_prefix: str, worker_number: int) -> None:
    client = Redis.from_pool(ConnectionPool.from_url(redis_url, decode_responses=True))
    async with client:
        await client.set(f"{redis_prefix}:whose", worker_number)

        assert await client.get(f"{redis_prefix}:whose") == str(worker_number)
        assert redis_url.endswith(f"/{worker_number}")
