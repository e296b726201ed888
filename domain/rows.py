"""Rows by keys, in bulk: what the edges of the graph are made of.

Each is one statement however many keys there are, written once; it reads the columns that are wanted, and runs on the
driver itself (runtime/statements.py).
"""

from collections.abc import Sequence
from typing import Any, Generic, TypeVar, cast
from uuid import UUID

from sqlalchemy import ColumnElement, any_, bindparam, select
from sqlalchemy.dialects.postgresql import ARRAY
from sqlalchemy.orm import InstrumentedAttribute

from runtime.joined import JoinedStatement, Part
from runtime.reader import Reader
from runtime.rows import Layout, Slot, columns_of
from runtime.statements import ID, KEYS, RowStatement
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
        self._is_made = type(self).value is not OneByKey.value
        self._select = select(model).where(*conditions)
        self._by = key
        self._every = Layout(model, *columns_of(model))
        self._statement = self.statement("keys")

    def __str__(self) -> str:
        return f"one of {self.model.__tablename__} by {self._key}"

    async def __call__(self, reader: Reader, keys: Sequence[UUID]) -> dict[UUID, V]:
        found = self.remembered(keys)
        rest = [key for key in keys if key not in found] if found else keys
        if rest:
            layout = self.layout(reader)
            found |= self.by_key(layout, await reader.rows(self._statement, layout, keys=list(rest)))
        return found

    def remembered(self, keys: Sequence[UUID]) -> dict[UUID, V]:
        """What need not be read."""
        return {}

    def value(self, row: Any) -> V:
        """What stands for a row."""
        return cast(V, row)

    def layout(self, reader: Reader) -> Layout:
        layout = reader.layout(self.model) or self._every
        layout.place(self._slot)
        return layout

    def statement(self, parameter: str) -> RowStatement:
        """The select with its keys under a parameter of that name."""
        keys = bindparam(parameter, type_=ARRAY(ID))
        return RowStatement(self._select.where(self._by == any_(keys)), self.model, {})

    def by_key(self, layout: Layout, rows: Sequence[Any]) -> dict[UUID, V]:
        place = layout.place(self._slot)
        return {row[place]: self.value(row) for row in rows} if self._is_made else {row[place]: row for row in rows}


Asked = tuple[OneByKey[Any], Reader, Sequence[UUID]]

_joined: dict[tuple[object, ...], JoinedStatement] = {}
MOST_JOINED = 500
"""Statements that are remembered; which there are is a matter of documents."""


async def one_by_key_of_each(asked: Sequence[Asked]) -> list[dict[UUID, Any]]:
    """What each would give by itself, in one statement for all of them."""
    found = [one.remembered(keys) for one, _, keys in asked]
    rest = [
        [key for key in keys if key not in known] if known else keys
        for known, (_, _, keys) in zip(found, asked, strict=True)
    ]
    reading = [place for place, keys in enumerate(rest) if keys]
    if len(reading) < 2:
        for place in reading:
            one, reader, _ = asked[place]
            found[place] |= await one(reader, rest[place])
        return found
    layouts = [asked[place][0].layout(asked[place][1]) for place in reading]
    form = tuple((asked[place][0], layout.slots) for place, layout in zip(reading, layouts, strict=True))
    statement = _joined.get(form)
    if statement is None:
        if len(_joined) >= MOST_JOINED:
            _joined.clear()
        parts = [
            Part(asked[place][0].statement(f"keys_{number}"), layout)
            for number, (place, layout) in enumerate(zip(reading, layouts, strict=True))
        ]
        statement = _joined[form] = JoinedStatement(parts)
    given = {f"keys_{number}": rest[place] for number, place in enumerate(reading)}
    rows = await asked[reading[0]][1].joined(statement, **given)
    for place, layout, own in zip(reading, layouts, rows, strict=True):
        found[place] |= asked[place][0].by_key(layout, own)
    return found


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
