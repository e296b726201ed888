"""Groups that the person belongs to, and what their members see of each other."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from decimal import Decimal
from uuid import UUID

from sqlalchemy import any_, select

from domain.pages import Keyset, Page, PageRequest, PagesByKey
from domain.rows import ListByKey, OneByKey
from domain.savings_groups.models import GroupContribution, GroupMember, GroupMembership, SavingsGroup
from runtime.reader import Reader
from runtime.statements import KEYS, PERSON, Statement

NEWEST_FIRST = Keyset((GroupContribution.at, GroupContribution.id))


@dataclass(frozen=True, slots=True)
class Member:
    """A member as the others see them: a name and what they gave. `is_me` is the reader's own."""

    id: UUID
    group_id: UUID
    display_name: str
    contributed: Decimal
    currency: str
    joined_at: datetime
    is_me: bool


groups_by_ids = OneByKey[SavingsGroup](SavingsGroup, SavingsGroup.group_id)

groups_by_household = ListByKey(
    SavingsGroup,
    GroupMembership.household_id,
    GroupMembership.user_id == PERSON,
    order=(SavingsGroup.created_at, SavingsGroup.group_id),
    joined=SavingsGroup.group_id == GroupMembership.group_id,
)
"""The person's groups in each household, as they were made."""


async def members_by_group(reader: Reader, group_ids: Sequence[UUID]) -> dict[UUID, list[Member]]:
    """Who belongs to each group now, the first one first."""
    found: dict[UUID, list[Member]] = {id: [] for id in group_ids}
    for row in await reader.fetch(_PRESENT, keys=list(group_ids)):
        member = Member(*row)
        found[member.group_id].append(member)
    return found


async def members_by_ids(reader: Reader, ids: Sequence[UUID]) -> dict[UUID, Member]:
    """Those who have left as well: what they gave is still there."""
    return {row[0]: Member(*row) for row in await reader.fetch(_BY_IDS, keys=list(ids))}


contributions_by_ids = OneByKey[GroupContribution](GroupContribution, GroupContribution.id)

_contributions = PagesByKey(GroupContribution, GroupContribution.group_id, NEWEST_FIRST)


async def contributions_by_group(
    reader: Reader, group_ids: Sequence[UUID], request: PageRequest
) -> dict[UUID, Page[GroupContribution]]:
    """The newest first. Raises `CursorProblem`."""
    return await _contributions(reader, group_ids, request)


# One sees one's own memberships only: whose there is one is oneself.
_MEMBERS = (
    select(
        GroupMember.id,
        GroupMember.group_id,
        GroupMember.display_name,
        GroupMember.contributed,
        SavingsGroup.currency,
        GroupMember.joined_at,
        GroupMembership.member_id.is_not(None),
    )
    .join(SavingsGroup, SavingsGroup.group_id == GroupMember.group_id)
    .outerjoin(
        GroupMembership,
        (GroupMembership.group_id == GroupMember.group_id) & (GroupMembership.member_id == GroupMember.id),
    )
    .order_by(GroupMember.joined_at, GroupMember.id)
)
_PRESENT = Statement(_MEMBERS.where(GroupMember.group_id == any_(KEYS), GroupMember.left_at.is_(None)))
_BY_IDS = Statement(_MEMBERS.where(GroupMember.id == any_(KEYS)))
