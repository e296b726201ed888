"""One viewer, one read-only snapshot: a total and the list below it agree."""

from collections.abc import Awaitable, Callable, Sequence
from types import TracebackType
from typing import Any, Self, TypeVar, cast

from sqlalchemy import Executable, Select

from runtime.database import Database
from runtime.joined import JoinedStatement
from runtime.rows import JoinedRow, Layout, Layouts, Row, full_layout
from runtime.snapshot import Snapshot
from runtime.statements import Compiled, RowStatement, Statement, compile_once
from runtime.viewer import Viewer

T = TypeVar("T")

_ALL: Layouts = {}


class Reader:
    """Queries read through this. The snapshot is taken at the first statement and dropped when the block ends."""

    __slots__ = ("_known", "_layouts", "_snapshot", "viewer")

    def __init__(self, database: Database, viewer: Viewer) -> None:
        self.viewer = viewer
        self._snapshot = Snapshot(database.reads, viewer)
        self._layouts = _ALL
        self._known: dict[str, Any] = {}

    async def __aenter__(self) -> Self:
        return self

    async def __aexit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        await self._snapshot.close()

    async def close(self) -> None:
        """End the snapshot, after the statement that is running. Nothing can be read afterwards."""
        await self._snapshot.close()

    @property
    def source(self) -> object:
        """The same for all readers of one database: what a process remembers of it is kept by this."""
        return self._snapshot._pool

    def wanting(self, layouts: Layouts) -> "Reader":
        """The same snapshot, for an edge of which only some columns are wanted."""
        view = object.__new__(type(self))
        view.viewer, view._snapshot, view._known, view._layouts = self.viewer, self._snapshot, self._known, layouts
        return view

    def layout(self, model: type[Any]) -> Layout | None:
        """The columns that are wanted of a model; None where nobody said: then all are."""
        return self._layouts.get(model)

    async def once(self, name: str, read: Callable[["Reader"], Awaitable[T]]) -> T:
        """What `read` gives, read at its first use in this snapshot."""
        if name not in self._known:
            self._known[name] = await read(self.wanting(_ALL))
        return cast(T, self._known[name])

    async def rows(self, statement: RowStatement, layout: Layout, **given: Any) -> list[Any]:
        """The model's rows with the layout's columns."""
        return await self._fetch(statement.compiled(layout), given, layout.record)

    async def fetch(self, statement: Statement, **given: Any) -> list[Row]:
        return await self._fetch(statement.compiled(), given, Row)

    async def joined(self, statement: JoinedStatement, **given: Any) -> list[list[JoinedRow]]:
        """The rows of each part of the statement."""
        return statement.sorted(await self._fetch(statement.compiled, given, Row))

    async def execute(self, statement: Executable, **given: Any) -> list[Row]:
        """A statement made for this once: it is compiled each time, which costs more than to run most of them."""
        return await self._fetch(compile_once(statement), given, Row)

    async def all(self, statement: Select[T]) -> Sequence[T]:
        """The first column of every row: whole models, or single values. Compiled each time."""
        (first, *_) = statement.column_descriptions
        if first["expr"] is first["entity"]:
            rows = await self._fetch(compile_once(statement), {}, full_layout(first["entity"]).record)
            return cast("list[T]", rows)
        return [row[0] for row in await self._fetch(compile_once(statement), {}, Row)]

    async def first(self, statement: Select[T]) -> T | None:
        found = await self.all(statement.limit(1))
        return found[0] if found else None

    async def _fetch(self, compiled: Compiled, given: dict[str, Any], record: type[Row]) -> list[Any]:
        arguments = compiled.arguments(self.viewer, given)
        return await self._snapshot.fetch(compiled.text, arguments, record)
