"""Jobs of budgets."""

from collections.abc import Sequence
from uuid import UUID

from sqlalchemy import func, or_, select

from domain.budgets.models import Budget
from domain.households.acting import members_as_viewers
from domain.notifications.budgets import budget_warnings, warn_of_budgets
from integrations.world import World
from runtime.reader import Reader
from runtime.unit import Unit, in_unit
from runtime.viewer import Viewer, Withheld
from workers.jobs import every, job


@job()
async def check_budgets(world: World, *, household_id: UUID) -> None:
    """Tell the household's members of budgets that are nearly or more than spent, each by what they may see."""
    alike: dict[Withheld | None, list[Viewer]] = {}
    for member in await members_as_viewers(world.system, household_id):
        alike.setdefault(member.withheld, []).append(member)
    for members in alike.values():
        await _check(world, members)


async def _check(world: World, members: Sequence[Viewer]) -> None:
    """Of members from whom the same is withheld."""
    async with Reader(world.database, members[0]) as reader:
        warnings = await budget_warnings(reader)
    if not warnings:
        return

    async def work(unit: Unit) -> None:
        await warn_of_budgets(unit, warnings, [member.user_id for member in members])

    acting = Viewer.for_job(members[0].household_id, members[0].user_id)
    await in_unit(world.database, acting, work, actor="job:check_budgets")


@every(seconds=3600)
async def sweep_budgets(world: World) -> None:
    """What a lost queue left unchecked: every household with a budget that holds today, in whatever zone."""
    started = Budget.starts_on <= func.current_date() + 1
    not_over = or_(Budget.ends_on.is_(None), Budget.ends_on >= func.current_date() - 1)
    async with world.system.system_session() as session:
        households = (await session.scalars(select(Budget.household_id).distinct().where(started, not_over))).all()
    for household_id in households:
        await world.jobs.enqueue("check_budgets", household_id=household_id)
