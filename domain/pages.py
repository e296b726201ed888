"""Keyset pages: a place in a list is the sort values of a row, so pages stay right while rows come and go.

A cursor is those values as text, in base64: opaque to clients, checked when it comes back.
"""

import base64
import binascii
from collections.abc import Callable, Hashable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import UTC, date, datetime
from typing import Any, Generic, TypeVar
from uuid import UUID

from sqlalchemy import ColumnElement, Integer, Select, bindparam, column, func, literal_column, select, tuple_
from sqlalchemy import true as always
from sqlalchemy.orm import InstrumentedAttribute, aliased

from domain.mistakes import Problem
from runtime.reader import Reader
from runtime.rows import Layout, Slot, columns_of
from runtime.statements import ID, KEY, KEYS, RowStatement
from runtime.tables import Model

T = TypeVar("T")
M = TypeVar("M", bound=Model)

MOST, USUAL = 100, 50
USUAL_SIZES = frozenset({1, 5, 10, 15, 20, 25, 30, 40, 50, 100})
"""Sizes that have statements of their own."""
_LONGEST_CURSOR = 200
_SEPARATOR = "\x1f"
MOST_FORMS = 500
"""Statements that one kind of list remembers: its directions and its filters."""


class CursorProblem(Problem):
    """Not a place in this list."""


@dataclass(frozen=True)
class PageRequest:
    """`size` rows after and before the given cursors, counted from the list's other end where `backwards`."""

    size: int = USUAL
    backwards: bool = False
    after: str | None = None
    before: str | None = None


@dataclass(frozen=True, slots=True)
class PageEdge(Generic[T]):
    """A row and its place, which is worked out only where it is asked for."""

    node: T
    cursor_of: Callable[[T], str]

    @property
    def cursor(self) -> str:
        return self.cursor_of(self.node)


def _no_cursor(_row: object) -> str:
    raise LookupError("an empty page has no cursors")


@dataclass(frozen=True, slots=True)
class Page(Generic[T]):
    nodes: Sequence[T] = ()
    cursor_of: Callable[[T], str] = _no_cursor
    has_next_page: bool = False
    has_previous_page: bool = False

    @property
    def edges(self) -> list[PageEdge[T]]:
        return [PageEdge(node, self.cursor_of) for node in self.nodes]

    @property
    def start_cursor(self) -> str | None:
        return self.cursor_of(self.nodes[0]) if self.nodes else None

    @property
    def end_cursor(self) -> str | None:
        return self.cursor_of(self.nodes[-1]) if self.nodes else None


def _instant(text: str) -> datetime:
    value = datetime.fromisoformat(text)
    if value.tzinfo is None:
        raise ValueError
    return value.astimezone(UTC)  # OverflowError at the calendar's ends, where the driver would fail


_PARSERS: dict[type, Callable[[str], Any]] = {
    date: date.fromisoformat,
    datetime: _instant,
    UUID: UUID,
    int: int,
    str: str,
}


@dataclass(frozen=True)
class Keyset:
    """The columns a list is ordered by, the last of them unique; all descending, or all ascending."""

    columns: tuple[InstrumentedAttribute[Any], ...]
    descending: bool = True

    def cursor(self, row: Any) -> str:
        values = [getattr(row, one.key) for one in self.columns]
        texts = [value.isoformat() if isinstance(value, date) else str(value) for value in values]
        return base64.urlsafe_b64encode(_SEPARATOR.join(texts).encode()).rstrip(b"=").decode()

    def values(self, cursor: str, name: str) -> list[Any]:
        """Raises CursorProblem."""
        try:
            if len(cursor) > _LONGEST_CURSOR:
                raise ValueError
            texts = base64.urlsafe_b64decode(cursor + "=" * (-len(cursor) % 4)).decode().split(_SEPARATOR)
            parsers = [_PARSERS[one.type.python_type] for one in self.columns]
            parsed = [parse(text) for parse, text in zip(parsers, texts, strict=True)]
            if "\0" in "".join(texts):
                raise ValueError
        except (ValueError, binascii.Error, OverflowError):
            raise CursorProblem(f"`{name}` is not a cursor of this list.") from None
        return parsed

    def bounds(self, request: PageRequest) -> dict[str, Any]:
        """The cursors' values, by the names of the statement's parameters. Raises CursorProblem."""
        given: dict[str, Any] = {}
        for cursor, name in ((request.after, "after"), (request.before, "before")):
            if cursor is not None:
                for one, value in zip(self.columns, self.values(cursor, name), strict=True):
                    given[f"{name}_{one.key}"] = value
        return given

    def within(self, statement: Select[T], request: PageRequest) -> Select[T]:
        """The statement's rows within the cursors."""
        place = tuple_(*self.columns)
        for cursor, name, following in ((request.after, "after", True), (request.before, "before", False)):
            if cursor is not None:
                bound = tuple_(*[bindparam(f"{name}_{one.key}", type_=one.type) for one in self.columns])
                statement = statement.where(place < bound if following == self.descending else place > bound)
        return statement

    def order(self, request: PageRequest) -> list[ColumnElement[Any]]:
        downwards = self.descending != request.backwards
        return [one.desc() if downwards else one.asc() for one in self.columns]

    def page(self, rows: Sequence[T], request: PageRequest) -> Page[T]:
        """What was found in `order`, one more than the page holds, as a page in the list's own order."""
        more = len(rows) > request.size
        kept = rows[: request.size]
        if request.backwards:
            kept = kept[::-1]
        return Page(
            kept,
            self.cursor,
            has_next_page=request.before is not None if request.backwards else more,
            has_previous_page=more if request.backwards else request.after is not None,
        )


@dataclass(frozen=True)
class Within:
    """Further conditions on a list. Statements with the same `shape` have the same text, whatever is `given`."""

    shape: Hashable = None
    conditions: Sequence[ColumnElement[bool]] = ()
    given: Mapping[str, Any] = field(default_factory=dict)


ANYWHERE = Within()


class PagesByKey(Generic[M]):
    """A page of each parent's list, in one statement however many parents there are.

    An account's household is no news, but PostgreSQL multiplies the odds of both, expects a handful of rows and sorts
    all there are. Told not to sort where it need not, it walks the index as far as the page goes.
    """

    def __init__(
        self, model: type[M], parent: InstrumentedAttribute[UUID], keyset: Keyset, *conditions: ColumnElement[bool]
    ) -> None:
        self._model = model
        self._parent = parent
        self._keyset = keyset
        self._conditions = conditions
        self._every = Layout(model, *columns_of(model))
        self._places = [Slot(one.key, as_bytes=one.type.python_type is UUID) for one in keyset.columns]
        self._statements: dict[Hashable, RowStatement] = {}

    async def __call__(
        self, reader: Reader, keys: Sequence[UUID], request: PageRequest, within: Within = ANYWHERE
    ) -> dict[UUID, Page[M]]:
        """Raises CursorProblem."""
        layout = reader.layout(self._model) or self._every
        for slot in self._places:
            layout.place(slot)
        given = {**within.given, **self._keyset.bounds(request), "size": request.size + 1}
        if len(keys) == 1:
            rows = await reader.rows(self._statement(request, within, True), layout, key=keys[0], **given)
            return {keys[0]: self._keyset.page(rows, request)}
        (place,) = layout.require(self._parent.key)
        statement = self._statement(request, within, False)
        found = await reader.rows(statement, layout, keys=list(keys), **given)
        by_key: dict[UUID, list[M]] = {key: [] for key in keys}
        for row in found:
            by_key[row[place]].append(row)
        return {key: self._keyset.page(rows_of, request) for key, rows_of in by_key.items()}

    def _statement(self, request: PageRequest, within: Within, is_single: bool) -> RowStatement:
        size = request.size if request.size in USUAL_SIZES else None
        form = (is_single, request.backwards, request.after is None, request.before is None, within.shape, size)
        found = self._statements.get(form)
        if found is None:
            if len(self._statements) >= MOST_FORMS:
                self._statements.clear()
            found = self._statements[form] = self._made(request, within, is_single)
        return found

    def _made(self, request: PageRequest, within: Within, is_single: bool) -> RowStatement:
        statement = select(self._model).where(*self._conditions, *within.conditions)
        order, size = self._keyset.order(request), _limit(request)
        if is_single:
            statement = self._keyset.within(statement.where(self._parent == KEY), request)
            return RowStatement(statement, self._model, {}, order=order, size=size)
        given = func.unnest(KEYS).table_valued(column("key", ID), name="parents").render_derived()
        statement = self._keyset.within(statement.where(self._parent == given.c.key), request)
        rows = statement.order_by(*order).limit(size).lateral("rows")
        model = aliased(self._model, rows)
        statement = select(model).select_from(given).join(model, always())
        return RowStatement(statement, model, {}, is_unsorted=True)


def _limit(request: PageRequest) -> ColumnElement[int]:
    # PostgreSQL plans a statement anew for each execution whose number of rows it does not know: 70 µs a page.
    if request.size in USUAL_SIZES:
        return literal_column(str(request.size + 1), Integer)
    return bindparam("size", type_=Integer)
