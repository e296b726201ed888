"""One viewer, one read-only snapshot: a total and the list below it agree."""

from collections.abc import Awaitable, Callable, Mapping, Sequence
from contextlib import suppress
from types import TracebackType
from typing import Any, Self, TypeVar, cast

import asyncpg
from sqlalchemy import Executable, Select

from runtime.database import Database
from runtime.gathering import Alone, Later, Wanted
from runtime.joined import JoinedStatement, Part
from runtime.rows import Layout, Layouts, Row, full_layout
from runtime.snapshot import Snapshot
from runtime.statements import Compiled, RowStatement, Statement, compile_once
from runtime.viewer import Viewer

T = TypeVar("T")

_ALL: Layouts = {}
_SORTING = "select set_config('enable_sort', $1, true)"
_joined: dict[tuple[object, ...], JoinedStatement] = {}
MOST_JOINED = 500
"""Joined statements that are remembered; which there are is a matter of documents."""


class Reader:
    """Queries read through this. The snapshot is taken at the first statement and dropped when the block ends."""

    __slots__ = ("_is_gathered", "_known", "_layouts", "_pending", "_snapshot", "viewer")

    def __init__(self, database: Database, viewer: Viewer) -> None:
        self.viewer = viewer
        self._snapshot = Snapshot(database.reads, viewer)
        self._layouts = _ALL
        self._is_gathered = False
        self._known: dict[str, Any] = {}
        self._pending: set[str] = set()

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

    def wanting(self, layouts: Layouts, is_gathered: bool = False) -> "Reader":
        """The same snapshot, for an edge of which only some columns are wanted, and which may be gathered with others
        (runtime/gathering.py): then `serve` has to be called with what it wants. One gathering at a time."""
        view = object.__new__(type(self))
        view.viewer, view._snapshot = self.viewer, self._snapshot
        view._known, view._pending = self._known, self._pending
        view._layouts, view._is_gathered = layouts, is_gathered
        return view

    def layout(self, model: type[Any]) -> Layout | None:
        """The columns that are wanted of a model; None where nobody said: then all are."""
        return self._layouts.get(model)

    async def once(self, name: str, read: Callable[["Reader"], Awaitable[T]]) -> T:
        """What `read` gives, read at its first use in this snapshot."""
        while self._is_gathered and name in self._pending:
            await Later()
        if name not in self._known:
            view = self.wanting(_ALL, self._is_gathered)
            self._pending.add(name)
            try:
                self._known[name] = await read(view)
            finally:
                self._pending.discard(name)
        return cast(T, self._known[name])

    async def rows(self, statement: RowStatement, layout: Layout, **given: Any) -> list[Any]:
        """The model's rows with the layout's columns."""
        if self._is_gathered and not statement.stands_alone:
            return await Wanted(Part(statement, layout), given)
        compiled = statement.compiled(layout)
        arguments = compiled.arguments(self.viewer, given)
        return await self._send(compiled.text, arguments, layout.record, statement.is_unsorted)

    async def serve(self, wanted: Sequence[Wanted | Alone]) -> Sequence[list[Any] | Exception]:
        """What gathered functions want, as far as it can be in one statement. For each its rows, or its failure."""
        parts = [one for one in wanted if isinstance(one, Wanted)]
        if len(parts) > 1:
            try:
                found = iter(await self._joined(parts))
            except asyncpg.DataError as error:
                # Without a severity it is the driver's own, found before PostgreSQL was asked: a value is at fault.
                if getattr(error, "severity", None) is not None:
                    return [error] * len(wanted)
            except Exception as error:
                return [error] * len(wanted)
            else:
                return [await self._served(one) if isinstance(one, Alone) else next(found) for one in wanted]
        return [await self._served(one) for one in wanted]

    async def _served(self, one: Wanted | Alone) -> list[Any] | Exception:
        try:
            if isinstance(one, Alone):
                return await self._send(one.text, one.arguments, one.record, one.is_unsorted)
            layout = one.part.layout
            return await self._fetch(one.part.statement.compiled(layout), one.given, layout.record)
        except Exception as error:
            return error

    async def _joined(self, wanted: Sequence[Wanted]) -> Sequence[list[Any]]:
        form = tuple([(one.part.statement, one.part.layout.joined) for one in wanted])
        statement = _joined.get(form)
        if statement is None:
            if len(_joined) >= MOST_JOINED:
                _joined.clear()
            statement = _joined[form] = JoinedStatement([one.part for one in wanted])
        arguments = statement.arguments(self.viewer, [one.given for one in wanted])
        return statement.sorted(await self._send(statement.text, arguments, Row))

    async def fetch(self, statement: Statement, **given: Any) -> list[Row]:
        return await self._fetch(statement.compiled(), given, Row)

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

    async def _fetch(self, compiled: Compiled, given: Mapping[str, Any], record: type[Row]) -> list[Any]:
        return await self._send(compiled.text, compiled.arguments(self.viewer, given), record)

    async def _send(
        self, text: str, arguments: Sequence[object], record: type[Row], is_unsorted: bool = False
    ) -> list[Any]:
        if self._is_gathered:
            return await Alone(text, arguments, record, is_unsorted)
        if not is_unsorted:
            return await self._snapshot.fetch(text, arguments, record)
        await self._snapshot.fetch(_SORTING, ["off"])
        try:
            return await self._snapshot.fetch(text, arguments, record)
        finally:
            with suppress(Exception):  # a transaction that is aborted, or a connection that is gone
                await self._snapshot.fetch(_SORTING, ["on"])
