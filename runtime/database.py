"""Connections to PostgreSQL, and the only two ways in: bound to a viewer, or as `system` (runtime/system.py).

The viewer is bound with `set_config(…, true)` when a transaction begins, so nothing stays bound after it. Who only
reads does so in a snapshot (runtime/snapshot.py).
"""

from collections.abc import AsyncIterator, Sequence
from contextlib import asynccontextmanager
from functools import cache
from typing import Any

import asyncpg
from sqlalchemy import TextClause, text
from sqlalchemy.ext.asyncio import AsyncEngine, AsyncSession, create_async_engine

from runtime.beginning import settings_of
from runtime.pool import Pool
from runtime.viewer import Viewer

POOL_SECONDS = 30
CONNECT_SECONDS = 10


class Database:
    """The connections of one role: at most `pool` for units, and as many again for reading. Closed with `close()`."""

    def __init__(self, url: str, *, pool: int = 10) -> None:
        self.reads = Pool(url, pool)
        self.engine = open_engine(
            url, jit="off", pool_size=pool, max_overflow=0, pool_pre_ping=True, pool_timeout=POOL_SECONDS
        )

    async def close(self) -> None:
        await self.reads.close()
        await self.engine.dispose()

    @asynccontextmanager
    async def writing(self, viewer: Viewer) -> AsyncIterator[AsyncSession]:
        """A transaction bound to the viewer. Committing is the caller's: only the unit does."""
        async with AsyncSession(self.engine, expire_on_commit=False, autoflush=False) as session:
            await _bind(session, viewer)
            yield session


def open_engine(url: str, *, jit: str = "on", **options: Any) -> AsyncEngine:
    """SQLAlchemy over asyncpg. The driver reads the URL itself: sslmode, passfile and settings mean what they say."""

    async def connect() -> asyncpg.Connection:
        settings = {"jit": jit, "application_name": "coffer"}
        return await asyncpg.connect(url, timeout=CONNECT_SECONDS, server_settings=settings)

    # What is given to a statement is personal, or secret, and an exception's text goes to the log.
    return create_async_engine("postgresql+asyncpg://", async_creator=connect, hide_parameters=True, **options)


async def _bind(session: AsyncSession, viewer: Viewer) -> None:
    settings = settings_of(viewer)
    given = {name.replace(".", "_"): value for name, value in settings.items()}
    await session.execute(_statement(tuple(settings)), given)


@cache
def _statement(names: Sequence[str]) -> TextClause:
    bound = [f"set_config('{name}', :{name.replace('.', '_')}, true)" for name in names]
    return text(f"select {', '.join(bound)}")
