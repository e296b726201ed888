"""A savings group, live: every member hears the same, in the same order."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from enum import Enum
from typing import Annotated
from uuid import UUID

import strawberry

from api.errors import bad_input
from api.fields import column, edge
from api.ids import BadId, decode_as
from api.live.following import Following, Subscriber, Topic, start_of
from api.live.gate import After, subscription
from api.savings_groups.types import GroupContribution, SavingsGroup, SavingsGroupMember
from api.scopes import requires
from domain import events
from domain.changes.lines import Line
from domain.changes.position import Position, encode_position
from domain.savings_groups.queries import contributions_by_ids, groups_by_ids, members_by_ids
from runtime.reader import Reader


@strawberry.enum(description="What happened in a savings group.")
class GroupEventKind(Enum):
    CONTRIBUTED = strawberry.enum_value("CONTRIBUTED", description="A member gave something, or took it back.")
    JOINED = strawberry.enum_value("JOINED", description="Somebody came in.")
    LEFT = strawberry.enum_value("LEFT", description="Somebody went.")
    MILESTONE = strawberry.enum_value(
        "MILESTONE", description="25, 50, 75 or 100 % of the target was reached, for the first time."
    )
    CHANGED = strawberry.enum_value(
        "CHANGED", description="The group itself was founded or changed, or a member has another name."
    )


KINDS = {
    events.GroupFounded.__name__: "CHANGED",
    events.GroupChanged.__name__: "CHANGED",
    events.GroupContributed.__name__: "CONTRIBUTED",
    events.GroupJoined.__name__: "JOINED",
    events.GroupLeft.__name__: "LEFT",
    events.GroupMemberRenamed.__name__: "CHANGED",
    events.GroupMilestoneReached.__name__: "MILESTONE",
}


@dataclass(frozen=True, slots=True)
class GroupEvent:
    sequence: str
    at: datetime
    kind: str
    group_id: UUID
    contribution_id: UUID | None
    member_id: UUID | None


@requires("groups:read")
@strawberry.type(description="Something happened in a savings group.")
class GroupUpdated:
    sequence: str = column("The position behind this event in the group's journal, not in a household's. Opaque.")
    at: datetime = column("When it happened.")
    kind: GroupEventKind = column("What happened.")
    group: SavingsGroup = edge(groups_by_ids, "group_id", description="The group as it is now.")
    contribution: GroupContribution | None = edge(
        contributions_by_ids, "contribution_id", description="What was given; null where nothing was."
    )
    member: SavingsGroupMember | None = edge(
        members_by_ids, "member_id", description="Who came, went or gave; null where it was nobody in particular."
    )


async def group_updated(
    subscriber: Subscriber,
    group_id: Annotated[strawberry.ID, strawberry.argument(description="A group that the person belongs to.")],
    after: After = None,
) -> Following[GroupEvent]:
    try:
        stream_id = decode_as("grp", group_id)
    except BadId:
        raise bad_input("`groupId`: there is no such group.") from None
    async with subscriber.reader() as reader:
        if not await groups_by_ids(reader, [stream_id]):
            raise bad_input("`groupId`: there is no such group.")
        start = await start_of(reader, stream_id, after)

    async def events_of(_reader: Reader, lines: Sequence[Line], _position: Position) -> list[GroupEvent]:
        return [_event(stream_id, line) for line in lines]

    topic = Topic(stream_id, events_of, kinds=KINDS.keys(), with_data=True)
    return Following(subscriber, topic, start, is_current=after is None)


def _event(group_id: UUID, line: Line) -> GroupEvent:
    contribution_id = member_id = None
    if line.subject == "GroupContribution":
        (contribution_id,) = line.ids
        member_id = UUID(line.data["member"]) if line.data else None
    elif line.subject == "SavingsGroupMember":
        (member_id,) = line.ids
    sequence = encode_position(group_id, Position.after(line.seq))
    return GroupEvent(sequence, line.at, KINDS[line.kind], group_id, contribution_id, member_id)


@strawberry.type
class GroupSubscription:
    group_updated: GroupUpdated = subscription(
        group_updated,
        description="Contributions, new members and milestones of a savings group, as they happen.",
        scope="groups:read",
    )
