"""What members may do, and who owns a household: there is always at least one."""

from uuid import UUID

from sqlalchemy import select

from domain.events import MemberRoleChanged
from domain.households.founding import require_owner
from domain.households.models import Household, HouseholdMember
from domain.mistakes import not_allowed, not_found
from runtime.unit import Unit
from runtime.viewer import MEMBER, OWNER


async def change_member_role(unit: Unit, user_id: UUID, role: str) -> UUID:
    """For owners alone; one's own, too. NOT_ALLOWED where nobody would own the household any more. Its id."""
    members = await _locked_members(unit)
    member = _one_of(members, user_id)
    if member.role == OWNER != role and [one.user_id for one in members.values() if one.role == OWNER] == [user_id]:
        raise not_allowed("Somebody has to own the household: make another member its owner first.", "input", "role")
    _change(unit, member, role)
    return unit.household_id


async def transfer_ownership(unit: Unit, user_id: UUID) -> UUID:
    """The member owns the household, and the unit's person no more. The household's id."""
    members = await _locked_members(unit)
    if user_id == unit.viewer.user_id:
        raise not_allowed("It is yours already.", "input", "userId")
    _change(unit, _one_of(members, user_id), OWNER)
    _change(unit, members[unit.viewer.user_id], MEMBER)
    return unit.household_id


async def _locked_members(unit: Unit) -> dict[UUID, HouseholdMember]:
    """All of them, whose roles nobody else changes until the unit ends. NOT_ALLOWED for whoever is no owner."""
    require_owner(unit)
    await unit.session.execute(select(Household.id).where(Household.id == unit.household_id).with_for_update())
    rows = await unit.session.scalars(
        select(HouseholdMember)
        .where(HouseholdMember.household_id == unit.household_id)
        .order_by(HouseholdMember.user_id)
        .with_for_update()
        .execution_options(populate_existing=True)
    )
    members = {member.user_id: member for member in rows}
    mine = members.get(unit.viewer.user_id)
    if mine is None or mine.role != OWNER:
        # It was so when the request came.
        raise not_allowed("This is for the household's owners.", "input")
    return members


def _one_of(members: dict[UUID, HouseholdMember], user_id: UUID) -> HouseholdMember:
    if user_id not in members:
        raise not_found("There is no such member.", "input", "userId")
    return members[user_id]


def _change(unit: Unit, member: HouseholdMember, role: str) -> None:
    if member.role == role:
        return
    change = {"before": member.role, "after": role}
    member.role = role
    unit.record(MemberRoleChanged(ids=[unit.household_id], data={"person": str(member.user_id), "role": change}))
