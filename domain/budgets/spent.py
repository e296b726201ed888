"""What was spent in the periods of budgets, read in as few and as small statements as their kinds allow."""

from collections.abc import Mapping, Sequence
from datetime import date
from uuid import UUID

from domain.budgets.coverage import ExpenseTree
from domain.budgets.rules import BudgetPlan, RolloverMode, days_to_sum
from domain.money import Money, zero
from domain.periods import BudgetPeriod, Days, month_of
from domain.spending.queries import SpendingSum, spending_by_day, spending_by_month, spending_of_ranges
from runtime.reader import Reader

_Needed = Sequence[tuple[BudgetPlan, Days]]
SpentByDay = dict[date, Money]
"""Magnitudes under a day of the period they belong to, as `budget_status` takes them."""


async def spent_by_budget(
    reader: Reader, plans: Sequence[BudgetPlan], on: date, currency: str, categories: ExpenseTree
) -> dict[UUID, SpentByDay]:
    """What `budget_status` needs on a day, for each budget that has a period then. At most three statements."""
    needed = [(plan, days) for plan in plans if (days := days_to_sum(plan, on)) is not None]
    # Periods of whole months come from the sums that are kept. A week is cut out of months, and only a budget that
    # hands on from week to week needs all of them.
    of_months = [each for each in needed if _of_whole_months(each[0])]
    of_weeks = [each for each in needed if _hands_on_weekly(each[0])]
    single = [each for each in needed if not _of_whole_months(each[0]) and not _hands_on_weekly(each[0])]

    found: dict[UUID, SpentByDay] = {}
    if of_months:
        span = _span(of_months)
        by_month = await spending_by_month(
            reader, reader.viewer.household_id, month_of(span.first), month_of(span.last)
        )
        found |= _covered({month.first_day: sums for month, sums in by_month.items()}, of_months, currency, categories)
    if of_weeks:
        by_day = await spending_by_day(reader, reader.viewer.household_id, _span(of_weeks))
        found |= _covered(by_day, of_weeks, currency, categories)
    if single:
        ranges = await spending_of_ranges(reader, reader.viewer.household_id, [days for _, days in single])
        for (plan, days), sums in zip(single, ranges, strict=True):
            found |= _covered({days.first: sums}, [(plan, days)], currency, categories)
    return found


def _of_whole_months(plan: BudgetPlan) -> bool:
    return plan.period in (BudgetPeriod.MONTHLY, BudgetPeriod.ANNUAL)


def _hands_on_weekly(plan: BudgetPlan) -> bool:
    return plan.period is BudgetPeriod.WEEKLY and plan.rollover is not RolloverMode.NONE


def _span(needed: _Needed) -> Days:
    return Days(min(days.first for _, days in needed), max(days.last for _, days in needed))


def _covered(
    sums: Mapping[date, Sequence[SpendingSum]], needed: _Needed, currency: str, categories: ExpenseTree
) -> dict[UUID, SpentByDay]:
    """Each budget's part of the sums: of its days, of the categories that it covers, in the one currency."""
    by_category: dict[UUID, SpentByDay] = {}
    for day, lines in sums.items():
        for line in lines:
            if line.currency == currency:
                by_category.setdefault(line.category_id, {})[day] = -Money(line.amount, line.currency)
    found: dict[UUID, SpentByDay] = {}
    for plan, days in needed:
        spent = found.setdefault(plan.id, {})
        for category in categories.covered_by(plan.category_id):
            for day, amount in by_category.get(category, {}).items():
                if day in days:
                    spent[day] = spent.get(day, zero(currency)) + amount
    return found
