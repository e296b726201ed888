"""Rows as the driver gives them: columns by position, and by name as attributes.

A statement that reads a model's rows is told by a `Layout` which columns are wanted. Whoever needs a column beside
them, to sort rows into a dict, asks for it with `require`; what is not in the layout is not read.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from functools import cache, lru_cache
from typing import Any, ClassVar, Self

import asyncpg
from asyncpg.pgproto.pgproto import UUID
from sqlalchemy import inspect

from runtime.tables import Model

AS_BYTES = "_as_bytes"


class Row(asyncpg.Record):
    """A row of `model`, or of no model in particular. Typed as the model wherever one is selected whole."""

    __slots__ = ()
    model: ClassVar[type[Model] | None] = None

    def __getattr__(self, name: str) -> Any:
        try:
            return self[name]
        except KeyError:
            label = f"{name}{AS_BYTES}"
            if label not in self:
                raise AttributeError(f"{type(self).__name__} was read without {name}") from None
        written = self[label]
        return None if written is None else UUID(written)


class JoinedRow(tuple[Any, ...]):
    """A row of one model out of a statement that read several at once (runtime/joined.py); used as a Row is."""

    __slots__ = ()
    model: ClassVar[type[Model]]
    slots: ClassVar[Sequence["Slot"]]
    places: ClassVar[Mapping[str, int]]

    @classmethod
    def of(cls, value: object) -> Self:
        """A row with the attributes of an object that was not read; what it does not have is null."""
        cells = [(getattr(value, slot.name, None), slot) for slot in cls.slots]
        return cls(cell.bytes if slot.as_bytes and cell is not None else cell for cell, slot in cells)

    def __getattr__(self, name: str) -> Any:
        place = self.places.get(name)
        if place is not None:
            return self[place]
        place = self.places.get(f"{name}{AS_BYTES}")
        if place is None:
            raise AttributeError(f"{type(self).__name__} was read without {name}")
        written = self[place]
        return None if written is None else UUID(written)


@dataclass(frozen=True, slots=True)
class Slot:
    """One column of a layout. `as_text` leaves the writing of it to PostgreSQL: exact, and cheaper than a Decimal.

    `as_bytes` are the 16 bytes of a UUID: a row has some, and an object for each costs 0.1 µs to make, 0.2 to hash.
    """

    name: str
    as_text: bool = False
    as_bytes: bool = False

    @property
    def label(self) -> str:
        if self.as_bytes:
            return f"{self.name}{AS_BYTES}"
        return f"{self.name}_as_text" if self.as_text else self.name


class Layout:
    """Which columns of a model the rows of one edge carry, in order. Grows while plans are made, hardly afterwards."""

    __slots__ = ("_joined", "_places", "_record", "model", "slots")

    def __init__(self, model: type[Model], *names: str) -> None:
        self.model = model
        self.slots: tuple[Slot, ...] = ()
        self._places: dict[Slot, int] = {}
        self._record: type[Row] | None = None
        self._joined: type[JoinedRow] | None = None
        self.require(*names)

    def place(self, slot: Slot) -> int:
        """Where the column stands; it is added where it is not there yet."""
        found = self._places.get(slot)
        if found is None:
            found = self._places[slot] = len(self.slots)
            self.slots = (*self.slots, slot)
            self._record = self._joined = None
        return found

    def require(self, *names: str) -> list[int]:
        return [self.place(Slot(name)) for name in names]

    @property
    def record(self) -> type[Row]:
        """The class of rows with exactly these columns: another one once the layout has grown."""
        if self._record is None:
            self._record = _record_class(self.model, self.slots)
        return self._record

    @property
    def joined(self) -> type[JoinedRow]:
        """The same for rows that came together with those of other models."""
        if self._joined is None:
            self._joined = _joined_class(self.model, self.slots)
        return self._joined


@lru_cache(2_000)
def _record_class(model: type[Model], slots: tuple[Slot, ...]) -> type[Row]:
    # One for all that read the same columns: the driver keeps its prepared statements by text and class.
    return type(f"{model.__name__}Row", (Row,), {"__slots__": (), "model": model})


@lru_cache(2_000)
def _joined_class(model: type[Model], slots: tuple[Slot, ...]) -> type[JoinedRow]:
    places = {slot.label: place for place, slot in enumerate(slots)}
    return type(
        f"{model.__name__}JoinedRow", (JoinedRow,), {"__slots__": (), "model": model, "slots": slots, "places": places}
    )


@cache
def full_layout(model: type[Model]) -> Layout:
    """Every column that is not deferred: what is read where nobody said what is wanted."""
    return Layout(model, *columns_of(model))


@cache
def columns_of(model: type[Model]) -> tuple[str, ...]:
    mapper = inspect(model)
    return tuple(one.key for one in mapper.column_attrs if not one.deferred)


def is_row_of(value: object, classes: tuple[type, ...]) -> bool:
    """Whether a value is a row of one of the classes, however it was read."""
    if type(value) in classes:
        return True
    if isinstance(value, Row | JoinedRow):
        return value.model in classes
    return isinstance(value, classes)


Layouts = Mapping[type[Model], Layout]
