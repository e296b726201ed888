"""The push side of the journal: every change of the household."""

from collections.abc import Sequence

import strawberry

from api.changes.types import Change
from api.live.following import Following, Subscriber, Topic, start_of
from api.live.gate import After, subscription
from api.node import may_see
from domain.changes import queries
from domain.changes.lines import Line
from domain.changes.position import Position
from domain.changes.queries import changes_in
from runtime.reader import Reader


async def changes(subscriber: Subscriber, after: After = None) -> Following[queries.Change]:
    stream_id = subscriber.viewer.household_id
    async with subscriber.reader() as reader:
        start = await start_of(reader, stream_id, after)

    async def events_of(reader: Reader, lines: Sequence[Line], position: Position) -> list[queries.Change]:
        seen = [line for line in lines if may_see(reader, line.subject)]
        return [change for line in seen for change in changes_in(stream_id, line, position)]

    return Following(subscriber, Topic(stream_id, events_of), start, is_current=after is None)


@strawberry.type
class ChangesSubscription:
    changes: Change = subscription(
        changes, description="Every change of the household, the push side of Viewer.changes.", scope="changes:read"
    )
