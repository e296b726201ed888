"""The viewer's household, its members, and the other households of the person."""

from typing import Any, cast
from uuid import UUID

from sqlalchemy import text

from domain.households.models import Household, HouseholdMember, Invitation
from domain.rows import ListByKey, OneByKey
from runtime.reader import Reader
from runtime.statements import HOUSEHOLD, Statement

households_by_ids = OneByKey[Household](Household, Household.id)


# With the categories that it made: whoever needs the one for figures needs the other, and one row is one round trip.
_OF_VIEWER = Statement(
    text("""
select households.id, households.name, currency, timezone, households.created_at, own.*
from households cross join lateral (
    select array_agg(id order by created_at, id) as category_ids,
        array_agg(name order by created_at, id) as category_names,
        array_agg(kind order by created_at, id) as category_kinds,
        array_agg(parent_id order by created_at, id) as category_parents
    from categories where household_id = :viewer_household_id
) as own
where households.id = :viewer_household_id
""")
)


async def household_of_viewer(reader: Reader) -> Household:
    """The household of the session: its currency and its zone are what figures are made in."""
    return cast(Household, await reader.once("household", _of_viewer))


async def categories_of_viewer(reader: Reader) -> list[tuple[UUID, str, str, UUID | None]]:
    """Id, name, kind and parent of the categories that the household made, as they were made."""
    row = await reader.once("household", _of_viewer)
    columns = (row.category_ids, row.category_names, row.category_kinds, row.category_parents)
    return list(zip(*(column or () for column in columns), strict=True))


async def _of_viewer(reader: Reader) -> Any:
    (row,) = await reader.fetch(_OF_VIEWER)
    return row


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

invitations_by_ids = OneByKey[Invitation](Invitation, Invitation.id, Invitation.household_id == HOUSEHOLD)

invitations_by_household = ListByKey(
    Invitation,
    Invitation.household_id,
    Invitation.accepted_at.is_(None),
    Invitation.withdrawn_at.is_(None),
    order=(Invitation.created_at, Invitation.id),
)
"""Those that are neither accepted nor withdrawn, as they were made."""
