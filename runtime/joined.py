"""Rows of several models in one statement: a round trip and a statement less for each, on one machine 25 µs of them.

Each part is a select of its own, as it is written once (runtime/statements.py). The selects are put under each other,
columns of the same type in the same places, and two columns before them say whose a row is and where it stands.
"""

import re
from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass
from operator import itemgetter
from typing import Any

from runtime.rows import JoinedRow, Layout, Row
from runtime.statements import DIALECT, RowStatement
from runtime.viewer import Viewer

_PARAMETER = re.compile(r"\$(\d+)")
_OWN_COLUMNS = 2


@dataclass(frozen=True, eq=False, slots=True)
class Part:
    """One model's select, and the columns that are wanted."""

    statement: RowStatement
    layout: Layout


class JoinedStatement:
    """Made for parts of certain statements and columns."""

    def __init__(self, parts: Sequence[Part]) -> None:
        columns: list[str] = []
        places = [_places(_types(part), columns) for part in parts]
        self._compiled = [part.statement.compiled(part.layout, is_placed=True) for part in parts]
        self._are_ordered = [part.statement.is_ordered for part in parts]
        self._takers = [
            _taker(part.layout.joined, [place + _OWN_COLUMNS for place in own])
            for part, own in zip(parts, places, strict=True)
        ]
        self.text = self._text(places, columns)

    def arguments(self, viewer: Viewer, given: Iterable[Mapping[str, Any]]) -> list[Any]:
        """The values of all parameters. `given` are those of each part."""
        found: list[Any] = []
        for compiled, own in zip(self._compiled, given, strict=True):
            found += compiled.arguments(viewer, own)
        return found

    def sorted(self, rows: Sequence[Row]) -> list[list[JoinedRow]]:
        """The rows of each part."""
        found: list[list[Any]] = [[] for _ in self._takers]
        for row in rows:
            found[row[0]].append(row)
        for number, take in enumerate(self._takers):
            own = found[number]
            if self._are_ordered[number]:
                # PostgreSQL gives them in this order, but does not promise it of a union.
                own.sort(key=_PLACE)
            found[number] = take(own)
        return found

    def _text(self, places: Sequence[Sequence[int]], columns: Sequence[str]) -> str:
        selects = []
        known = 0
        for number, (compiled, own) in enumerate(zip(self._compiled, places, strict=True)):
            is_ordered = self._are_ordered[number]
            text = _renumbered(compiled.text, known)
            known += len(compiled.names)
            names = ", ".join(f"a{place}" for place in range(len(own) + is_ordered))
            at = {place: f"p.a{column}" for column, place in enumerate(own)}
            cells = [at.get(place, f"null::{type_}") for place, type_ in enumerate(columns)]
            place = f"p.a{len(own)}" if is_ordered else "0::bigint"
            selects.append(f"select {', '.join([str(number), place, *cells])} from ({text}) as p({names})")
        return " union all ".join(selects)


_PLACE = itemgetter(1)


def _renumbered(text: str, known: int) -> str:
    """The text with its parameters after those that are known."""
    return _PARAMETER.sub(lambda found: f"${known + int(found[1])}", text)


def _types(part: Part) -> list[str]:
    return [one.type.compile(DIALECT) for one in part.statement.columns(part.layout)]


def _places(own: Sequence[str], columns: list[str]) -> list[int]:
    """Where each column goes: to the first free place of its type, or to a new one at the end."""
    taken: set[int] = set()
    found = []
    for name in own:
        free = (place for place, other in enumerate(columns) if other == name and place not in taken)
        place = next(free, len(columns))
        if place == len(columns):
            columns.append(name)
        taken.add(place)
        found.append(place)
    return found


def _taker(made: type[JoinedRow], places: Sequence[int]) -> Callable[[Sequence[Row]], list[JoinedRow]]:
    if len(places) == 1:
        (only,) = places
        return lambda rows: [made((row[only],)) for row in rows]
    take = itemgetter(*places)
    return lambda rows: list(map(made, map(take, rows)))
