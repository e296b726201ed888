"""Goals, how they stand today, and what was put into them."""

from collections.abc import Sequence
from datetime import date, datetime
from decimal import Decimal
from uuid import UUID

from domain.goals.models import Goal, GoalContribution
from domain.goals.rules import GoalPace, goal_pace, monthly_needed
from domain.households.queries import household_of_viewer
from domain.money import Money
from domain.pages import Keyset, Page, PageRequest, PagesByKey
from domain.rows import ListByKey, OneByKey
from domain.zones import day_in
from runtime import clock
from runtime.reader import Reader
from runtime.statements import HOUSEHOLD

NEWEST_FIRST = Keyset((GoalContribution.at, GoalContribution.id))

Standing = tuple[Decimal, Decimal, str, datetime, date | None]
"""A goal's target, saved amount, currency, when it was made, and its date."""


goals_by_ids = OneByKey[Goal](Goal, Goal.id, Goal.household_id == HOUSEHOLD)

_AS_MADE = (Goal.created_at, Goal.id)
_every = ListByKey(Goal, Goal.household_id, order=_AS_MADE)
_current = ListByKey(Goal, Goal.household_id, Goal.archived_at.is_(None), order=_AS_MADE)


async def goals_by_household(
    reader: Reader, household_ids: Sequence[UUID], *, include_archived: bool
) -> dict[UUID, list[Goal]]:
    """As they were made."""
    return await (_every if include_archived else _current)(reader, household_ids)


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


contributions_by_ids = OneByKey[GoalContribution](
    GoalContribution, GoalContribution.id, GoalContribution.household_id == HOUSEHOLD
)

_contributions = PagesByKey(
    GoalContribution, GoalContribution.goal_id, NEWEST_FIRST, GoalContribution.household_id == HOUSEHOLD
)


async def contributions_by_goal(
    reader: Reader, goal_ids: Sequence[UUID], *, request: PageRequest
) -> dict[UUID, Page[GoalContribution]]:
    """A page of each goal, the newest first. Raises `CursorProblem`."""
    return await _contributions(reader, goal_ids, request)
