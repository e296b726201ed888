"""Keyset pages: a place in a list is the sort values of a row, so pages stay right while rows come and go.

A cursor is those values as text, in base64: opaque to clients, checked when it comes back.
"""

import base64
import binascii
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from datetime import UTC, date, datetime
from typing import Any, Generic, TypeVar
from uuid import UUID

from sqlalchemy import Select, column, func, literal, select, text, tuple_
from sqlalchemy import true as always
from sqlalchemy.dialects.postgresql import ARRAY
from sqlalchemy.dialects.postgresql import UUID as POSTGRES_UUID
from sqlalchemy.orm import InstrumentedAttribute, aliased

from domain.mistakes import Problem
from runtime.reader import Reader

T = TypeVar("T")

MOST, USUAL = 100, 50
_LONGEST_CURSOR = 200
_SEPARATOR = "\x1f"
_SORTING = text("select set_config('enable_sort', :sort, true)")


class CursorProblem(Problem):
    """Not a place in this list."""


@dataclass(frozen=True)
class PageRequest:
    """`size` rows after and before the given cursors, counted from the list's other end where `backwards`."""

    size: int = USUAL
    backwards: bool = False
    after: str | None = None
    before: str | None = None


@dataclass(frozen=True)
class PageEdge(Generic[T]):
    cursor: str
    node: T


@dataclass(frozen=True)
class Page(Generic[T]):
    edges: Sequence[PageEdge[T]]
    has_next_page: bool = False
    has_previous_page: bool = False

    @property
    def nodes(self) -> list[T]:
        return [edge.node for edge in self.edges]

    @property
    def start_cursor(self) -> str | None:
        return self.edges[0].cursor if self.edges else None

    @property
    def end_cursor(self) -> str | None:
        return self.edges[-1].cursor if self.edges else None


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

    def cut(self, statement: Select[T], request: PageRequest) -> Select[T]:
        """The statement's rows within the cursors, ordered, one more than the page holds."""
        place = tuple_(*self.columns)
        for cursor, name, following in ((request.after, "after", True), (request.before, "before", False)):
            if cursor is not None:
                bound = tuple_(*self.values(cursor, name))
                statement = statement.where(place < bound if following == self.descending else place > bound)
        downwards = self.descending != request.backwards
        order = [one.desc() if downwards else one.asc() for one in self.columns]
        return statement.order_by(*order).limit(request.size + 1)

    def page(self, rows: Sequence[T], request: PageRequest) -> Page[T]:
        """What `cut` found, as a page in the list's own order."""
        more = len(rows) > request.size
        kept = list(rows[: request.size])
        if request.backwards:
            kept.reverse()
        return Page(
            edges=[PageEdge(self.cursor(row), row) for row in kept],
            has_next_page=request.before is not None if request.backwards else more,
            has_previous_page=more if request.backwards else request.after is not None,
        )


async def one_page(reader: Reader, statement: Select[T], keyset: Keyset, request: PageRequest) -> Page[T]:
    """A page of one list."""
    return keyset.page(await reader.all(keyset.cut(statement, request)), request)


async def pages_by(
    reader: Reader,
    statement: Select[T],
    parent: InstrumentedAttribute[Any],
    keys: Sequence[UUID],
    keyset: Keyset,
    request: PageRequest,
) -> dict[UUID, Page[T]]:
    """A page of each parent's list, in one statement however many parents there are.

    An account's household is no news, but PostgreSQL multiplies the odds of both, expects a handful of rows and sorts
    all there are. Told not to sort where it need not, it walks the index as far as the page goes.
    """
    given = (
        func.unnest(literal(list(keys), ARRAY(POSTGRES_UUID(as_uuid=True))))
        .table_valued(column("key", POSTGRES_UUID(as_uuid=True)), name="parents")
        .render_derived()
    )
    rows = keyset.cut(statement.where(parent == given.c.key), request).lateral("rows")
    model = aliased(parent.class_, rows)
    await reader.execute(_SORTING, {"sort": "off"})
    found = (await reader.execute(select(given.c.key, model).select_from(given).join(model, always()))).all()
    await reader.execute(_SORTING, {"sort": "on"})
    by_key: dict[UUID, list[T]] = {key: [] for key in keys}
    for key, row in found:
        by_key[key].append(row)
    return {key: keyset.page(rows_of, request) for key, rows_of in by_key.items()}
