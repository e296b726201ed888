"""On whose behalf a job of a household runs, and with whose eyes it looks."""

from collections.abc import Sequence
from dataclasses import replace
from uuid import UUID

from domain.households.withheld import WITHHELD, withheld_in
from runtime.system import SystemDatabase
from runtime.viewer import OWNER, VIEWER, Viewer


async def members_as_viewers(system: SystemDatabase, household_id: UUID) -> Sequence[Viewer]:
    """Each member as they see the household: with their role, and without what others withhold. The first one first."""
    rows = await system.system_rows(_MEMBERS, household_id)
    return [Viewer(row["user_id"], household_id, row["role"], withheld=withheld_in(row)) for row in rows]


async def member_as_viewer(system: SystemDatabase, household_id: UUID, user_id: UUID) -> Viewer | None:
    """One of them; None where they do not belong to it, or it is not there."""
    for member in await members_as_viewers(system, household_id):
        if member.user_id == user_id:
            return member
    return None


async def viewer_for_person(system: SystemDatabase, household_id: UUID, user_id: UUID) -> Viewer:
    """For a job that acts for one person: it may change everything but what others withhold from them, and nothing
    once they are no member any more."""
    member = await member_as_viewer(system, household_id, user_id)
    return Viewer(user_id, household_id, VIEWER, account_ids=()) if member is None else replace(member, role=OWNER)


_MEMBERS = f"""
select user_id, role, withheld.*
from household_members
cross join lateral ({WITHHELD.format(household_id="$1", user_id="household_members.user_id")}) as withheld
where household_id = $1
order by joined_at, user_id
"""
