"""Reading one's notifications."""

from collections.abc import Sequence
from typing import Annotated
from uuid import UUID

import strawberry

from api.fields import edge
from api.notifications.types import Notification
from api.pagination import Connection, page_request
from domain.notifications import models
from domain.notifications.queries import notifications_by_household
from domain.pages import Page
from runtime.reader import Reader


async def notifications(
    reader: Reader,
    household_ids: Sequence[UUID],
    unread_only: Annotated[bool | None, strawberry.argument(description="Leave out what was read.")] = False,
    first: Annotated[int | None, strawberry.argument(description="How many, 1 to 100; 50 where left out.")] = None,
    after: Annotated[str | None, strawberry.argument(description="The cursor that the page follows.")] = None,
) -> dict[UUID, Page[models.Notification]]:
    request = page_request(first, after)
    return await notifications_by_household(reader, household_ids, unread_only=bool(unread_only), request=request)


@strawberry.type
class NotificationsOfViewer:
    notifications: Connection[Notification] = edge(
        notifications,
        "household_id",
        description="What the signed-in person was told, the newest first.",
        scope="notifications:read",
    )
