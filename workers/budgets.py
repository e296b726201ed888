"""Jobs of budgets."""

from uuid import UUID

from domain.households.acting import viewer_for_household
from domain.notifications.budgets import budget_warnings, warn_of_budgets
from integrations.world import World
from runtime.reader import Reader
from runtime.unit import Unit, in_unit
from workers.jobs import job


@job()
async def check_budgets(world: World, *, household_id: UUID) -> None:
    """Tell the household's members of budgets that are nearly or more than spent."""
    viewer = await viewer_for_household(world.system, household_id)
    if viewer is None:
        return
    async with Reader(world.database, viewer) as reader:
        warnings = await budget_warnings(reader)
    if not warnings:
        return

    async def work(unit: Unit) -> None:
        await warn_of_budgets(unit, warnings)

    await in_unit(world.database, viewer, work, actor="job:check_budgets")
