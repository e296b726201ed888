"""Telling people of a household something once, and their having read it."""

from collections.abc import Sequence
from uuid import UUID

from sqlalchemy import select

from domain.events import NotificationArrived, NotificationRead
from domain.households.models import HouseholdMember
from domain.mistakes import not_found, too_many
from domain.notifications.models import Notification
from runtime.ids import new_id
from runtime.unit import Unit

MOST_MARKED = 100
"""So many can be marked as read at once: as many as a page has."""

# Without naming the constraint: naming it takes the right to read the row, and it is another person's alone.
_INSERT = """
insert into notifications (household_id, id, user_id, kind, title, body, once_key, subject, subject_id, at)
values ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10)
on conflict do nothing
"""


async def notify(
    unit: Unit,
    *,
    kind: str,
    title: str,
    body: str,
    once_key: str,
    subject: str | None = None,
    subject_id: UUID | None = None,
    user_ids: Sequence[UUID] | None = None,
) -> list[UUID]:
    """Tell each of `user_ids`, all members where it is left out, unless they were told under this key before.

    `kind` is a NotificationKind, `subject` the name of a type in the schema. Gives the ids of the notifications that
    were made. Safe to call twice, and at the same time.
    """
    if user_ids is None:
        members = select(HouseholdMember.user_id).where(HouseholdMember.household_id == unit.household_id)
        user_ids = (await unit.session.scalars(members)).all()
    connection = await unit.connection()
    made = []
    for user_id in sorted(user_ids):
        id = new_id()
        values = (unit.household_id, id, user_id, kind, title, body, once_key, subject, subject_id, unit.at)
        if await connection.execute(_INSERT, *values) == "INSERT 0 1":
            unit.record(NotificationArrived(ids=[id], data={"person": str(user_id)}))
            made.append(id)
    return made


async def mark_notifications_read(unit: Unit, notification_ids: Sequence[UUID]) -> list[Notification]:
    """The person's own notifications, read now; one that was read before keeps its time. In the order given.

    TOO_MANY above 100, NOT_FOUND where one is not there or another person's: then none is marked.
    """
    path = ("input", "notificationIds")
    if len(notification_ids) > MOST_MARKED:
        raise too_many(f"At most {MOST_MARKED} notifications at once.", *path)
    statement = (
        select(Notification)
        .where(Notification.household_id == unit.household_id, Notification.id.in_(notification_ids))
        .order_by(Notification.id)
        .with_for_update()
    )
    found = {one.id: one for one in (await unit.session.scalars(statement)).all()}
    for place, id in enumerate(notification_ids):
        if id not in found:
            raise not_found("There is no such notification.", *path, str(place))
    unread = [one for one in found.values() if one.read_at is None]
    for one in unread:
        one.read_at = unit.at
    unit.record(NotificationRead(ids=[one.id for one in unread], data={"person": str(unit.viewer.user_id)}))
    return [found[id] for id in dict.fromkeys(notification_ids)]
