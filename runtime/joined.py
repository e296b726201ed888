"""Rows of several models in one statement: a round trip and its statement cost about 80 µs, such a row 0.3 more.

Each part is a select of its own, as it is written once (runtime/statements.py). The selects are put under each other,
columns of the same type in the same places, and two columns before them say whose a row is and where it stands. A
rider is a part whose keys are a column of another part's rows: what a page refers to comes with the page.
"""

import re
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from operator import itemgetter
from typing import Any

from runtime.rows import JoinedRow, Layout, Row, Slot
from runtime.statements import DIALECT, KEYS, Compiled, RowStatement
from runtime.viewer import Viewer

_PARAMETER = re.compile(r"\$(\d+)")
_OWN_COLUMNS = 2


@dataclass(frozen=True, eq=False, slots=True)
class Rider:
    """Rows that others refer to by `slot`. The statement's parameter `KEYS` is theirs."""

    slot: Slot
    statement: RowStatement
    layout: Layout
    riders: tuple["Rider", ...] = ()


@dataclass(frozen=True, eq=False, slots=True)
class Part:
    """One model's rows, and what comes with them."""

    statement: RowStatement
    layout: Layout
    riders: tuple[Rider, ...] = ()

    @property
    def form(self) -> tuple[object, ...]:
        """Parts with the same form have the same text."""
        return (self.statement, self.layout.joined, *_forms(self.riders))


def _forms(riders: Sequence[Rider]) -> Iterator[object]:
    for one in riders:
        yield (one.slot, one.statement, one.layout.joined, *_forms(one.riders))


@dataclass(slots=True)
class _Select:
    """A part or a rider in its place."""

    compiled: Compiled
    types: list[str]
    joined: type[JoinedRow]
    is_ordered: bool
    referring: tuple[int, int] | None
    """The select and its column that a rider's keys stand in."""
    is_referred: bool = False


class JoinedStatement:
    """Made for parts of a certain form."""

    def __init__(self, parts: Sequence[Part]) -> None:
        self._selects: list[_Select] = []
        self._own = [self._add(one.statement, one.layout, one.riders, None) for one in parts]
        columns: list[str] = []
        places = [_places(one.types, columns) for one in self._selects]
        self.text = self._text(places, columns)
        self._takers = [
            _taker(one.joined, [place + _OWN_COLUMNS for place in own])
            for one, own in zip(self._selects, places, strict=True)
        ]

    def arguments(self, viewer: Viewer, given: Sequence[Mapping[str, Any]]) -> list[Any]:
        """The values of all parameters. `given` are those of each part."""
        own = dict(zip(self._own, given, strict=True))
        found: list[Any] = []
        for number, one in enumerate(self._selects):
            if one.referring is None:
                found += one.compiled.arguments(viewer, own[number])
            else:
                names = one.compiled.names
                values = one.compiled.arguments(viewer, _NO_KEYS)
                found += [value for name, value in zip(names, values, strict=True) if name != KEYS.key]
        return found

    def sorted(self, rows: Sequence[Row]) -> list[list[JoinedRow]]:
        """The rows of each select: those of a part, then those of its riders, then those of the next part."""
        found: list[list[Any]] = [[] for _ in self._takers]
        for row in rows:
            found[row[0]].append(row)
        for number, (one, take) in enumerate(zip(self._selects, self._takers, strict=True)):
            own = found[number]
            if one.is_ordered:
                # PostgreSQL gives them in this order, but does not promise it of a union.
                own.sort(key=_PLACE)
            found[number] = take(own)
        return found

    def _add(
        self, statement: RowStatement, layout: Layout, riders: Sequence[Rider], referring: tuple[int, int] | None
    ) -> int:
        number = len(self._selects)
        types = [column.type.compile(DIALECT) for column in statement.columns(layout)]
        made = _Select(
            statement.compiled(layout, is_placed=True), types, layout.joined, statement.is_ordered, referring
        )
        self._selects.append(made)
        for rider in riders:
            made.is_referred = True
            self._add(rider.statement, rider.layout, rider.riders, (number, layout.place(rider.slot)))
        return number

    def _text(self, places: Sequence[Sequence[int]], columns: Sequence[str]) -> str:
        before: list[str] = []
        selects: list[str] = []
        known = 0
        for number, one in enumerate(self._selects):
            keys = (
                None if one.referring is None else "array(select distinct p{0}.a{1} from p{0})".format(*one.referring)
            )
            text, known = _renumbered(one.compiled, keys, known)
            names = ", ".join(f"a{place}" for place in range(len(one.types) + one.is_ordered))
            source = f"({text}) as p{number}({names})"
            if one.is_referred:
                before.append(f"p{number}({names}) as materialized ({text})")
                source = f"p{number}"
            at = {place: f"p{number}.a{own}" for own, place in enumerate(places[number])}
            cells = [at.get(place, f"null::{type_}") for place, type_ in enumerate(columns)]
            place = f"p{number}.a{len(one.types)}" if one.is_ordered else "0::bigint"
            selects.append(f"select {', '.join([str(number), place, *cells])} from {source}")
        beginning = f"with {', '.join(before)} " if before else ""
        return beginning + " union all ".join(selects)


_PLACE = itemgetter(1)
_NO_KEYS = {KEYS.key: None}


def _renumbered(compiled: Compiled, keys: str | None, known: int) -> tuple[str, int]:
    """The text with its parameters after those that are known, and how many are known then.

    `keys` is an expression for the parameter of that name.
    """
    numbers: dict[int, str] = {}
    for place, name in enumerate(compiled.names, 1):
        if keys is not None and name == KEYS.key:
            numbers[place] = f"({keys})"
        else:
            known += 1
            numbers[place] = f"${known}"
    return _PARAMETER.sub(lambda found: numbers[int(found[1])], compiled.text), known


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
