"""The pull side of the journal: what changed since a position, page by page."""

from collections.abc import Sequence
from typing import Annotated
from uuid import UUID

import strawberry

from api.changes.types import PREFIXES_OF_NO_NODES, Change
from api.errors import bad_input
from api.fields import edge
from api.node import KINDS, may_see
from api.pagination import Connection, page_request
from domain.changes import queries
from domain.changes.queries import sequences_of
from domain.pages import Page
from runtime.reader import Reader

MOST_TYPES = 50

After = Annotated[
    str, strawberry.argument(description="A position of this journal: `sequence`, or a change's `sequence`.")
]
First = Annotated[int | None, strawberry.argument(description="How many at most, 1 to 100; 50 where left out.")]
Types = Annotated[
    list[str] | None, strawberry.argument(description="Only changes of objects of these types of this schema.")
]


async def changes_of_household(
    reader: Reader, ids: Sequence[UUID], after: After, first: First = None, types: Types = None
) -> dict[UUID, Page[queries.Change]]:
    size, subjects = page_request(first).size, _readable(reader, _checked(types))
    return {id: await queries.page_of_changes(reader, id, after=after, size=size, subjects=subjects) for id in set(ids)}


async def changes_of_group(
    reader: Reader, ids: Sequence[UUID], after: After, first: First = None
) -> dict[UUID, Page[queries.Change]]:
    """`after` belongs to one group: asked of several at once it is wrong for the others."""
    return await changes_of_household(reader, ids, after, first)


def _readable(reader: Reader, types: list[str] | None) -> list[str] | None:
    """Those of the types (None: all) that a third party's scopes reach."""
    if reader.viewer.scopes is None:
        return types
    asked = [*KINDS, *PREFIXES_OF_NO_NODES] if types is None else types
    return [name for name in asked if may_see(reader, name)]


def _checked(types: list[str] | None) -> list[str] | None:
    if types is None:
        return None
    if len(types) > MOST_TYPES:
        raise bad_input(f"`types` has at most {MOST_TYPES} names.")
    for name in types:
        if name not in KINDS and name not in PREFIXES_OF_NO_NODES:
            raise bad_input(f"`types`: there is no type {name[:100]!r} of objects with an id.")
    return types


@strawberry.type
class ChangesOfViewer:
    sequence: str = edge(
        sequences_of,
        "household_id",
        description="The newest position in this household's journal; pass it as `after` to resume without a gap. "
        "Opaque.",
        scope="changes:read",
    )
    changes: Connection[Change] = edge(
        changes_of_household,
        "household_id",
        description="Everything that changed since a position, oldest first, deletions included: the pull side of "
        "Subscription.changes. `types` are names of types in this schema.",
        scope="changes:read",
    )
