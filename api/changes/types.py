"""What changed, as clients see it: one object at a time."""

from collections.abc import Sequence
from datetime import datetime
from enum import Enum
from typing import Any
from uuid import UUID

import strawberry

from api import ids
from api.fields import column, edge, value
from api.node import KINDS, Node, may_see
from api.scopes import requires
from runtime.facts import Change as Kind
from runtime.reader import Reader

PREFIXES_OF_NO_NODES = {"SavingsGroupMember": "mem"}
"""Types with an id that `node` does not find."""


@strawberry.enum(description="What happened to an object.")
class ChangeKind(Enum):
    CREATED = strawberry.enum_value("CREATED", description="It is new.")
    UPDATED = strawberry.enum_value("UPDATED", description="It was there, and is different now.")
    DELETED = strawberry.enum_value("DELETED", description="It is gone.")


def prefix_of(subject: str) -> str:
    return PREFIXES_OF_NO_NODES.get(subject) or KINDS[subject].prefix


def id_of(subject: str, subject_id: UUID) -> str:
    return ids.encode(prefix_of(subject), subject_id)


async def nodes_of_changes(reader: Reader, keys: Sequence[tuple[Kind, str, UUID]]) -> dict[tuple[Kind, str, UUID], Any]:
    """The objects as they are now, one query for each type."""
    wanted: dict[str, set[UUID]] = {}
    for kind, subject, subject_id in keys:
        if kind is not Kind.DELETED and subject in KINDS and may_see(reader, subject):
            wanted.setdefault(subject, set()).add(subject_id)
    rows = {subject: await KINDS[subject].by_ids(reader, list(found)) for subject, found in wanted.items()}
    return {key: row for key in keys if (row := rows.get(key[1], {}).get(key[2])) is not None}


@requires("changes:read")
@strawberry.type(
    description="One thing that changed. `node` is null where it was deleted, or where the reader may not see it "
    "(any more)."
)
class Change:
    sequence: str = column("The position behind this change: pass it as `after` to go on from here. Opaque.")
    at: datetime = column("When it was committed.")
    kind: ChangeKind = column("What happened to it.")
    id: strawberry.ID = value("Which object.", id_of, "subject", "subject_id")
    node: Node | None = edge(
        nodes_of_changes,
        "kind",
        "subject",
        "subject_id",
        description="The object as it is now; null where it was deleted, cannot be seen, or has no `node`.",
    )
