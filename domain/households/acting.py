"""On whose behalf a job of a household runs."""

from uuid import UUID

from sqlalchemy import case, select

from domain.households.models import HouseholdMember
from runtime.system import SystemDatabase
from runtime.viewer import OWNER, Viewer


async def viewer_for_household(system: SystemDatabase, household_id: UUID) -> Viewer | None:
    """Its first owner, else its first member; null where there is nobody, or no such household."""
    statement = (
        select(HouseholdMember.user_id)
        .where(HouseholdMember.household_id == household_id)
        .order_by(case((HouseholdMember.role == OWNER, 0), else_=1), HouseholdMember.joined_at, HouseholdMember.user_id)
        .limit(1)
    )
    async with system.system_session() as session:
        user_id = await session.scalar(statement)
    return None if user_id is None else Viewer.for_job(household_id, user_id)
