"""Runs migrations as the role `owner` (DATABASE_OWNER_URL), or on a connection that is handed in."""

import asyncio
import os

from sqlalchemy import Connection, pool

from alembic import context
from domain import tables
from runtime.database import open_engine

metadata = tables.metadata()


def run(connection: Connection) -> None:
    context.configure(connection=connection, target_metadata=metadata, compare_type=True, compare_server_default=True)
    with context.begin_transaction():
        context.run_migrations()


async def connect() -> None:
    engine = open_engine(os.environ["DATABASE_OWNER_URL"], poolclass=pool.NullPool)
    try:
        async with engine.connect() as connection:
            await connection.run_sync(run)
            await connection.commit()
    finally:
        await engine.dispose()


if (given := context.config.attributes.get("connection")) is not None:
    run(given)
else:
    asyncio.run(connect())
