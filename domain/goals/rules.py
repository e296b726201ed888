"""How far a goal is, what it still needs each month, and what may be put in or taken back."""

from datetime import date
from enum import StrEnum

from domain.mistakes import Problem
from domain.money import Money, from_minor_units, zero
from domain.periods import check_day, month_of

TOLERANCE_PERCENT = 2
"""A goal is ON_TRACK within so many percent of its target around the expected amount, either way."""


class GoalPace(StrEnum):
    """How the saved amount stands to what was to be expected by now."""

    AHEAD = "AHEAD"
    ON_TRACK = "ON_TRACK"
    BEHIND = "BEHIND"
    REACHED = "REACHED"
    NO_DATE = "NO_DATE"


class ContributionProblem(Problem):
    """An amount that cannot be contributed or taken back."""


class TargetProblem(Problem):
    """A target that nobody can save for."""


def check_target(target: Money, target_date: date | None) -> None:
    """Raises `TargetProblem` for a target that is not above zero, `PeriodProblem` for a date beyond reason."""
    if target <= zero(target.currency):
        raise TargetProblem("A target is more than zero.")
    if target_date is not None:
        check_day(target_date)


def check_contribution(given: Money, amount: Money) -> None:
    """Whether `amount`, negative to take back, may follow what the same giver has in it already.

    Raises `ContributionProblem` for zero, for another currency, and for taking back more than was given.
    """
    if amount.currency != given.currency:
        raise ContributionProblem(f"Contributions are in {given.currency}.")
    if not amount:
        raise ContributionProblem("A contribution is not zero.")
    if amount < zero(amount.currency) and (given + amount) < zero(amount.currency):
        raise ContributionProblem("More cannot be taken back than was given.")


def monthly_needed(target: Money, saved: Money, target_date: date | None, today: date) -> Money | None:
    """What has to be saved in each month from this one to that of the target date, both counted, to arrive in time.

    Rounded up to the minor unit, so that it suffices. All that is missing where the date is in this month or past; zero
    where the target is reached; null without a date.
    """
    if target_date is None:
        return None
    missing = max((target - saved).minor_units, 0)
    months = max(month_of(today).until(month_of(target_date)), 0) + 1
    return from_minor_units(-(-missing // months), target.currency)


def goal_pace(target: Money, saved: Money, created_on: date, target_date: date | None, today: date) -> GoalPace:
    """How the goal stands today.

    The expected amount grows evenly by days, from nothing on the day the goal was made to the target on its date.
    Within `TOLERANCE_PERCENT` of the target, bounds included, it is ON_TRACK: a monthly saver is never exactly on the
    line. Once the date is past, what is not reached is BEHIND.
    """
    if saved >= target:
        return GoalPace.REACHED
    if target_date is None:
        return GoalPace.NO_DATE
    if today > target_date:
        return GoalPace.BEHIND
    length = (target_date - created_on).days
    elapsed = max((today - created_on).days, 0)
    if length <= 0:
        # Made on its last day, or a date before it was made: all of it is expected at once.
        length = elapsed = 1
    # Everything times 100 x length, so that nothing is divided and nothing rounded.
    difference = 100 * (saved.minor_units * length - target.minor_units * elapsed)
    tolerance = TOLERANCE_PERCENT * target.minor_units * length
    if difference > tolerance:
        return GoalPace.AHEAD
    return GoalPace.BEHIND if difference < -tolerance else GoalPace.ON_TRACK
