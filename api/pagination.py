"""Connections: keyset pages, forwards and backwards."""

from typing import Generic, TypeVar

import strawberry

from api.errors import bad_input
from api.fields import column, same
from api.scopes import requires
from domain.pages import MOST, USUAL, PageRequest

T = TypeVar("T")


@requires("any")
@strawberry.type(description="Where a page lies in its list.")
class PageInfo:
    has_next_page: bool = column("Whether more follows after this page.")
    has_previous_page: bool = column("Whether something comes before this page.")
    start_cursor: str | None = column("The first edge's cursor; null on an empty page.")
    end_cursor: str | None = column(
        "The last edge's cursor: pass it as `after` for the next page; null on an empty page."
    )


@strawberry.type(description="An object in a list, with its place in it.")
class Edge(Generic[T]):
    cursor: str = column("The place: pass it as `after` or `before`. Opaque.")
    node: T = column("The object itself.")


@strawberry.type(description="A page of a list.")
class Connection(Generic[T]):
    edges: list[Edge[T]] = column("The page's objects with their cursors, in order.")
    nodes: list[T] = column("The page's objects, in order.")
    page_info: PageInfo = same("Where the page lies in the list.")


def page_request(
    first: int | None = None, after: str | None = None, last: int | None = None, before: str | None = None
) -> PageRequest:
    """Raises BAD_USER_INPUT for sizes out of 1 to 100 and for both directions at once."""
    if first is not None and last is not None:
        raise bad_input("Give `first` or `last`, not both.")
    for name, size in (("first", first), ("last", last)):
        if size is not None and not 1 <= size <= MOST:
            raise bad_input(f"`{name}` is from 1 to {MOST}.")
    return PageRequest(size=first or last or USUAL, backwards=last is not None, after=after, before=before)
