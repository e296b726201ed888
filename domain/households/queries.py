"""The viewer's household, its members, and the other households of the person."""

from collections.abc import Sequence
from uuid import UUID

from sqlalchemy import select

from domain.households.models import Household, HouseholdMember
from runtime.reader import Reader


async def households_by_ids(reader: Reader, ids: Sequence[UUID]) -> dict[UUID, Household]:
    return {one.id: one for one in await reader.all(select(Household).where(Household.id.in_(ids)))}


async def household_of_viewer(reader: Reader) -> Household:
    """The household of the session: its currency and its zone are what figures are made in."""
    return (await households_by_ids(reader, [reader.viewer.household_id]))[reader.viewer.household_id]


async def members_by_household(reader: Reader, ids: Sequence[UUID]) -> dict[UUID, list[HouseholdMember]]:
    found: dict[UUID, list[HouseholdMember]] = {id: [] for id in ids}
    statement = select(HouseholdMember).where(HouseholdMember.household_id.in_(ids))
    for member in await reader.all(statement.order_by(HouseholdMember.joined_at, HouseholdMember.user_id)):
        found[member.household_id].append(member)
    return found


async def households_by_user(reader: Reader, user_ids: Sequence[UUID]) -> dict[UUID, list[Household]]:
    found: dict[UUID, list[Household]] = {id: [] for id in user_ids}
    rows = await reader.execute(
        select(HouseholdMember.user_id, Household)
        .join(Household, Household.id == HouseholdMember.household_id)
        .where(HouseholdMember.user_id.in_(user_ids))
        .order_by(HouseholdMember.joined_at, Household.id)
    )
    for user_id, household in rows:
        found[user_id].append(household)
    return found
