"""Budgets, how their periods stand, and the budget page."""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import replace
from datetime import date
from uuid import UUID

from sqlalchemy import Date, bindparam, or_

from domain.budgets import month as months
from domain.budgets.coverage import ExpenseTree
from domain.budgets.models import Budget
from domain.budgets.month import BudgetMonth, first_month_to_sum
from domain.budgets.rules import BudgetPlan, BudgetStatus, RolloverMode, budget_status
from domain.budgets.spent import spent_by_budget
from domain.categories.kind import CategoryKind
from domain.categories.queries import CategoryRow, category_tree
from domain.categories.system import ALL
from domain.households.queries import household_of_viewer
from domain.money import Money, from_ten_thousandths, zero
from domain.periods import BudgetPeriod, Month, check_day
from domain.rows import ListByKey, OneByKey
from domain.spending.months import months_by_category
from domain.zones import day_in
from runtime import clock
from runtime.reader import Reader
from runtime.statements import HOUSEHOLD

budgets_by_ids = OneByKey[Budget](Budget, Budget.id, Budget.household_id == HOUSEHOLD)

_AS_MADE = (Budget.created_at, Budget.id)
_every = ListByKey(Budget, Budget.household_id, order=_AS_MADE)
_not_ended = ListByKey(
    Budget,
    Budget.household_id,
    or_(Budget.ends_on.is_(None), Budget.ends_on >= bindparam("today", type_=Date)),
    order=_AS_MADE,
)
# Also budgets that ended before a month: the month that a later one began in is planned by both.
_started = ListByKey(Budget, Budget.household_id, Budget.starts_on <= bindparam("last", type_=Date), order=_AS_MADE)


async def budgets_by_household(
    reader: Reader, household_ids: Sequence[UUID], *, include_ended: bool
) -> dict[UUID, list[Budget]]:
    """As they were made. One that ends today has not ended."""
    if include_ended:
        return await _every(reader, household_ids)
    household = await household_of_viewer(reader)
    return await _not_ended(reader, household_ids, today=day_in(household.timezone, clock.now()))


async def statuses_by_budget(
    reader: Reader, ids: Sequence[UUID], *, on: date | None = None
) -> dict[UUID, BudgetStatus]:
    """How the period that contains the day stands, today where it is left out; without those that have none then.

    Six statements at most, for any number of budgets. Raises `PeriodProblem` for a day beyond reason.
    """
    if on is not None:
        check_day(on)
    return await statuses_of(reader, (await budgets_by_ids(reader, ids)).values(), on)


async def statuses_of(reader: Reader, budgets: Iterable[Budget], on: date | None = None) -> dict[UUID, BudgetStatus]:
    """The same for budgets that have been read already."""
    household = await household_of_viewer(reader)
    day = on or day_in(household.timezone, clock.now())
    plans = [plan_of(budget) for budget in budgets]
    spent = await spent_by_budget(reader, plans, day, household.currency, expense_tree(await category_tree(reader)))
    statuses = {plan.id: budget_status(plan, day, spent.get(plan.id, {})) for plan in plans}
    return {id: status for id, status in statuses.items() if status is not None}


async def budget_months(reader: Reader, household_ids: Sequence[UUID], *, month: Month) -> dict[UUID, BudgetMonth]:
    """The budget page of the viewer's household: three statements."""
    household = await household_of_viewer(reader)
    if household.id not in household_ids:
        return {}
    categories = await category_tree(reader)
    started = await _started(reader, [household.id], last=month.last_day)
    plans = [plan_of(budget) for budget in started[household.id]]
    sums = await months_by_category(reader, household.id, first_month_to_sum(plans, month), month)

    first_day, currency = month.first_day, household.currency
    income, left_out = zero(currency), set()
    spent: dict[UUID, dict[date, Money]] = {}
    for category_id, its_currency, by_month in sums:
        kind = categories[category_id].kind
        if kind == CategoryKind.TRANSFER:
            continue
        if its_currency != currency:
            left_out.update([its_currency] if first_day in by_month else [])
        elif kind == CategoryKind.EXPENSE:
            spent[category_id] = {
                when: from_ten_thousandths(-amount, currency) for when, (amount, _) in by_month.items()
            }
        elif first_day in by_month:
            income += from_ten_thousandths(by_month[first_day][0], currency)
    page = months.budget_month(month, expense_tree(categories), plans, income, spent)
    return {household.id: replace(page, unconverted=sorted(left_out))}


def plan_of(budget: Budget) -> BudgetPlan:
    """What the rules need to know of a budget."""
    return BudgetPlan(
        id=budget.id,
        category_id=budget.category_id,
        period=BudgetPeriod(budget.period),
        limit=Money(budget.limit_amount, budget.currency),
        rollover=RolloverMode(budget.rollover),
        starts_on=budget.starts_on,
        ends_on=budget.ends_on,
    )


def expense_tree(categories: Mapping[UUID, CategoryRow]) -> ExpenseTree:
    """The system's part was made once."""
    return _SYSTEM_TREE.with_more(
        {row.id: row.parent_id for row in categories.values() if row.is_own},
        {row.id for row in categories.values() if row.is_own and row.kind == CategoryKind.EXPENSE},
    )


_SYSTEM_TREE = ExpenseTree(
    {one.id: one.parent for one in ALL}, {one.id for one in ALL if one.kind is CategoryKind.EXPENSE}
)
