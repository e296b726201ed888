"""Making, changing and deleting budgets."""

from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import date
from uuid import UUID

from sqlalchemy import func, select
from sqlalchemy.exc import IntegrityError

from domain.budgets.models import Budget
from domain.budgets.rules import RolloverMode, check_days, check_limit
from domain.categories.commands import require_category
from domain.categories.kind import CategoryKind
from domain.events import BudgetCreated, BudgetDeleted, BudgetUpdated
from domain.households.models import Household
from domain.mistakes import conflict, invalid, invalid_at, not_found, too_many
from domain.money import Money
from domain.periods import BudgetPeriod, check_day
from runtime.ids import new_id
from runtime.unit import Unit, violated

MOST_BUDGETS = 1_000
ONE_A_DAY = "ex_budgets_one_a_day"


@dataclass(frozen=True, slots=True)
class BudgetChange:
    """What is to become of a budget; null leaves a value as it is. `ends_on` is taken only with `moves_end`."""

    limit: Money | None = None
    rollover: RolloverMode | None = None
    moves_end: bool = False
    ends_on: date | None = None


async def create_budget(
    unit: Unit,
    *,
    category_id: UUID,
    period: BudgetPeriod,
    limit: Money,
    rollover: RolloverMode,
    starts_on: date,
    ends_on: date | None,
) -> UUID:
    """INVALID for a category that is not EXPENSE, a limit below zero or not in the household's currency, and days that
    cannot be; CONFLICT at startsOn where the category has a budget on one of the days; TOO_MANY beyond 1,000."""
    category = await require_category(unit, category_id, "input", "categoryId")
    if category.kind != CategoryKind.EXPENSE:
        raise invalid("Only categories of expenses have budgets.", "input", "categoryId")
    await _check_limit(unit, limit)
    with invalid_at("input", "startsOn"):
        check_day(starts_on)
    with invalid_at("input", "endsOn"):
        check_days(period, starts_on, ends_on)
    mine = select(func.count()).select_from(Budget).where(Budget.household_id == unit.household_id)
    if (await unit.session.scalars(mine)).one() >= MOST_BUDGETS:
        raise too_many(f"A household has at most {MOST_BUDGETS} budgets: delete one first.", "input")
    budget = Budget(
        household_id=unit.household_id,
        id=new_id(),
        category_id=category_id,
        period=period.value,
        limit_amount=limit.amount,
        currency=limit.currency,
        rollover=rollover.value,
        starts_on=starts_on,
        ends_on=ends_on,
        created_at=unit.at,
    )
    with _one_a_day("startsOn"):
        unit.session.add(budget)
        await unit.session.flush()
    unit.record(BudgetCreated(ids=[budget.id]))
    return budget.id


async def update_budget(unit: Unit, budget_id: UUID, change: BudgetChange) -> UUID:
    """The change holds for past periods too. INVALID as in `create_budget`, CONFLICT at endsOn."""
    budget = await _locked_budget(unit, budget_id)
    ends_on = change.ends_on if change.moves_end else budget.ends_on
    if change.limit is not None:
        await _check_limit(unit, change.limit)
    with invalid_at("input", "endsOn"):
        check_days(BudgetPeriod(budget.period), budget.starts_on, ends_on)
    given = {
        "limit_amount": budget.limit_amount if change.limit is None else change.limit.amount,
        "rollover": budget.rollover if change.rollover is None else change.rollover.value,
        "ends_on": ends_on,
    }
    changed = {
        column: {"before": getattr(budget, column), "after": value}
        for column, value in given.items()
        if value != getattr(budget, column)
    }
    for column, values in changed.items():
        setattr(budget, column, values["after"])
    if changed:
        with _one_a_day("endsOn"):
            await unit.session.flush()
        unit.record(BudgetUpdated(ids=[budget.id], data=changed))
    return budget.id


async def delete_budget(unit: Unit, budget_id: UUID) -> UUID:
    """What was spent stays; what rolled over with it is gone."""
    budget = await _locked_budget(unit, budget_id)
    await unit.session.delete(budget)
    await unit.session.flush()
    before = {"category": budget.category_id, "limit_amount": budget.limit_amount, "starts_on": budget.starts_on}
    unit.record(BudgetDeleted(ids=[budget_id], data={"before": before}))
    return budget_id


async def _locked_budget(unit: Unit, budget_id: UUID) -> Budget:
    statement = select(Budget).where(Budget.household_id == unit.household_id, Budget.id == budget_id)
    budget = (await unit.session.scalars(statement.with_for_update())).one_or_none()
    if budget is None:
        raise not_found("There is no such budget.", "input", "budgetId")
    return budget


async def _check_limit(unit: Unit, limit: Money) -> None:
    currency = await unit.session.scalar(select(Household.currency).where(Household.id == unit.household_id))
    if limit.currency != currency:
        raise invalid(f"Budgets of this household are in {currency}.", "input", "limit", "currency")
    with invalid_at("input", "limit", "amount"):
        check_limit(limit)


@contextmanager
def _one_a_day(field: str) -> Iterator[None]:
    """The database has the word on overlapping days: whoever checks first has checked too early."""
    try:
        yield
    except IntegrityError as error:
        if violated(error) != ONE_A_DAY:
            raise
        raise conflict("This category has a budget on one of these days already.", "input", field) from None
