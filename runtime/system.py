"""The few tasks across households: directories, relay, schedulers. Who may import this module is a contract.

The role `system` reads and writes only the tables that name it in `system_grants`.
"""

from collections.abc import AsyncIterator
from contextlib import asynccontextmanager

import asyncpg
from sqlalchemy.ext.asyncio import AsyncSession

from runtime.database import Database


class SystemDatabase:
    def __init__(self, url: str, *, pool: int = 5) -> None:
        self._database = Database(url, pool=pool)

    async def close(self) -> None:
        await self._database.close()

    async def system_rows(self, statement: str, *arguments: object) -> list[asyncpg.Record]:
        """What one statement reads as `system`: a quarter of a session's time, for what requests wait for."""
        return await self._database.reads.fetch(statement, arguments)

    @asynccontextmanager
    async def system_session(self) -> AsyncIterator[AsyncSession]:
        """One transaction as `system`, committed when the block ends without an exception."""
        async with AsyncSession(self._database.engine, expire_on_commit=False, autoflush=False) as session:
            yield session
            await session.commit()
