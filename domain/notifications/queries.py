"""The signed-in person's notifications: the row policy shows nobody else's."""

from collections.abc import Sequence
from uuid import UUID

from sqlalchemy import select

from domain.notifications.models import Notification
from domain.pages import Keyset, Page, PageRequest, pages_by
from runtime.reader import Reader

NEWEST_FIRST = Keyset((Notification.at, Notification.id))


async def notifications_by_ids(reader: Reader, ids: Sequence[UUID]) -> dict[UUID, Notification]:
    statement = select(Notification).where(
        Notification.household_id == reader.viewer.household_id, Notification.id.in_(ids)
    )
    return {one.id: one for one in await reader.all(statement)}


async def notifications_by_household(
    reader: Reader, household_ids: Sequence[UUID], *, unread_only: bool, request: PageRequest
) -> dict[UUID, Page[Notification]]:
    """The newest first. Raises `CursorProblem`."""
    statement = select(Notification).where(Notification.user_id == reader.viewer.user_id)
    if unread_only:
        statement = statement.where(Notification.read_at.is_(None))
    return await pages_by(reader, statement, Notification.household_id, household_ids, NEWEST_FIRST, request)
