"""Goals, how they stand today, and what was put into them."""

from collections.abc import Sequence
from datetime import date, datetime
from decimal import Decimal
from uuid import UUID

from sqlalchemy import Select, select

from domain.goals.models import Goal, GoalContribution
from domain.goals.rules import GoalPace, goal_pace, monthly_needed
from domain.households.queries import household_of_viewer
from domain.money import Money
from domain.pages import Keyset, Page, PageRequest, pages_by
from domain.zones import day_in
from runtime import clock
from runtime.reader import Reader

NEWEST_FIRST = Keyset((GoalContribution.at, GoalContribution.id))

Standing = tuple[Decimal, Decimal, str, datetime, date | None]
"""A goal's target, saved amount, currency, when it was made, and its date."""


async def goals_by_ids(reader: Reader, ids: Sequence[UUID]) -> dict[UUID, Goal]:
    return {goal.id: goal for goal in await reader.all(_goals(reader).where(Goal.id.in_(ids)))}


async def goals_by_household(
    reader: Reader, household_ids: Sequence[UUID], *, include_archived: bool
) -> dict[UUID, list[Goal]]:
    """As they were made."""
    statement = _goals(reader) if include_archived else _goals(reader).where(Goal.archived_at.is_(None))
    goals = list(await reader.all(statement.order_by(Goal.created_at, Goal.id)))
    return {id: goals for id in household_ids if id == reader.viewer.household_id}


async def needed_by_standing(reader: Reader, standings: Sequence[Standing]) -> dict[Standing, Money | None]:
    """What has to be saved each month from today's on; null without a date."""
    zone = (await household_of_viewer(reader)).timezone
    today = day_in(zone, clock.now())
    return {
        each: monthly_needed(Money(target, currency), Money(saved, currency), target_date, today)
        for each in standings
        for target, saved, currency, _, target_date in [each]
    }


async def pace_by_standing(reader: Reader, standings: Sequence[Standing]) -> dict[Standing, GoalPace]:
    """How goals stand today."""
    zone = (await household_of_viewer(reader)).timezone
    today = day_in(zone, clock.now())
    return {
        each: goal_pace(Money(target, currency), Money(saved, currency), day_in(zone, created_at), target_date, today)
        for each in standings
        for target, saved, currency, created_at, target_date in [each]
    }


async def contributions_by_ids(reader: Reader, ids: Sequence[UUID]) -> dict[UUID, GoalContribution]:
    return {one.id: one for one in await reader.all(_contributions(reader).where(GoalContribution.id.in_(ids)))}


async def contributions_by_goal(
    reader: Reader, goal_ids: Sequence[UUID], *, request: PageRequest
) -> dict[UUID, Page[GoalContribution]]:
    """A page of each goal, the newest first. Raises `CursorProblem`."""
    return await pages_by(reader, _contributions(reader), GoalContribution.goal_id, goal_ids, NEWEST_FIRST, request)


def _goals(reader: Reader) -> Select[Goal]:
    return select(Goal).where(Goal.household_id == reader.viewer.household_id)


def _contributions(reader: Reader) -> Select[GoalContribution]:
    return select(GoalContribution).where(GoalContribution.household_id == reader.viewer.household_id)
