"""Reference tables that are small enough to be held in memory: read once per process, then when they have changed.

How fresh they are stands in runtime/table_versions.py. Whoever reads in an old snapshot may be given rows that are
newer than it, never older ones: all that is held came whole out of one snapshot. A key that is not there is always
looked for anew: somebody may have pointed at a row that was made just now.
"""

import asyncio
from collections.abc import Mapping, Sequence
from time import monotonic
from typing import Any, Generic, TypeVar
from uuid import UUID
from weakref import WeakKeyDictionary

from sqlalchemy import Text, bindparam, select, text
from sqlalchemy.orm import InstrumentedAttribute

from runtime.reader import Reader
from runtime.rows import Layout, Slot, columns_of
from runtime.statements import RowStatement, Statement
from runtime.table_versions import Freshness, TableVersion
from runtime.tables import Model

MOST_CHOICES = 16
"""Choices of columns that are held: clients choose them, and each is a copy of the table."""

M = TypeVar("M", bound=Model)

# `now()` is when the transaction began: its snapshot is not older than that.
_VERSION = Statement(
    select(TableVersion.version, text("extract(epoch from clock_timestamp() - now())::float8 as age")).where(
        TableVersion.name == bindparam("table_name", type_=Text)
    )
)


class _Held:
    """Of one database: rows of that version, by the columns that were wanted."""

    def __init__(self) -> None:
        self.freshness = Freshness()
        self.rows: dict[tuple[Slot, ...], Mapping[Any, Any]] = {}
        self.turn = asyncio.Lock()


class SmallTable(Generic[M]):
    """Rows by their key, as an edge wants them: `await institutions_by_ids(reader, ids)`."""

    def __init__(self, model: type[M], key: InstrumentedAttribute[UUID]) -> None:
        self._model = model
        self._key = key.key
        self._every = Layout(model, *columns_of(model))
        self._statement = RowStatement(select(model), model, {}, stands_alone=True)
        self._held: WeakKeyDictionary[object, _Held] = WeakKeyDictionary()

    async def __call__(self, reader: Reader, keys: Sequence[UUID]) -> dict[UUID, M]:
        layout = reader.layout(self._model) or self._every
        (place,) = layout.require(self._key)
        rows = await self._rows(reader, layout, place, keys)
        return {key: rows[key] for key in keys if key in rows}

    async def _rows(self, reader: Reader, layout: Layout, place: int, keys: Sequence[UUID]) -> Mapping[UUID, M]:
        held = self._held.get(reader.source)
        if held is None:
            held = self._held[reader.source] = _Held()
        wanted, freshness = layout.slots, held.freshness
        if freshness.holds and (rows := held.rows.get(wanted)) is not None and all(key in rows for key in keys):
            return rows
        version = await self._compare(reader, held)
        # Only from here on it is waited for others: this reader has its connection, and whoever is waited for as well.
        async with held.turn:
            if version <= freshness.version and (rows := held.rows.get(wanted)) is not None:
                return rows
            rows = {row[place]: row for row in await reader.rows(self._statement, layout)}
            if version == freshness.version:
                if len(held.rows) >= MOST_CHOICES:
                    held.rows.clear()
                held.rows[wanted] = rows
            return rows

    async def _compare(self, reader: Reader, held: _Held) -> int:
        """The version in the reader's snapshot."""
        asked_at = monotonic()
        found = await reader.fetch(_VERSION, table_name=self._model.__tablename__)
        version, age = found[0] if found else (0, 0.0)
        if held.freshness.confirm(version, asked_at - max(age, 0.0)):
            held.rows.clear()
        return int(version)
