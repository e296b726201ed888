"""One viewer, one read-only snapshot: a total and the list below it agree."""

import asyncio
from collections.abc import Sequence
from contextlib import AsyncExitStack
from types import TracebackType
from typing import Any, Self, TypeVar

from sqlalchemy import Executable, Result, Select
from sqlalchemy.ext.asyncio import AsyncSession

from runtime.database import Database
from runtime.viewer import Viewer

T = TypeVar("T")


class Reader:
    """Queries read through this. The snapshot is taken at the first statement and dropped when the block ends.

    Concurrent callers take turns: one session cannot be shared at one time.
    """

    def __init__(self, database: Database, viewer: Viewer) -> None:
        self.viewer = viewer
        self._database = database
        self._session: AsyncSession | None = None
        self._stack = AsyncExitStack()
        self._turn = asyncio.Lock()
        self._is_over = False

    async def __aenter__(self) -> Self:
        return self

    async def __aexit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        await self.close()

    async def close(self) -> None:
        """End the snapshot, after the statement that is running. Nothing can be read afterwards."""
        self._is_over = True
        # Whoever is cancelled a second time must not keep the connection.
        await asyncio.shield(self._end())

    async def _end(self) -> None:
        async with self._turn:
            self._session = None
            await self._stack.aclose()

    async def execute(
        self, statement: Executable, parameters: dict[str, Any] | None = None
    ) -> Result[*tuple[Any, ...]]:
        async with self._turn:
            return await (await self._snapshot()).execute(statement, parameters)

    async def all(self, statement: Select[T]) -> Sequence[T]:
        """The first column of every row: whole models, or single values."""
        async with self._turn:
            return (await (await self._snapshot()).scalars(statement)).all()

    async def first(self, statement: Select[T]) -> T | None:
        async with self._turn:
            return (await (await self._snapshot()).scalars(statement)).first()

    async def _snapshot(self) -> AsyncSession:
        if self._is_over:
            raise RuntimeError("the snapshot is over")
        if self._session is None:
            self._session = await self._stack.enter_async_context(self._database.reading(self.viewer))
        return self._session
