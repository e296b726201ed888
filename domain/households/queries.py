"""The viewer's household, its members, and the other households of the person."""

from domain.households.models import Household, HouseholdMember
from domain.rows import ListByKey, OneByKey
from runtime.reader import Reader

households_by_ids = OneByKey[Household](Household, Household.id)


async def household_of_viewer(reader: Reader) -> Household:
    """The household of the session: its currency and its zone are what figures are made in."""
    return await reader.once("household", _of_viewer)


async def _of_viewer(reader: Reader) -> Household:
    return (await households_by_ids(reader, [reader.viewer.household_id]))[reader.viewer.household_id]


members_by_household = ListByKey(
    HouseholdMember,
    HouseholdMember.household_id,
    order=(HouseholdMember.joined_at, HouseholdMember.user_id),
)

households_by_user = ListByKey(
    Household,
    HouseholdMember.user_id,
    order=(HouseholdMember.joined_at, Household.id),
    joined=Household.id == HouseholdMember.household_id,
)
