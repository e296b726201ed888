"""Rows by keys, in bulk: what the edges of the graph are made of.

Each is one statement however many keys there are, written once; it reads the columns that are wanted, and runs on the
driver itself (runtime/statements.py).
"""

from collections.abc import Sequence
from typing import Any, Generic, TypeVar
from uuid import UUID

from sqlalchemy import ColumnElement, any_, select
from sqlalchemy.orm import InstrumentedAttribute

from runtime.reader import Reader
from runtime.rows import Layout, Slot, columns_of
from runtime.statements import KEYS, RowStatement
from runtime.tables import Model

M = TypeVar("M", bound=Model)
V = TypeVar("V")

Condition = ColumnElement[bool]


class OneByKey(Generic[V]):
    """At most one row for each key: `await accounts_by_ids(reader, ids)`."""

    def __init__(self, model: type[Model], key: InstrumentedAttribute[UUID], *conditions: Condition) -> None:
        self.model = model
        self._key = key.key
        self._slot = Slot(key.key)
        self._every = Layout(model, *columns_of(model))
        statement = select(model).where(*conditions, key == any_(KEYS))
        self._statement = RowStatement(statement, model, {})

    def __str__(self) -> str:
        return f"one of {self.model.__tablename__} by {self._key}"

    async def __call__(self, reader: Reader, keys: Sequence[UUID]) -> dict[UUID, V]:
        found = self.remembered(reader, keys)
        rest = [key for key in keys if key not in found] if found else keys
        if rest:
            layout = self.layout(reader)
            found |= self.by_key(layout, await reader.rows(self._statement, layout, keys=list(rest)))
        return found

    def remembered(self, reader: Reader, keys: Sequence[UUID]) -> dict[UUID, V]:
        """What need not be read."""
        return {}

    def layout(self, reader: Reader) -> Layout:
        """The columns that are wanted, and the key."""
        layout = reader.layout(self.model) or self._every
        layout.place(self._slot)
        return layout

    def by_key(self, layout: Layout, rows: Sequence[Any]) -> dict[UUID, V]:
        place = layout.place(self._slot)
        return {row[place]: row for row in rows}


class ListByKey(Generic[M]):
    """All rows of each key, in order: `await accounts_by_household(reader, household_ids)`.

    `key` may be a column of another table that `joined` leads to.
    """

    def __init__(
        self,
        model: type[M],
        key: InstrumentedAttribute[Any],
        *conditions: Condition,
        order: Sequence[InstrumentedAttribute[Any]],
        joined: Condition | None = None,
    ) -> None:
        self._model = model
        self._key = key.key if joined is None else f"{key.class_.__tablename__}_{key.key}"
        statement = select(model).where(*conditions, key == any_(KEYS))
        if joined is not None:
            statement = statement.join(key.class_, joined)
        placed = [one.expression for one in order]
        self._statement = RowStatement(statement, model, {self._key: key.expression}, order=placed)
        self._every = Layout(model, *columns_of(model), self._key)

    def __str__(self) -> str:
        return f"all of {self._model.__tablename__} by {self._key}"

    async def __call__(self, reader: Reader, keys: Sequence[UUID], **given: Any) -> dict[UUID, list[M]]:
        """`given` are the values of the conditions' own parameters."""
        layout = reader.layout(self._model) or self._every
        (place,) = layout.require(self._key)
        found: dict[UUID, list[M]] = {key: [] for key in keys}
        for row in await reader.rows(self._statement, layout, keys=list(keys), **given):
            found[row[place]].append(row)
        return found
