"""Rows of several models in one statement: what one level needs of different tables costs one round trip.

Each model's rows come from a select of their own; the selects are put under each other, columns of the same type in the
same places, and a first column says whose a row is. A round trip and its statement cost about 80 µs, to take such a row
out 0.3.
"""

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from operator import itemgetter
from typing import Any

from sqlalchemy import ColumnElement, Select, cast, literal_column, null, union_all

from runtime.rows import JoinedRow, Layout, Row
from runtime.statements import DIALECT, Compiled, RowStatement, compile_once


@dataclass(frozen=True, slots=True)
class Part:
    """One model's select, whose parameters have names of their own, and the columns that are wanted."""

    statement: RowStatement
    layout: Layout


class JoinedStatement:
    """Made for certain parts with certain columns."""

    def __init__(self, parts: Sequence[Part]) -> None:
        types: list[Any] = []
        chosen: list[list[int]] = []
        columns: list[list[ColumnElement[Any]]] = []
        for part in parts:
            own = part.statement.columns(part.layout)
            chosen.append(_places([column.type for column in own], types))
            columns.append(own)
        selects = [
            _select(number, part.statement.statement, columns[number], chosen[number], types)
            for number, part in enumerate(parts)
        ]
        self.compiled: Compiled = compile_once(union_all(*selects))
        self._takers = [
            _taker(part.layout.joined, [place + 1 for place in places])
            for part, places in zip(parts, chosen, strict=True)
        ]

    def sorted(self, rows: Sequence[Row]) -> list[list[JoinedRow]]:
        """The rows of each part."""
        found: list[list[JoinedRow]] = [[] for _ in self._takers]
        for row in rows:
            part = row[0]
            found[part].append(self._takers[part](row))
        return found


def _places(own: Sequence[Any], types: list[Any]) -> list[int]:
    """Where each column goes: to the first free place of its type, or to a new one at the end."""
    taken: set[int] = set()
    found = []
    for type_ in own:
        name = type_.compile(DIALECT)
        free = (place for place, other in enumerate(types) if other.compile(DIALECT) == name and place not in taken)
        place = next(free, len(types))
        if place == len(types):
            types.append(type_)
        taken.add(place)
        found.append(place)
    return found


def _select(
    number: int, statement: Select[Any], own: Sequence[ColumnElement[Any]], places: Sequence[int], types: Sequence[Any]
) -> Select[Any]:
    at = dict(zip(places, own, strict=True))
    cells = [
        (at[place] if place in at else cast(null(), type_)).label(f"c{place}") for place, type_ in enumerate(types)
    ]
    return statement.with_only_columns(
        literal_column(str(number)).label("part"), *cells, maintain_column_froms=True
    ).order_by(None)


def _taker(made: type[JoinedRow], places: Sequence[int]) -> Callable[[Row], JoinedRow]:
    if len(places) == 1:
        (only,) = places
        return lambda row: made((row[only],))
    take = itemgetter(*places)
    return lambda row: made(take(row))
