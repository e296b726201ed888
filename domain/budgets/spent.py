"""What was spent in the periods of budgets, read in as few and as small statements as their kinds allow."""

from collections.abc import Sequence
from datetime import date, timedelta
from uuid import UUID

from sqlalchemy import Date, Integer, Uuid, bindparam, text
from sqlalchemy.dialects.postgresql import ARRAY

from domain.budgets.coverage import ExpenseTree
from domain.budgets.rules import BudgetPlan, RolloverMode, days_to_sum
from domain.money import Money, from_ten_thousandths, ten_thousandths
from domain.periods import BudgetPeriod, Days, month_of
from domain.spending.months import months_by_category
from domain.spending.queries import spending_of_ranges
from runtime.reader import Reader
from runtime.statements import Statement

_Needed = Sequence[tuple[BudgetPlan, Days]]
_Sums = dict[UUID, dict[date, int]]
"""In ten-thousandths."""
SpentByDay = dict[date, Money]
"""Magnitudes under a day of the period they belong to, as `budget_status` takes them."""

# The range of days and the categories are given once more for all budgets together: so the transactions are read once,
# by their date, and not once for each budget.
_BY_WEEK = Statement(
    text("""
select b.place, (t.date - b.first) / 7 as week, sum(t.amount)::text as amount
from transactions t
join unnest(:covering, :covered) as c (place, category_id) on c.category_id = t.category_id
join unnest(:places, :firsts, :lasts) as b (place, first, last)
    on b.place = c.place and t.date between b.first and b.last
where t.household_id = :household_id and t.date between :first and :last and t.counts and t.currency = :currency
    and t.category_id = any (:covered)
group by b.place, week
""").bindparams(
        *(bindparam(name, type_=ARRAY(Integer)) for name in ("covering", "places")),
        *(bindparam(name, type_=ARRAY(Date)) for name in ("firsts", "lasts")),
        bindparam("covered", type_=ARRAY(Uuid)),
    )
)


async def spent_by_budget(
    reader: Reader, plans: Sequence[BudgetPlan], on: date, currency: str, categories: ExpenseTree
) -> dict[UUID, SpentByDay]:
    """What `budget_status` needs on a day, for each budget that has a period then. At most four statements."""
    needed = [(plan, days) for plan in plans if (days := days_to_sum(plan, on)) is not None]
    # Periods of whole months come from the sums that are kept. A week is cut out of months, and only a budget that
    # hands on from week to week needs all of them.
    of_months = [each for each in needed if _of_whole_months(each[0])]
    of_weeks = [each for each in needed if _hands_on_weekly(each[0])]
    single = [each for each in needed if not _of_whole_months(each[0]) and not _hands_on_weekly(each[0])]

    found: _Sums = {}
    if of_months:
        span = _span(of_months)
        household_id = reader.viewer.household_id
        months = await months_by_category(reader, household_id, month_of(span.first), month_of(span.last))
        sums = {
            each.category_id: {month: amount for month, (amount, _) in each.months.items()}
            for each in months
            if each.currency == currency
        }
        found |= _covered(sums, of_months, categories)
    if of_weeks:
        found |= await _by_week(reader, of_weeks, currency, categories)
    if single:
        ranges = await spending_of_ranges(reader, reader.viewer.household_id, [days for _, days in single])
        for (plan, days), lines in zip(single, ranges, strict=True):
            sums = {line.category_id: {days.first: line.amount} for line in lines if line.currency == currency}
            found |= _covered(sums, [(plan, days)], categories)
    return {
        id: {day: from_ten_thousandths(-amount, currency) for day, amount in sums.items()} for id, sums in found.items()
    }


def _of_whole_months(plan: BudgetPlan) -> bool:
    return plan.period in (BudgetPeriod.MONTHLY, BudgetPeriod.ANNUAL)


def _hands_on_weekly(plan: BudgetPlan) -> bool:
    return plan.period is BudgetPeriod.WEEKLY and plan.rollover is not RolloverMode.NONE


def _span(needed: _Needed) -> Days:
    return Days(min(days.first for _, days in needed), max(days.last for _, days in needed))


def _covered(by_category: _Sums, needed: _Needed, categories: ExpenseTree) -> _Sums:
    """Each budget's part of the categories' sums: of its days, of the categories that it covers."""
    found: _Sums = {}
    for plan, days in needed:
        spent = found.setdefault(plan.id, {})
        for category in categories.covered_by(plan.category_id):
            for day, amount in by_category.get(category, {}).items():
                if day in days:
                    spent[day] = spent.get(day, 0) + amount
    return found


async def _by_week(reader: Reader, needed: _Needed, currency: str, categories: ExpenseTree) -> _Sums:
    """Each budget's sums under the first day of each week that has any."""
    span = _span(needed)
    pairs = [
        (place, category)
        for place, (plan, _) in enumerate(needed)
        for category in categories.covered_by(plan.category_id)
    ]
    rows = await reader.fetch(
        _BY_WEEK,
        household_id=reader.viewer.household_id,
        currency=currency,
        first=span.first,
        last=span.last,
        covering=[place for place, _ in pairs],
        covered=[category for _, category in pairs],
        places=list(range(len(needed))),
        firsts=[days.first for _, days in needed],
        lasts=[days.last for _, days in needed],
    )
    found: _Sums = {}
    for place, week, amount in rows:
        plan, days = needed[place]
        found.setdefault(plan.id, {})[days.first + timedelta(weeks=week)] = ten_thousandths(amount)
    return found
