"""The budget page: a line for each EXPENSE category with a budget or with spending in one calendar month.

A line with a budget holds the spending of its category and of everything EXPENSE below; one without holds that of its
own category only, as a report's line does. Its `planned` is zero, and it is ON_TRACK: there is nothing to overrun.
"""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date, timedelta
from uuid import UUID

from domain.budgets.coverage import ExpenseTree
from domain.budgets.rules import BudgetPlan, BudgetState, RolloverMode, budget_state, rolled_over
from domain.money import Money, rounded_share, total, zero
from domain.periods import Days, Month, month_of, periods_between

SpentByMonth = Mapping[tuple[UUID, Month], Money]
"""Spending by category and month, magnitudes."""


@dataclass(frozen=True, slots=True)
class BudgetLine:
    """One category in one month; `remaining` = `planned` + `rolled_over` - `spent`."""

    category_id: UUID
    budget_id: UUID | None
    planned: Money
    rolled_over: Money
    spent: Money
    remaining: Money
    state: BudgetState


@dataclass(frozen=True, slots=True)
class BudgetMonth:
    """The lines and their totals, in which every amount counts once: in the outermost line that holds it."""

    month: Month
    income: Money
    planned: Money
    spent: Money
    rolled_over: Money
    remaining: Money
    lines: list[BudgetLine]


def holds_in(budget: BudgetPlan, month: Month) -> bool:
    """Whether one of the budget's days lies in the month."""
    return budget.starts_on <= month.days.last and (budget.ends_on is None or budget.ends_on >= month.first_day)


def first_month_to_sum(budgets: Iterable[BudgetPlan], month: Month) -> Month:
    """The oldest month whose spending `budget_month` needs: that in which a budget with rollover started."""
    starts = [
        month_of(budget.starts_on)
        for budget in budgets
        if budget.rollover is not RolloverMode.NONE and holds_in(budget, month)
    ]
    return min([month, *starts])


def part_of_limit(budget: BudgetPlan, days: Days) -> Money:
    """The part of the budget's limits that falls on these days.

    Within each period the part is what falls on its days up to the end, rounded, less what falls on those before the
    beginning, rounded: so the parts of a period add up to its limit, however it is cut. A whole calendar month of a
    MONTHLY budget is exactly its limit.
    """
    parts = []
    for period in periods_between(budget.period, budget.starts_on, budget.ends_on, days):
        common = period.common(days)
        if common is not None:
            until_end = rounded_share(budget.limit, (common.last - period.first).days + 1, period.count)
            until_start = rounded_share(budget.limit, (common.first - period.first).days, period.count)
            parts.append(until_end - until_start)
    return total(parts, budget.limit.currency)


def planned_in(budgets: Sequence[BudgetPlan], month: Month, currency: str) -> Money:
    """What one category's budgets plan for a month.

    Where one followed another within the month, each day is planned by the latest budget whose period holds it: two
    ONCE budgets add up, and a MONTHLY one that replaces another in the middle of a month replaces all of it.
    """
    parts, last = [], month.days.last
    for budget in sorted((each for each in budgets if holds_in(each, month)), key=_start, reverse=True):
        if last < month.first_day:
            break
        days = Days(month.first_day, last)
        parts.append(part_of_limit(budget, days))
        first_period = next(periods_between(budget.period, budget.starts_on, budget.ends_on, month.days))
        last = min(last, first_period.first - timedelta(days=1))
    return total(parts, currency)


def budget_month(
    month: Month, categories: ExpenseTree, budgets: Sequence[BudgetPlan], income: Money, spent: SpentByMonth
) -> BudgetMonth:
    """The budget page of a month, its lines in the order of the categories.

    `spent` is the spending of each EXPENSE category by itself (a magnitude), from `first_month_to_sum` on; what is
    missing is zero. Limits, income and spending are in one currency.

    What rolls over is counted from month to month, also for a budget that is not monthly: the part of its limit is the
    month's plan, and what the month leaves of it is handed on as the budget's mode says. A budget begins with nothing
    handed on, also where it follows another.
    """
    by_category: dict[UUID, list[BudgetPlan]] = {}
    for budget in budgets:
        by_category.setdefault(budget.category_id, []).append(budget)
    budgeted = {
        category for category, plans in by_category.items() if any(holds_in(plan, month) for plan in plans)
    } & categories.expenses

    lines = []
    for category in categories.parents:
        if category in budgeted:
            lines.append(_budget_line(category, by_category[category], month, categories, spent, income.currency))
        elif category in categories.expenses and spent.get((category, month)):
            lines.append(_bare_line(category, spent[category, month]))

    outermost = [line for line in lines if not categories.above(line.category_id) & budgeted]
    planned = total((line.planned for line in outermost), income.currency)
    carried = total((line.rolled_over for line in outermost), income.currency)
    outgone = total((line.spent for line in outermost), income.currency)
    return BudgetMonth(month, income, planned, outgone, carried, planned + carried - outgone, lines)


def _budget_line(
    category: UUID, plans: list[BudgetPlan], month: Month, categories: ExpenseTree, spent: SpentByMonth, currency: str
) -> BudgetLine:
    budget = max((plan for plan in plans if holds_in(plan, month)), key=_start)
    covered = categories.covered_by(category)
    nothing = zero(currency)
    carried = nothing
    chain = month_of(budget.starts_on) if budget.rollover is not RolloverMode.NONE else month
    while True:
        planned = planned_in(plans, chain, currency)
        outgone = total((spent.get((each, chain), nothing) for each in covered), currency)
        remaining = planned + carried - outgone
        if chain == month:
            break
        carried = rolled_over(budget.rollover, remaining)
        chain = chain.plus(1)
    state = budget_state(planned + carried, outgone)
    return BudgetLine(category, budget.id, planned, carried, outgone, remaining, state)


def _bare_line(category: UUID, spent: Money) -> BudgetLine:
    nothing = zero(spent.currency)
    return BudgetLine(category, None, nothing, nothing, spent, -spent, BudgetState.ON_TRACK)


def _start(budget: BudgetPlan) -> date:
    return budget.starts_on
