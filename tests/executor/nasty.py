"""A schema of values that no database would give: whatever an executor takes on trust is wrong somewhere here."""

import asyncio
import math
import random
from collections.abc import AsyncIterator, Iterator, Mapping, Sequence
from contextlib import asynccontextmanager
from dataclasses import dataclass, field
from datetime import UTC, date, datetime
from decimal import Decimal
from enum import Enum
from typing import Annotated, Any, TypeAlias

import strawberry
from graphql import GraphQLArgument
from strawberry.schema.config import StrawberryConfig

from api.batcher import Batcher
from api.errors import LIMITED, ClientError
from api.fields import column, edge, same, value
from api.pagination import Connection
from api.scalars import SCALARS
from domain.mistakes import Problem
from domain.pages import Page, PageEdge
from runtime.viewer import Viewer

Day: TypeAlias = date
KEYS = 14


class Row:
    """Anything with attributes. What it was not given is not there: reading it raises."""

    def __init__(self, kind: str, **values: Any) -> None:
        self.kind = kind
        self.__dict__.update(values)


class Text(str):
    __slots__ = ()


class Listing:
    """Can be gone through as often as one likes, and fails in the middle where it is told to."""

    def __init__(self, *items: Any, is_broken: bool = False) -> None:
        self._items, self._is_broken = items, is_broken

    def __iter__(self) -> Iterator[Any]:
        yield from self._items
        if self._is_broken:
            raise RuntimeError("in the middle of a list")


@strawberry.enum
class Colour(Enum):
    RED = "RED"
    GREEN = "GREEN"


def _of_kind(*kinds: str) -> Any:
    def is_type_of(row: Any, _info: Any) -> bool:
        return getattr(row, "kind", None) in kinds

    return staticmethod(is_type_of)


@strawberry.interface
class Named:
    name: str = column("A name.")

    @classmethod
    def resolve_type(cls, row: Any, *_: Any) -> Any:
        """The kind of the row, whether or not that is a type: raises where there is none."""
        return row.kind


@strawberry.type
class Inner:
    number: int = column("A number.")
    text: str | None = column("A text.")
    inner: "Inner | None" = column("Deeper.")
    must: "Inner" = column("Deeper, and never null.")


@strawberry.type
class Dog(Named):
    is_type_of = _of_kind("Dog")
    barks: bool = column("Whether it does.")
    thing: "Thing | None" = column("What it has.")


@strawberry.type
class Cat(Named):
    is_type_of = _of_kind("Cat")
    lives: int = column("How many are left.")
    owner: Annotated["Thing", strawberry.lazy("tests.executor.nasty")] = column("Whose it is.")


Pet = Annotated[Dog | Cat, strawberry.union("Pet")]


async def by_key(reader: Any, keys: Sequence[Any]) -> dict[Any, Any]:
    """Some rows: not all of them, and some that nobody asked for."""
    found = {key: reader.rows[key % KEYS] for key in keys if isinstance(key, int) and key % 5 != 4}
    return {**found, -1: Row("Thing"), "none": None}


async def lists_by_key(
    reader: Any,
    keys: Sequence[Any],
    most: Annotated[int | None, strawberry.argument(description="How many.")] = 2,
    colours: Annotated[list[Colour] | None, strawberry.argument(description="Which.")] = None,
) -> dict[Any, Any]:
    most = KEYS if most is None else most
    if most < 0:
        raise Problem("Not below nothing.")
    if most == 13:
        raise RuntimeError("superstition")
    if most > 100:
        raise ClientError(LIMITED, "Too much.")
    found = {key: [reader.rows[(key + step) % KEYS] for step in range(most)] for key in keys if isinstance(key, int)}
    return {key: rows if key % 4 or colours else None for key, rows in found.items() if key % 7 != 3}


async def pages_by_key(
    reader: Any,
    keys: Sequence[Any],
    first: Annotated[int | None, strawberry.argument(description="How many.")] = None,
) -> dict[Any, Page[Any]]:
    lists = await lists_by_key(reader, keys, first)
    return {key: Page([PageEdge(f"c{key}", row) for row in rows or ()]) for key, rows in lists.items()}


async def failing(reader: Any, keys: Sequence[Any]) -> dict[Any, Any]:
    raise RuntimeError("no rows today")


async def failures(reader: Any, keys: Sequence[Any]) -> dict[Any, Any]:
    """Errors as values."""
    return {key: ClientError(LIMITED, "Not this one.") if key % 2 else reader.rows[0] for key in keys}


def _divided(number: Any, other: Any) -> Any:
    return number / other


def _refused(number: Any) -> Any:
    if number == 1:
        raise ClientError(LIMITED, "Not you.")
    return number


@strawberry.type
class Thing(Named):
    is_type_of = _of_kind("Thing")
    number: int = column("A number.")
    maybe_number: int | None = column("A number or none.")
    text: str = column("A text.")
    maybe_text: str | None = column("A text or none.")
    id: strawberry.ID = column("An id.")
    flag: bool = column("Yes or no.")
    ratio: float | None = column("A float.")
    amount: Decimal | None = column("A decimal.")
    day: Day | None = column("A day.")
    at: datetime | None = column("An instant.")
    colour: Colour = column("A colour.")
    maybe_colour: Colour | None = column("A colour or none.")
    words: list[str] = column("Words.")
    maybe_words: list[str | None] | None = column("Words or none.")
    grid: list[list[int]] = column("A grid.")
    maybe_grid: list[list[int | None] | None] | None = column("A grid with holes.")
    inner: Inner = column("An object of columns.")
    maybe_inner: Inner | None = column("An object of columns or none.")
    inners: list[Inner] = column("Objects of columns.")
    maybe_inners: list[Inner | None] | None = column("Objects of columns with holes.")
    quotient: float | None = value("Made of two columns.", _divided, "number", "other")
    refusing: int = value("Refused to some.", _refused, "number")
    renamed: str | None = column("Another column.", "maybe_text")
    itself: "Thing" = same("The same row.")
    carried: "Thing | None" = column("A thing that the row carries.")
    carried_named: Named | None = column("Something that the row carries.")
    pets: list[Pet | None] | None = column("Pets that the row carries.")
    next: "Thing | None" = edge(by_key, "next_key", description="The next one.")
    must: "Thing" = edge(by_key, "next_key", description="The next one, never null.")
    named: Named | None = edge(by_key, "other_key", description="Something.")
    pet: Pet | None = edge(by_key, "other_key", description="A pet.")
    must_pet: Pet = edge(by_key, "other_key", description="A pet, never null.")
    friends: list["Thing"] = edge(lists_by_key, "next_key", description="Others.")
    maybe_friends: list["Thing | None"] | None = edge(lists_by_key, "other_key", description="Others with holes.")
    names: list[Named] = edge(lists_by_key, "other_key", description="Somethings.")
    page: Connection["Thing"] = edge(pages_by_key, "next_key", description="A page.")
    broken: "Thing | None" = edge(failing, "number", description="Never there.")
    must_broken: "Thing" = edge(failing, "next_key", description="Never there, never null.")
    failures: "Thing | None" = edge(failures, "next_key", description="Errors for some.")
    amount_of: int | None = edge(by_key, "next_key", description="A leaf that is an object.")


async def at_root(
    reader: Any, keys: Sequence[Any], number: Annotated[int, strawberry.argument(description="Which.")] = 0
) -> dict[Any, Any]:
    return dict.fromkeys(keys, reader.rows[number % KEYS])


async def all_at_root(reader: Any, keys: Sequence[Any]) -> dict[Any, Any]:
    return {key: list(reader.rows) for key in keys}


@strawberry.type
class Query:
    thing: Thing | None = edge(at_root, description="One.")
    must: Thing = edge(at_root, description="One, never null.")
    named: Named | None = edge(at_root, description="Something.")
    pet: Pet | None = edge(at_root, description="A pet.")
    things: list[Thing | None] = edge(all_at_root, description="All.")
    names: list[Named | None] | None = edge(all_at_root, description="All.")


schema = strawberry.Schema(Query, types=[Dog, Cat], config=StrawberryConfig(scalar_map=dict(SCALARS)))

# For each kind of value what it may be; the first one is what it should be.
_RIGHT: dict[str, Sequence[Any]] = {
    "int": [1, 0, -7, 2**31 - 1, -(2**31)],
    "str": ["word", "", "Grüße \U0001f600", 'a "quoted" \\ \u2028\x00\x1f text'],
    "bool": [True, False],
    "float": [1.5, 0.0, -0.0, 1e300, 3, 2**53 + 1],
    "decimal": [Decimal("1.50"), Decimal("1E+3"), "12.5", Decimal("-0.00")],
    "date": [date(2026, 2, 28), date.min, date.max],
    "datetime": [datetime(2026, 1, 1, tzinfo=UTC), datetime(2026, 1, 1, 1, 2, 3, 456, tzinfo=UTC)],
    "colour": [Colour.RED, "GREEN", Colour.GREEN],
}
_WRONG: Sequence[Any] = [
    *(None, 2**31, -(2**31) - 1, 2**70, True, False, 1, 0, 1.0, 1.5, math.nan, math.inf, -math.inf, "1", "", "true"),
    *("PURPLE", "red", Text("text"), Decimal("1.5"), Decimal("NaN"), b"bytes", [], [1], {}, {"a": 1}, (), object),
    *(date(2026, 1, 1), datetime(2026, 1, 1), datetime(2026, 1, 1, tzinfo=UTC), Colour, Row("Thing"), Row("Dog")),  # noqa: DTZ001 (one without a zone is what is wanted)
    *(ValueError("a value"), ClientError(LIMITED, "a value too"), Listing(), range(2), {1}, lambda: 1),
]
SURROGATE = "a\ud800b"


@dataclass
class World:
    """The rows of one seed, each with the odds of something wrong in each of its places."""

    dice: random.Random
    odds: float
    rows: list[Any] = field(default_factory=list)

    def __post_init__(self) -> None:
        self.rows += [Row("Thing") for _ in range(KEYS)]
        self.rows[KEYS - 3 :] = [Row("Dog"), Row("Cat"), self.dice.choice([Row("Ghost"), Row("Inner"), Row("Named")])]
        for row in self.rows:
            self._fill(row)

    def _fill(self, row: Row) -> None:
        leaves = {
            "number": "int",
            "maybe_number": "int",
            "other": "int",
            "next_key": "int",
            "other_key": "int",
            "name": "str",
            "text": "str",
            "maybe_text": "str",
            "id": "str",
            "flag": "bool",
            "ratio": "float",
            "amount": "decimal",
            "day": "date",
            "at": "datetime",
            "colour": "colour",
            "maybe_colour": "colour",
            "barks": "bool",
            "lives": "int",
        }
        for name, kind in leaves.items():
            setattr(row, name, self._leaf(kind))
        for name in ("next_key", "other_key"):
            setattr(row, name, self.dice.choice([None, *range(KEYS), *range(KEYS)]))
        row.__dict__ |= {
            "words": self._list(lambda: self._leaf("str")),
            "maybe_words": self._list(lambda: self._leaf("str")),
            "grid": self._list(lambda: self._list(lambda: self._leaf("int"))),
            "maybe_grid": self._list(lambda: self._list(lambda: self._leaf("int"))),
            "inner": self._inner(3),
            "maybe_inner": self._inner(2),
            "inners": self._list(lambda: self._inner(1)),
            "maybe_inners": self._list(lambda: self._inner(2)),
            "carried": self._row(),
            "carried_named": self._row(),
            "thing": self._row(),
            "owner": self._row(),
            "pets": self._list(self._row),
        }
        if self.dice.random() < self.odds:
            del row.__dict__[self.dice.choice(["text", "maybe_number", "words", "inner", "carried", "name"])]

    def _leaf(self, kind: str) -> Any:
        if self.dice.random() < self.odds:
            return self.dice.choice(_WRONG)
        return self.dice.choice(_RIGHT[kind])

    def _list(self, make: Any) -> Any:
        if self.dice.random() < self.odds:
            return self.dice.choice([*_WRONG, Listing("a", "b"), Listing(1, is_broken=True), Listing(is_broken=True)])
        items = [make() for _ in range(self.dice.choice([0, 1, 2, 3]))]
        return tuple(items) if self.dice.random() < 0.2 else items

    def _inner(self, depth: int) -> Any:
        if depth == 0 or self.dice.random() < self.odds:
            return self.dice.choice(_WRONG) if depth else None
        return Row(
            "Inner",
            number=self._leaf("int"),
            text=self._leaf("str"),
            inner=self._inner(depth - 1),
            must=self._inner(depth - 1),
        )

    def _row(self) -> Any:
        """One of the rows themselves: many parents share it."""
        return self.dice.choice(self.rows) if self.dice.random() > self.odds else self.dice.choice(_WRONG)


class NastyReader:
    """What the edges above read through."""

    def __init__(self, rows: Sequence[Any]) -> None:
        self.rows = rows

    def wanting(self, _layouts: object, is_gathered: bool) -> "NastyReader":
        return self


class NastyContext:
    """What an operation is executed in, without any database."""

    def __init__(self, rows: Sequence[Any], viewer: Viewer) -> None:
        self.viewer = viewer
        self.world = self
        self.reader = NastyReader(rows)
        self.batcher = Batcher(self.reader)  # type: ignore[arg-type]  # a reader for these edges alone


class NastyPeople:
    """The port to people, for whom there is nobody in particular."""

    def __init__(self, viewer: Viewer) -> None:
        self.rows: Sequence[Any] = ()
        self._viewer = viewer

    async def authenticate(self, authorization: str | None) -> Viewer | None:
        return self._viewer

    @asynccontextmanager
    async def context(self, viewer: Viewer, network: str) -> AsyncIterator[NastyContext]:
        context = NastyContext(self.rows, viewer)
        yield context
        await context.batcher.close()

    async def session_ended(self, viewer: Viewer) -> None:
        await asyncio.get_running_loop().create_future()


class NastyValues:
    """The `Values` of the generator over these rows."""

    def arguments(
        self, dice: random.Random, parent: str, field: str, given: Mapping[str, GraphQLArgument], naughtiness: float
    ) -> dict[str, Any]:
        choices: dict[str, Sequence[Any]] = {
            "number": range(KEYS),
            "most": [0, 1, 2, 2, 3, None, *([-1, 13, 101] if naughtiness else [])],
            "first": [0, 1, 2, 2, 3, None, *([-1, 13, 101] if naughtiness else [])],
            "colours": [None, "RED", ["RED"], ["GREEN", "RED"], []],
        }
        return {name: dice.choice(choices[name]) for name in given if dice.random() < 0.6}

    def size(self, parent: str, field: str, arguments: Mapping[str, Any]) -> int:
        if parent == "Query" and field in ("things", "names"):
            return KEYS
        return 3 if field in ("friends", "maybeFriends", "names", "page", "pets", "inners", "maybeInners") else 1

    def weight(self, parent: str, field: str) -> int:
        return 2 if parent == "Query" else 1

    def types(self, parent: str, field: str, arguments: Mapping[str, Any]) -> Sequence[str]:
        return []
