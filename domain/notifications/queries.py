"""The signed-in person's notifications: the row policy shows nobody else's."""

from collections.abc import Sequence
from uuid import UUID

from domain.notifications.models import Notification
from domain.pages import Keyset, Page, PageRequest, PagesByKey, Within
from domain.rows import OneByKey
from runtime.reader import Reader
from runtime.statements import HOUSEHOLD, PERSON

NEWEST_FIRST = Keyset((Notification.at, Notification.id))

notifications_by_ids = OneByKey[Notification](Notification, Notification.id, Notification.household_id == HOUSEHOLD)

_notifications = PagesByKey(Notification, Notification.household_id, NEWEST_FIRST, Notification.user_id == PERSON)
_EVERY = Within()
_UNREAD = Within("unread", [Notification.read_at.is_(None)])


async def notifications_by_household(
    reader: Reader, household_ids: Sequence[UUID], *, unread_only: bool, request: PageRequest
) -> dict[UUID, Page[Notification]]:
    """The newest first. Raises `CursorProblem`."""
    return await _notifications(reader, household_ids, request, _UNREAD if unread_only else _EVERY)
