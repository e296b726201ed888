"""What the server tells a person of its own accord."""

from collections.abc import Sequence
from datetime import datetime
from enum import Enum
from typing import Any
from uuid import UUID

import strawberry

from api.fields import column, edge, value
from api.gates import Payload
from api.node import KINDS, Node, may_see, node_type
from api.scopes import requires
from domain.notifications import models
from domain.notifications.queries import notifications_by_ids
from runtime.reader import Reader


@strawberry.enum(description="What a notification is about.")
class NotificationKind(Enum):
    BUDGET_NEARING = strawberry.enum_value(
        "BUDGET_NEARING", description="85 % of what a budget allows in a period is spent. Told once per period."
    )
    BUDGET_EXCEEDED = strawberry.enum_value(
        "BUDGET_EXCEEDED", description="More is spent than a budget allows in a period. Told once per period."
    )
    SYNC_TROUBLE = strawberry.enum_value(
        "SYNC_TROUBLE", description="A bank link cannot be synchronised without the person."
    )


async def subjects_by_name(
    reader: Reader, keys: Sequence[tuple[str | None, UUID | None]]
) -> dict[tuple[str | None, UUID | None], Any]:
    """Objects by the name of their type and their id; one statement for each type."""
    wanted: dict[str, list[UUID]] = {}
    for name, id in keys:
        if name is not None and id is not None and name in KINDS and may_see(reader, name):
            wanted.setdefault(name, []).append(id)
    found: dict[tuple[str | None, UUID | None], Any] = {}
    for name, ids in wanted.items():
        rows = await KINDS[name].by_ids(reader, ids)
        found.update({(name, id): row for id, row in rows.items()})
    return found


@requires("notifications:read")
@node_type(
    "ntf", models.Notification, by_ids=notifications_by_ids, description="Something that one person is told, once."
)
class Notification(Node):
    kind: NotificationKind = column("What it is about.")
    title: str = column("One line.")
    body: str = column("A sentence or two.")
    at: datetime = column("When it was told.")
    read_at: datetime | None = column("When the person had read it; null until then.")
    subject: Node | None = edge(
        subjects_by_name,
        "subject",
        "subject_id",
        description="What it is about, such as a Budget; null where that is gone, or where there is nothing.",
    )


def _as_list(rows: list[models.Notification] | None) -> list[models.Notification]:
    return rows or []


@strawberry.type(description="Notifications that were read.")
class MarkNotificationsReadPayload(Payload):
    notifications: list[Notification] = value(
        "In the order given; empty where it was refused.", _as_list, "notifications"
    )
