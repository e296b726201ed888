"""Having read one's notifications."""

import strawberry

from api.gates import Outcome, mutation
from api.ids import input_id
from api.notifications.types import MarkNotificationsReadPayload
from domain.notifications import commands
from runtime.unit import Unit


@strawberry.input(description="Notifications to mark as read.")
class MarkNotificationsReadInput:
    notification_ids: list[strawberry.ID] = strawberry.field(description="At most 100 of one's own.")


async def mark_notifications_read(unit: Unit, input: MarkNotificationsReadInput) -> Outcome:
    ids = [input_id("ntf", id, "notificationIds", str(place)) for place, id in enumerate(input.notification_ids)]
    return Outcome(details={"notifications": await commands.mark_notifications_read(unit, ids)})


@strawberry.type
class NotificationMutations:
    mark_notifications_read: MarkNotificationsReadPayload | None = mutation(
        mark_notifications_read,
        description="Mark notifications as read. Reading them again changes nothing.",
        open_to_viewers=True,
        scope="notifications:write",
    )
