"""What a budget allows, what it carries over, and how a period stands.

`remaining` = `limit` + `rolled_over` - `spent`. A change of the limit or the mode holds for all periods, past ones too:
what rolls over is always what the budget as it is now would have left.
"""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date
from enum import StrEnum
from uuid import UUID

from domain.mistakes import Problem
from domain.money import Money, rounded_share, zero
from domain.periods import BudgetPeriod, Days, check_day, month_of, period_containing

NEARING_PERCENT = 85


class RolloverMode(StrEnum):
    """What a period hands on to the next: nothing, what is left of it, or what is left as well as what is missing."""

    NONE = "NONE"
    SURPLUS = "SURPLUS"
    SURPLUS_AND_OVERSPEND = "SURPLUS_AND_OVERSPEND"


class BudgetState(StrEnum):
    """How a period stands."""

    ON_TRACK = "ON_TRACK"
    NEARING = "NEARING"
    OVER = "OVER"


class BudgetProblem(Problem):
    """A budget that cannot be: its limit or its days."""


@dataclass(frozen=True, slots=True)
class BudgetPlan:
    """What the rules need to know of a budget. The limit is that of one period, a magnitude, zero at least."""

    id: UUID
    category_id: UUID
    period: BudgetPeriod
    limit: Money
    rollover: RolloverMode
    starts_on: date
    ends_on: date | None = None

    def period_on(self, day: date) -> Days | None:
        """The period that contains a day; null outside the days of the budget."""
        return period_containing(self.period, self.starts_on, self.ends_on, day)


@dataclass(frozen=True, slots=True)
class BudgetStatus:
    """One period of a budget. Its fields are the schema's; `days` is `from` and `to`."""

    days: Days
    limit: Money
    rolled_over: Money
    spent: Money
    remaining: Money
    state: BudgetState


def check_limit(limit: Money) -> None:
    """Raises `BudgetProblem` for a negative limit. Zero is a plan: nothing of this."""
    if limit < zero(limit.currency):
        raise BudgetProblem("A limit cannot be negative.")


def check_days(period: BudgetPeriod, starts_on: date, ends_on: date | None) -> None:
    """Raises `PeriodProblem` for days beyond reason, `BudgetProblem` for an end that is missing or before the start."""
    check_day(starts_on)
    if ends_on is None:
        if period is BudgetPeriod.ONCE:
            raise BudgetProblem("A budget for ONCE needs a day on which it ends.")
        return
    check_day(ends_on)
    if ends_on < starts_on:
        raise BudgetProblem("A budget cannot end before it starts.")


def overlap(starts_on: date, ends_on: date | None, other: BudgetPlan) -> bool:
    """Whether there is a day on which both would hold; a category has at most one budget on any day."""
    return starts_on <= (other.ends_on or date.max) and other.starts_on <= (ends_on or date.max)


def rolled_over(mode: RolloverMode, remaining: Money) -> Money:
    """What a period hands on to the next one."""
    nothing = zero(remaining.currency)
    if mode is RolloverMode.NONE:
        return nothing
    return remaining if mode is RolloverMode.SURPLUS_AND_OVERSPEND else max(remaining, nothing)


def budget_state(available: Money, spent: Money) -> BudgetState:
    """OVER where more was spent than there was (nothing remains, but less than nothing), NEARING from 85 % of it.

    `available` is limit and rollover together. Where it is zero nothing may be spent: spending nothing is ON_TRACK, a
    cent is OVER, and there is nothing to come near. Where it is negative, an overspend was carried in that is larger
    than the limit: the period is OVER from its first day, because `remaining` is negative.
    """
    if spent > available:
        return BudgetState.OVER
    if spent.minor_units > 0 and spent.minor_units * 100 >= available.minor_units * NEARING_PERCENT:
        return BudgetState.NEARING
    return BudgetState.ON_TRACK


def days_to_sum(budget: BudgetPlan, on: date) -> Days | None:
    """The days whose spending `budget_status` needs; null outside the days of the budget.

    They begin with the budget's first period, or with that of `on` where nothing is handed on. Of MONTHLY and ANNUAL
    budgets they are whole months.
    """
    current = budget.period_on(on)
    if current is None or budget.rollover is RolloverMode.NONE:
        return current
    return Days(_period_near(budget, budget.starts_on).first, current.last)


def periods_before(budget: BudgetPlan, period: Days) -> int:
    """How many periods the budget had before this one of its periods."""
    match budget.period:
        case BudgetPeriod.WEEKLY:
            return (period.first - budget.starts_on).days // 7
        case BudgetPeriod.MONTHLY:
            return month_of(budget.starts_on).until(month_of(period.first))
        case BudgetPeriod.ANNUAL:
            return month_of(budget.starts_on).until(month_of(period.first)) // 12
        case BudgetPeriod.ONCE:
            return 0


def budget_status(budget: BudgetPlan, on: date, spent: Mapping[date, Money]) -> BudgetStatus | None:
    """How the period that contains `on` stands; null outside the days of the budget.

    `spent` has the spending of the category and all EXPENSE below it in `days_to_sum`, under its day or, summed, under
    any day of the same period (such as the first of its month for a MONTHLY or ANNUAL budget). Other days are ignored.
    """
    days, current = days_to_sum(budget, on), budget.period_on(on)
    if days is None or current is None:
        return None
    nothing = zero(budget.limit.currency)
    by_period: dict[Days, Money] = {}
    for day, amount in spent.items():
        if day in days:
            period = _period_near(budget, day)
            by_period[period] = by_period.get(period, nothing) + amount

    carried, following = nothing, periods_before(budget, _period_near(budget, days.first))
    # Periods without spending hand on their whole limit in either mode, so they are counted and not walked through.
    for busy in sorted(period for period in by_period if period < current):
        index = periods_before(budget, busy)
        available = carried + rounded_share(budget.limit, index - following + 1, 1)
        carried = rolled_over(budget.rollover, available - by_period[busy])
        following = index + 1
    carried += rounded_share(budget.limit, periods_before(budget, current) - following, 1)

    available, outgone = budget.limit + carried, by_period.get(current, nothing)
    state = budget_state(available, outgone)
    return BudgetStatus(current, budget.limit, carried, outgone, available - outgone, state)


def _period_near(budget: BudgetPlan, day: date) -> Days:
    # Periods are whole: the first may begin before the budget's days, the last end after them.
    held = max(day, budget.starts_on)
    period = budget.period_on(held if budget.ends_on is None else min(held, budget.ends_on))
    if period is None:
        raise BudgetProblem("A budget cannot end before it starts.")
    return period
