"""What the signed-in person is told, the moment it is."""

from collections.abc import Sequence
from dataclasses import dataclass
from uuid import UUID

import strawberry

from api.fields import column, edge
from api.live.following import Following, Subscriber, Topic, start_of
from api.live.gate import After, subscription
from api.notifications.types import Notification
from api.scopes import requires
from domain import events
from domain.changes.lines import Line
from domain.changes.position import Position
from domain.changes.queries import changes_in
from domain.notifications.queries import notifications_by_ids
from runtime.reader import Reader


@dataclass(frozen=True, slots=True)
class NotificationEvent:
    sequence: str
    notification_id: UUID


@requires("notifications:read")
@strawberry.type(description="A notification for the signed-in person.")
class NotificationArrived:
    sequence: str = column("The position behind this event: pass it as `after` to go on from here. Opaque.")
    notification: Notification = edge(
        notifications_by_ids, "notification_id", description="The notification as it is now."
    )


async def notification_arrived(subscriber: Subscriber, after: After = None) -> Following[NotificationEvent]:
    stream_id = subscriber.viewer.household_id
    async with subscriber.reader() as reader:
        start = await start_of(reader, stream_id, after)

    async def events_of(reader: Reader, lines: Sequence[Line], position: Position) -> list[NotificationEvent]:
        arrived = [change for line in lines for change in changes_in(stream_id, line, position)]
        there = await notifications_by_ids(reader, [change.subject_id for change in arrived])
        return [NotificationEvent(one.sequence, one.subject_id) for one in arrived if one.subject_id in there]

    topic = Topic(stream_id, events_of, kinds={events.NotificationArrived.__name__})
    return Following(subscriber, topic, start, is_current=after is None)


@strawberry.type
class NotificationSubscription:
    notification_arrived: NotificationArrived = subscription(
        notification_arrived,
        description="What the signed-in person is told, the moment it is; nobody else's.",
        scope="notifications:read",
    )
