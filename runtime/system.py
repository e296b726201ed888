"""The few tasks across households: directories, relay, schedulers. Who may import this module is a contract.

The role `system` reads and writes only the tables that name it in `system_grants`.
"""

import asyncio
from collections.abc import AsyncIterator
from contextlib import AbstractAsyncContextManager, asynccontextmanager, nullcontext
from copy import copy

import asyncpg
from sqlalchemy.ext.asyncio import AsyncSession

from runtime.database import Database

Turns = AbstractAsyncContextManager[None]


class SystemDatabase:
    def __init__(self, url: str, *, pool: int = 5) -> None:
        self._database = Database(url, pool=pool)
        self._reading: Turns = nullcontext()
        self._writing: Turns = nullcontext()

    def narrow(self, most: int) -> "SystemDatabase":
        """The same connections for somebody who gets so many of them at a time, and waits for the others. Who has a
        session open must not open another."""
        narrow = copy(self)
        narrow._reading, narrow._writing = asyncio.Semaphore(most), asyncio.Semaphore(most)
        return narrow

    async def close(self) -> None:
        await self._database.close()

    async def system_rows(self, statement: str, *arguments: object) -> list[asyncpg.Record]:
        """What one statement reads as `system`: a quarter of a session's time, for what requests wait for."""
        async with self._reading:
            return await self._database.reads.fetch(statement, arguments)

    @asynccontextmanager
    async def system_session(self) -> AsyncIterator[AsyncSession]:
        """One transaction as `system`, committed when the block ends without an exception."""
        async with (
            self._writing,
            AsyncSession(self._database.engine, expire_on_commit=False, autoflush=False) as session,
        ):
            yield session
            await session.commit()
