"""Savings groups, their members and what they gave."""

from collections.abc import Sequence
from datetime import date, datetime
from typing import Annotated
from uuid import UUID

import strawberry

from api import ids
from api.changes.queries import changes_of_group
from api.changes.types import PREFIXES_OF_NO_NODES, Change
from api.fields import column, edge, value
from api.gates import Payload
from api.money import Money, money_of
from api.node import Node, node_type
from api.pagination import Connection, page_request
from api.scopes import requires
from domain.changes.queries import sequences_of
from domain.pages import Page
from domain.savings_groups import models
from domain.savings_groups.queries import (
    contributions_by_group,
    contributions_by_ids,
    groups_by_ids,
    members_by_group,
    members_by_ids,
)
from runtime.reader import Reader


def member_id(id: UUID) -> str:
    return ids.encode(PREFIXES_OF_NO_NODES["SavingsGroupMember"], id)


@requires("groups:read")
@strawberry.type(description="A person in a group, as the other members see them.")
class SavingsGroupMember:
    id: strawberry.ID = value("Known in this group only.", member_id, "id")
    display_name: str = column("How the person is called.")
    contributed: Money = money_of("What the person gave, less what was taken back.", "contributed", "currency")
    joined_at: datetime = column("Since when the person belongs to the group.")
    is_me: bool = column("Whether it is the signed-in person.")


@requires("groups:read")
@node_type(
    "gct",
    models.GroupContribution,
    by_ids=contributions_by_ids,
    description="What a member gave to a group; negative where it was taken back.",
)
class GroupContribution(Node):
    by: SavingsGroupMember = edge(
        members_by_ids, "member_id", description="Who gave it, also after they have left the group."
    )
    amount: Money = money_of("Money into the group is positive, taken back negative.", "amount", "currency")
    message: str | None = column("What the member said to it.")
    at: datetime = column("When it was given.")


async def contributions_of_group(
    reader: Reader,
    group_ids: Sequence[UUID],
    first: Annotated[int | None, strawberry.argument(description="How many, 1 to 100; 50 where left out.")] = None,
    after: Annotated[str | None, strawberry.argument(description="The cursor that the page follows.")] = None,
) -> dict[UUID, Page[models.GroupContribution]]:
    return await contributions_by_group(reader, group_ids, page_request(first, after))


@requires("groups:read")
@node_type(
    "grp",
    models.SavingsGroup,
    by_ids=groups_by_ids,
    id_column="group_id",
    description="People of different households saving together. Members see each other's contributions, never each "
    "other's accounts.",
)
class SavingsGroup(Node):
    name: str = column("How its members call it.")
    target: Money = money_of("What they save for.", "target", "currency")
    saved: Money = money_of("What there is now: all contributions together.", "saved", "currency")
    target_date: date | None = column("When they want to have it; null where it does not matter.")
    sequence: str = edge(
        sequences_of,
        "group_id",
        description="The newest position in this group's own journal; `after` of groupUpdated. Opaque.",
    )
    members: list[SavingsGroupMember] = edge(
        members_by_group, "group_id", description="Who belongs to it now, the first one first."
    )
    contributions: Connection[GroupContribution] = edge(
        contributions_of_group, "group_id", description="All contributions, the newest first."
    )
    invite_code: str = column("Only members may see it; a new one replaces the old.")
    changes: Connection[Change] = edge(
        changes_of_group,
        "group_id",
        description="What changed in this group since a position: the pull side of `groupUpdated`.",
    )


@strawberry.type(description="A savings group that was founded, joined, left or changed.")
class SavingsGroupPayload(Payload):
    savings_group: SavingsGroup | None = edge(
        groups_by_ids,
        "object_id",
        description="The group; null where it was refused, and after leaving: then it can be seen no more.",
    )


@strawberry.type(description="A contribution to a savings group.")
class GroupContributionPayload(Payload):
    contribution: GroupContribution | None = edge(
        contributions_by_ids, "object_id", description="The contribution; null where it was refused."
    )
