"""Founding, joining and leaving savings groups.

What happens in a group stands in the group's own journal, where people are named as members: nobody learns from it
which person, or whose household, a member is.
"""

import secrets
from datetime import date
from uuid import UUID

from sqlalchemy import delete, func, select, update
from sqlalchemy.exc import IntegrityError

from domain import text
from domain.events import GroupChanged, GroupFounded, GroupJoined, GroupLeft, GroupMemberRenamed
from domain.identity.models import User
from domain.mistakes import conflict, invalid, invalid_at, not_allowed, not_found, too_many
from domain.money import Money
from domain.periods import check_day
from domain.savings_groups.models import GroupMember, GroupMembership, SavingsGroup
from domain.savings_groups.rules import InviteCodeProblem, new_invite_code, normalize_invite_code
from runtime.ids import new_id
from runtime.unit import Unit
from runtime.viewer import VIEWER

MOST_MEMBERS = 100
MOST_GROUPS = 100
_NO_GROUP = "There is no such group, or you do not belong to it."


def member_actor(member_id: UUID) -> str:
    """Who did it, as a group's journal says it."""
    return f"member:{member_id}"


async def create_savings_group(unit: Unit, *, name: str, target: Money, target_date: date | None) -> UUID:
    """A group with the person as its first member. INVALID for an empty name, a target not above zero, an odd day."""
    name = text.line(name, "input", "name")
    if target.minor_units <= 0:
        raise invalid("A target is more than nothing.", "input", "target", "amount")
    if target_date is not None:
        with invalid_at("input", "targetDate"):
            check_day(target_date)
    await _check_may_have_more(unit)
    group_id, member_id = new_id(), new_id()
    await unit.session.execute(
        select(
            func.found_savings_group(
                group_id,
                member_id,
                name,
                target.amount,
                target.currency,
                target_date,
                new_invite_code(secrets.token_bytes),
                await _own_name(unit),
                unit.at,
            )
        )
    )
    unit.record(
        GroupFounded(
            ids=[group_id],
            stream_id=group_id,
            actor=member_actor(member_id),
            data={"name": name, "target": target.amount, "currency": target.currency, "member": member_id},
        )
    )
    return group_id


async def join_savings_group(unit: Unit, *, invite_code: str) -> UUID:
    """NOT_FOUND for a code that opens nothing, CONFLICT for a member, TOO_MANY where there is no room."""
    try:
        code = normalize_invite_code(invite_code)
    except InviteCodeProblem as problem:
        raise invalid(str(problem), "input", "inviteCode") from None
    await _check_may_have_more(unit)
    member_id = new_id()
    call = func.join_savings_group(code, member_id, await _own_name(unit), unit.at).table_valued(
        "joined_group", "was_member"
    )
    try:
        joined = (await unit.session.execute(select(call.c.joined_group, call.c.was_member))).first()
    except IntegrityError:
        # The same person, at the same moment, in another window.
        raise conflict("You belong to this group already.", "input", "inviteCode") from None
    if joined is None:
        raise not_found("No group has this invite code.", "input", "inviteCode")
    if joined.was_member:
        raise conflict("You belong to this group already.", "input", "inviteCode")
    group_id: UUID = joined.joined_group
    members = await unit.session.scalar(
        select(func.count()).where(GroupMember.group_id == group_id, GroupMember.left_at.is_(None))
    )
    if (members or 0) > MOST_MEMBERS:
        raise too_many(f"A group has at most {MOST_MEMBERS} members.", "input", "inviteCode")
    unit.record(GroupJoined(ids=[member_id], stream_id=group_id, actor=member_actor(member_id)))
    return group_id


async def leave_savings_group(unit: Unit, *, group_id: UUID) -> None:
    """What the person gave stays. When the last one leaves, group and journal stay too, and nobody sees them."""
    _, member = await locked_group(unit, group_id)
    member.left_at = unit.at
    unit.record(GroupLeft(ids=[member.id], stream_id=group_id, actor=member_actor(member.id)))

    async def end_membership() -> None:
        await unit.session.execute(
            delete(GroupMembership).where(
                GroupMembership.household_id == unit.household_id,
                GroupMembership.group_id == group_id,
                GroupMembership.user_id == unit.viewer.user_id,
            )
        )

    # Whoever does not belong to the group cannot write its journal.
    unit.after_journal(end_membership)


async def replace_invite_code(unit: Unit, *, group_id: UUID) -> UUID:
    """Whoever has only the old code stays outside; members stay in."""
    _, member = await locked_group(unit, group_id)
    await unit.session.execute(
        update(SavingsGroup)
        .where(SavingsGroup.group_id == group_id)
        .values(invite_code=new_invite_code(secrets.token_bytes))
    )
    unit.record(GroupChanged(ids=[group_id], stream_id=group_id, actor=member_actor(member.id)))
    return group_id


async def show_own_name(unit: Unit) -> None:
    """Let the others know the person by the name they have now."""
    await unit.session.flush()
    name = await _own_name(unit)
    members = await unit.session.scalars(
        select(GroupMember)
        .join(
            GroupMembership,
            (GroupMembership.group_id == GroupMember.group_id) & (GroupMembership.member_id == GroupMember.id),
        )
        .where(GroupMembership.user_id == unit.viewer.user_id, GroupMember.display_name != name)
        .order_by(GroupMember.group_id)
        .with_for_update(of=GroupMember, key_share=True)
    )
    for member in members:
        member.display_name = name
        unit.record(GroupMemberRenamed(ids=[member.id], stream_id=member.group_id, actor=member_actor(member.id)))


async def locked_group(unit: Unit, group_id: UUID) -> tuple[SavingsGroup, GroupMember]:
    """The group, locked until the commit, and oneself in it. NOT_FOUND for those who do not belong to it."""
    group = (
        await unit.session.scalars(
            select(SavingsGroup).where(SavingsGroup.group_id == group_id).with_for_update(key_share=True)
        )
    ).first()
    # Asked after the lock: who has left meanwhile is a member no more.
    member = (
        await unit.session.scalars(
            select(GroupMember)
            .join(
                GroupMembership,
                (GroupMembership.group_id == GroupMember.group_id) & (GroupMembership.member_id == GroupMember.id),
            )
            .where(GroupMember.group_id == group_id, GroupMembership.user_id == unit.viewer.user_id)
        )
    ).first()
    if group is None or member is None:
        raise not_found(_NO_GROUP, "input", "groupId")
    if unit.viewer.role == VIEWER:
        raise not_allowed("Your role in this household is to look, not to change.", "input")
    return group, member


async def _own_name(unit: Unit) -> str:
    return (await unit.session.scalars(select(User.display_name).where(User.id == unit.viewer.user_id))).one()


async def _check_may_have_more(unit: Unit) -> None:
    groups = await unit.session.scalar(
        select(func.count()).select_from(GroupMembership).where(GroupMembership.user_id == unit.viewer.user_id)
    )
    if (groups or 0) >= MOST_GROUPS:
        raise too_many(f"One person belongs to at most {MOST_GROUPS} groups.", "input")
