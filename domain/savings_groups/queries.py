"""Groups that the person belongs to, and what their members see of each other."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from decimal import Decimal
from uuid import UUID

from sqlalchemy import ColumnElement, select

from domain.pages import Keyset, Page, PageRequest, pages_by
from domain.savings_groups.models import GroupContribution, GroupMember, GroupMembership, SavingsGroup
from runtime.reader import Reader

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


async def groups_by_ids(reader: Reader, ids: Sequence[UUID]) -> dict[UUID, SavingsGroup]:
    return {one.group_id: one for one in await reader.all(select(SavingsGroup).where(SavingsGroup.group_id.in_(ids)))}


async def groups_by_household(reader: Reader, household_ids: Sequence[UUID]) -> dict[UUID, list[SavingsGroup]]:
    """The person's groups in each household, as they were made."""
    found: dict[UUID, list[SavingsGroup]] = {id: [] for id in household_ids}
    rows = await reader.execute(
        select(GroupMembership.household_id, SavingsGroup)
        .join(SavingsGroup, SavingsGroup.group_id == GroupMembership.group_id)
        .where(GroupMembership.household_id.in_(household_ids), GroupMembership.user_id == reader.viewer.user_id)
        .order_by(SavingsGroup.created_at, SavingsGroup.group_id)
    )
    for household_id, group in rows:
        found[household_id].append(group)
    return found


async def members_by_group(reader: Reader, group_ids: Sequence[UUID]) -> dict[UUID, list[Member]]:
    """Who belongs to each group now, the first one first."""
    found: dict[UUID, list[Member]] = {id: [] for id in group_ids}
    here = GroupMember.group_id.in_(group_ids) & GroupMember.left_at.is_(None)
    for member in await _members(reader, here):
        found[member.group_id].append(member)
    return found


async def members_by_ids(reader: Reader, ids: Sequence[UUID]) -> dict[UUID, Member]:
    """Those who have left as well: what they gave is still there."""
    return {member.id: member for member in await _members(reader, GroupMember.id.in_(ids))}


async def contributions_by_ids(reader: Reader, ids: Sequence[UUID]) -> dict[UUID, GroupContribution]:
    found = await reader.all(select(GroupContribution).where(GroupContribution.id.in_(ids)))
    return {one.id: one for one in found}


async def contributions_by_group(
    reader: Reader, group_ids: Sequence[UUID], request: PageRequest
) -> dict[UUID, Page[GroupContribution]]:
    """The newest first. Raises `CursorProblem`."""
    statement = select(GroupContribution)
    return await pages_by(reader, statement, GroupContribution.group_id, group_ids, NEWEST_FIRST, request)


async def _members(reader: Reader, condition: ColumnElement[bool]) -> list[Member]:
    # One sees one's own memberships only: whose there is one is oneself.
    rows = await reader.execute(
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
        .where(condition)
        .order_by(GroupMember.joined_at, GroupMember.id)
    )
    return [Member(*row) for row in rows]
