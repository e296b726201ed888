"""Making, changing and archiving goals, and putting money into them or taking it back."""

from datetime import date
from decimal import Decimal
from typing import Any
from uuid import UUID

from sqlalchemy import Numeric, func, literal, select, update
from sqlalchemy.exc import IntegrityError

from domain.events import GoalArchived, GoalContributed, GoalCreated, GoalUpdated
from domain.goals.models import Goal, GoalContribution
from domain.goals.rules import check_contribution, check_target
from domain.mistakes import UserMistake, conflict, invalid, invalid_at, not_allowed, not_found, too_many
from domain.money import AMOUNT_BOUND, Money
from domain.text import line, prose
from domain.transactions.models import Transaction
from runtime.ids import new_id
from runtime.unit import Unit, violated

LONGEST_NAME = 100
MOST_GOALS = 1_000
ONCE_A_TRANSACTION = "uq_goal_contributions_transaction"


async def create_goal(unit: Unit, *, name: str, target: Money, target_date: date | None) -> UUID:
    """INVALID for a target that is not above zero and for a date beyond reason; TOO_MANY beyond 1,000, archived ones
    included."""
    _check_target(target, target_date)
    mine = select(func.count()).select_from(Goal).where(Goal.household_id == unit.household_id)
    if (await unit.session.scalars(mine)).one() >= MOST_GOALS:
        raise too_many(f"A household has at most {MOST_GOALS} goals.", "input")
    goal = Goal(
        household_id=unit.household_id,
        id=new_id(),
        name=line(name, "input", "name", most=LONGEST_NAME),
        target=target.amount,
        currency=target.currency,
        target_date=target_date,
        saved=Decimal(0),
        created_at=unit.at,
    )
    unit.session.add(goal)
    await unit.session.flush()
    unit.record(GoalCreated(ids=[goal.id]))
    return goal.id


async def update_goal(unit: Unit, goal_id: UUID, given: dict[str, Any]) -> UUID:
    """`given` has what is to be changed: "name" and "target", where null changes nothing, and "target_date", where it
    clears. A goal keeps its currency; an archived one is NOT_ALLOWED to change."""
    goal = await _locked_goal(unit, goal_id)
    if goal.archived_at is not None:
        raise _archived()
    target: Money | None = given.get("target")
    if target is None:
        target = Money(goal.target, goal.currency)
    if target.currency != goal.currency:
        raise invalid(f"This goal is in {goal.currency}.", "input", "target", "currency")
    target_date = given.get("target_date", goal.target_date)
    _check_target(target, target_date)
    name = given.get("name")
    wanted = {
        "name": goal.name if name is None else line(name, "input", "name", most=LONGEST_NAME),
        "target": target.amount,
        "target_date": target_date,
    }
    changed = {
        column: {"before": getattr(goal, column), "after": value}
        for column, value in wanted.items()
        if value != getattr(goal, column)
    }
    for column, values in changed.items():
        setattr(goal, column, values["after"])
    if changed:
        unit.record(GoalUpdated(ids=[goal.id], data=changed))
    return goal.id


async def archive_goal(unit: Unit, goal_id: UUID) -> UUID:
    """What was saved stays in it. Archiving it again changes nothing."""
    goal = await _locked_goal(unit, goal_id)
    if goal.archived_at is None:
        goal.archived_at = unit.at
        unit.record(GoalArchived(ids=[goal.id]))
    return goal.id


async def contribute_to_goal(
    unit: Unit, goal_id: UUID, *, amount: Money, transaction_id: UUID | None, note: str | None
) -> UUID:
    """Put money in, or take it back with a negative amount; the goal's id.

    INVALID for zero, another currency and more back than was given; NOT_ALLOWED for an archived goal; CONFLICT for a
    transaction that was contributed before.
    """
    words = prose(note, "input", "note")
    goal = await _goal(unit, goal_id)
    if amount.currency != goal.currency:
        raise invalid(f"Contributions to this goal are in {goal.currency}.", "input", "amount", "currency")
    if not amount:
        raise invalid("A contribution is not zero.", "input", "amount", "amount")
    if transaction_id is not None:
        await _require_transaction(unit, transaction_id)
    saved = await _move(unit, goal_id, amount)
    contribution = GoalContribution(
        household_id=unit.household_id,
        id=new_id(),
        goal_id=goal_id,
        user_id=unit.viewer.user_id,
        amount=amount.amount,
        currency=amount.currency,
        at=unit.at,
        transaction_id=transaction_id,
        note=words,
    )
    try:
        unit.session.add(contribution)
        await unit.session.flush()
    except IntegrityError as error:
        if violated(error) != ONCE_A_TRANSACTION:
            raise
        raise conflict("This transaction was contributed already.", "input", "transactionId") from None
    unit.record(
        GoalContributed(
            ids=[contribution.id],
            data={
                "goal": goal_id,
                "amount": amount.amount,
                "currency": amount.currency,
                "saved": saved.amount,
            },
        ),
        GoalUpdated(ids=[goal_id], data={"saved": {"before": (saved - amount).amount, "after": saved.amount}}),
    )
    return goal_id


async def _move(unit: Unit, goal_id: UUID, amount: Money) -> Money:
    """What is saved afterwards. One statement, so that two contributions at the same time both count."""
    after = Goal.saved + amount.amount
    statement = (
        update(Goal)
        .where(
            Goal.household_id == unit.household_id,
            Goal.id == goal_id,
            Goal.archived_at.is_(None),
            after >= 0,
            after < literal(AMOUNT_BOUND, Numeric()),
        )
        .values(saved=after)
        .returning(Goal.saved)
        .execution_options(synchronize_session=False)
    )
    saved = (await unit.session.execute(statement)).scalar_one_or_none()
    if saved is None:
        raise await _why_not(unit, goal_id, amount)
    return Money(saved, amount.currency)


async def _why_not(unit: Unit, goal_id: UUID, amount: Money) -> UserMistake:
    goal = await _goal(unit, goal_id)
    if goal.archived_at is not None:
        return _archived()
    with invalid_at("input", "amount", "amount"):
        check_contribution(Money(goal.saved, goal.currency), amount)
    return invalid("More than this goal can hold.", "input", "amount", "amount")


async def _goal(unit: Unit, goal_id: UUID, *, lock: bool = False) -> Goal:
    statement = select(Goal).where(Goal.household_id == unit.household_id, Goal.id == goal_id)
    if lock:
        statement = statement.with_for_update()
    # What is in the session already may be older than what a lock or a failed statement has just seen.
    rows = await unit.session.scalars(statement, execution_options={"populate_existing": True})
    if (goal := rows.one_or_none()) is None:
        raise not_found("There is no such goal.", "input", "goalId")
    return goal


async def _locked_goal(unit: Unit, goal_id: UUID) -> Goal:
    return await _goal(unit, goal_id, lock=True)


async def _require_transaction(unit: Unit, transaction_id: UUID) -> None:
    found = select(Transaction.id).where(
        Transaction.household_id == unit.household_id, Transaction.id == transaction_id
    )
    if await unit.session.scalar(found) is None:
        raise not_found("There is no such transaction.", "input", "transactionId")


def _check_target(target: Money, target_date: date | None) -> None:
    with invalid_at("input", "target", "amount"):
        check_target(target, None)
    with invalid_at("input", "targetDate"):
        check_target(target, target_date)


def _archived() -> UserMistake:
    return not_allowed("This goal is archived.", "input", "goalId")
