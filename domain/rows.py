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
from runtime.rows import Layout, columns_of
from runtime.statements import KEYS, RowStatement
from runtime.tables import Model

M = TypeVar("M", bound=Model)

Condition = ColumnElement[bool]


class OneByKey(Generic[M]):
    """At most one row for each key: `await accounts_by_ids(reader, ids)`."""

    def __init__(self, model: type[M], key: InstrumentedAttribute[UUID], *conditions: Condition) -> None:
        self._model = model
        self._key = key.key
        statement = select(model).where(*conditions, key == any_(KEYS))
        self._statement = RowStatement(statement, model, {})
        self._every = Layout(model, *columns_of(model))

    def __str__(self) -> str:
        return f"one of {self._model.__tablename__} by {self._key}"

    async def __call__(self, reader: Reader, keys: Sequence[UUID]) -> dict[UUID, M]:
        layout = reader.layout(self._model) or self._every
        (place,) = layout.require(self._key)
        return {row[place]: row for row in await reader.rows(self._statement, layout, keys=list(keys))}


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
        statement = select(model).where(*conditions, key == any_(KEYS)).order_by(*order)
        if joined is not None:
            statement = statement.join(key.class_, joined)
        self._statement = RowStatement(statement, model, {self._key: key.expression})
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
