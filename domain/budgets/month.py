"""The budget page: a line for each EXPENSE category with a budget or with spending in one calendar month.

A line with a budget holds the spending of its category and of everything EXPENSE below; one without holds that of its
own category only, as a report's line does. Its `planned` is zero, and it is ON_TRACK: there is nothing to overrun.
"""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date, timedelta
from uuid import UUID

from domain.budgets.coverage import ExpenseTree
from domain.budgets.rules import BudgetPlan, BudgetState, RolloverMode, budget_state, periods_before, rolled_over
from domain.money import Money, rounded_share, total, zero
from domain.periods import BudgetPeriod, Days, Month, month_of

SpentByMonth = Mapping[UUID, Mapping[date, Money]]
"""Spending by category and the first day of the month, magnitudes."""


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
    unconverted: Sequence[str] = ()
    """Currencies of amounts of this month that are left out, because they are not the lines'."""


def holds_in(budget: BudgetPlan, month: Month) -> bool:
    """Whether one of the budget's days lies in the month."""
    return budget.starts_on <= month.last_day and (budget.ends_on is None or budget.ends_on >= month.first_day)


def first_month_to_sum(budgets: Iterable[BudgetPlan], month: Month) -> Month:
    """The oldest month whose spending `budget_month` needs: that in which a budget with rollover started."""
    starts = [
        month_of(budget.starts_on)
        for budget in budgets
        if budget.rollover is not RolloverMode.NONE and holds_in(budget, month)
    ]
    return min([month, *starts])


def part_of_months(budget: BudgetPlan, first: Month, last: Month) -> Money:
    """`part_of_limit` of whole months, which of a MONTHLY budget are counted."""
    if budget.period is not BudgetPeriod.MONTHLY:
        return part_of_limit(budget, Days(first.first_day, last.last_day))
    first = max(first, month_of(budget.starts_on))
    last = last if budget.ends_on is None else min(last, month_of(budget.ends_on))
    return rounded_share(budget.limit, max(first.until(last) + 1, 0), 1)


def part_of_limit(budget: BudgetPlan, days: Days) -> Money:
    """The part of the budget's limits that falls on these days of its periods.

    What falls on the days up to the last, rounded, less what falls on those before the first, rounded: so the parts of
    a period add up to its limit, however it is cut. A whole calendar month of a MONTHLY budget is exactly its limit.
    """
    return _limit_until(budget, days.last) - _limit_until(budget, days.first - timedelta(days=1))


def _limit_until(budget: BudgetPlan, day: date) -> Money:
    # All periods are whole, so each complete one counts its limit and only the one that the day lies in is shared.
    held = max(day, budget.starts_on)
    period = budget.period_on(held if budget.ends_on is None else min(held, budget.ends_on))
    if period is None or day < period.first:
        return zero(budget.limit.currency)
    complete = rounded_share(budget.limit, periods_before(budget, period), 1)
    return complete + rounded_share(budget.limit, (min(day, period.last) - period.first).days + 1, period.count)


def planned_in(budgets: Sequence[BudgetPlan], month: Month, currency: str) -> Money:
    """What one category's budgets plan for a month.

    Where one followed another within the month, each day is planned by the latest budget whose period holds it: two
    ONCE budgets add up, and a MONTHLY one that replaces another in the middle of a month replaces all of it.
    """
    held = [budget for budget in budgets if holds_in(budget, month)]
    if len(held) == 1:
        return part_of_months(held[0], month, month)
    parts, last = [], month.last_day
    for budget in sorted(held, key=_start, reverse=True):
        if last < month.first_day:
            break
        days = Days(month.first_day, last)
        parts.append(part_of_limit(budget, days))
        first_period = budget.period_on(max(month.first_day, budget.starts_on))
        last = min(last, first_period.first - timedelta(days=1)) if first_period else last
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
    first_day = month.first_day
    bare = {
        category: amount
        for category, months in spent.items()
        if (amount := months.get(first_day)) and category not in budgeted and category in categories.expenses
    }
    lines = [
        _bare_line(category, bare[category])
        if category in bare
        else _budget_line(category, by_category[category], month, categories, spent, income.currency)
        for category in sorted({*budgeted, *bare}, key=categories.place_of)
    ]

    outermost = [line for line in lines if not categories.above(line.category_id) & budgeted]
    planned = total((line.planned for line in outermost), income.currency)
    carried = total((line.rolled_over for line in outermost), income.currency)
    outgone = total((line.spent for line in outermost), income.currency)
    return BudgetMonth(month, income, planned, outgone, carried, planned + carried - outgone, lines)


def _budget_line(
    category: UUID,
    plans: list[BudgetPlan],
    month: Month,
    categories: ExpenseTree,
    spent: SpentByMonth,
    currency: str,
) -> BudgetLine:
    budget = max((plan for plan in plans if holds_in(plan, month)), key=_start)
    covered = [spent[each] for each in categories.covered_by(category) if each in spent]
    first_day = month.first_day
    outgone = total((months[first_day] for months in covered if first_day in months), currency)
    carried = _carried_into(budget, plans, month, covered, currency)
    planned = planned_in(plans, month, currency)
    available = planned + carried
    state = budget_state(available, outgone)
    return BudgetLine(category, budget.id, planned, carried, outgone, available - outgone, state)


def _carried_into(
    budget: BudgetPlan,
    plans: list[BudgetPlan],
    month: Month,
    covered: Sequence[Mapping[date, Money]],
    currency: str,
) -> Money:
    first, nothing = month_of(budget.starts_on), zero(currency)
    if budget.rollover is RolloverMode.NONE or first >= month:
        return nothing
    start, end = first.first_day, month.first_day
    spent: dict[date, Money] = {}
    for months in covered:
        for when, amount in months.items():
            if start <= when < end:
                spent[when] = spent[when] + amount if when in spent else amount

    carried = rolled_over(budget.rollover, planned_in(plans, first, currency) - spent.pop(start, nothing))
    # Months without spending hand on all of their part in either mode, so a run of them is one part: a budget that
    # started a century ago costs no more than its months with spending.
    following = first.plus(1)
    for when in sorted(spent):
        busy = month_of(when)
        part = part_of_months(budget, following, busy)
        carried = rolled_over(budget.rollover, carried + part - spent[when])
        following = busy.plus(1)
    if following < month:
        carried += part_of_months(budget, following, month.plus(-1))
    return carried


def _bare_line(category: UUID, spent: Money) -> BudgetLine:
    nothing = zero(spent.currency)
    return BudgetLine(category, None, nothing, nothing, spent, -spent, BudgetState.ON_TRACK)


def _start(budget: BudgetPlan) -> date:
    return budget.starts_on
