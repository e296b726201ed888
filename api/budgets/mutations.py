"""Making, changing and deleting budgets."""

from datetime import date
from uuid import UUID

import strawberry

from api import ids
from api.budgets.types import BudgetPayload, BudgetPeriod, DeleteBudgetPayload, RolloverMode
from api.gates import Outcome, mutation
from api.ids import input_id
from api.money import MoneyInput, read_money
from domain.budgets import commands, rules
from domain.budgets.commands import BudgetChange
from domain.periods import BudgetPeriod as Period
from runtime.unit import Unit


@strawberry.input(description="A new budget.")
class CreateBudgetInput:
    category_id: strawberry.ID = strawberry.field(description="A category of kind EXPENSE.")
    period: BudgetPeriod | None = strawberry.field(
        default=BudgetPeriod.MONTHLY, description="How often it begins anew."
    )
    limit: MoneyInput = strawberry.field(
        description="What it allows in a period, in the household's currency; zero at least."
    )
    rollover: RolloverMode | None = strawberry.field(
        default=RolloverMode.NONE, description="What a period hands on to the next one."
    )
    starts_on: date = strawberry.field(description="The first day on which it holds.")
    ends_on: date | None = strawberry.field(
        default=None, description="The last day on which it holds; needed for ONCE, else null where it goes on."
    )
    idempotency_key: str | None = strawberry.field(
        default=None, description="The same key with the same input makes one budget, however often it is sent."
    )


@strawberry.input(description="Left out = unchanged. A change holds for past periods too.")
class UpdateBudgetInput:
    budget_id: strawberry.ID = strawberry.field(description="The budget.")
    limit: MoneyInput | None = strawberry.field(
        default=strawberry.UNSET, description="What it allows in a period; null leaves it unchanged."
    )
    rollover: RolloverMode | None = strawberry.field(
        default=strawberry.UNSET, description="What a period hands on to the next one; null leaves it unchanged."
    )
    ends_on: date | None = strawberry.field(
        default=strawberry.UNSET, description="The last day on which it holds; null: it goes on."
    )


@strawberry.input(description="A budget to delete.")
class DeleteBudgetInput:
    budget_id: strawberry.ID = strawberry.field(description="The budget.")


async def create_budget(unit: Unit, input: CreateBudgetInput) -> UUID:
    return await commands.create_budget(
        unit,
        category_id=input_id("cat", input.category_id, "categoryId"),
        period=Period((input.period or BudgetPeriod.MONTHLY).name),
        limit=read_money(input.limit, "limit"),
        rollover=rules.RolloverMode((input.rollover or RolloverMode.NONE).name),
        starts_on=input.starts_on,
        ends_on=input.ends_on,
    )


async def update_budget(unit: Unit, input: UpdateBudgetInput) -> UUID:
    change = BudgetChange(
        limit=read_money(input.limit, "limit") if input.limit else None,
        rollover=rules.RolloverMode(input.rollover.name) if input.rollover else None,
        moves_end=input.ends_on is not strawberry.UNSET,
        ends_on=input.ends_on or None,
    )
    return await commands.update_budget(unit, input_id("bud", input.budget_id, "budgetId"), change)


async def delete_budget(unit: Unit, input: DeleteBudgetInput) -> Outcome:
    deleted = await commands.delete_budget(unit, input_id("bud", input.budget_id, "budgetId"))
    return Outcome(details={"deleted_id": ids.encode("bud", deleted)})


@strawberry.type
class BudgetMutations:
    create_budget: BudgetPayload | None = mutation(
        create_budget,
        description="Set a limit for a category. CONFLICT where it has a budget on one of the days already.",
        scope="budgets:write",
    )
    update_budget: BudgetPayload | None = mutation(update_budget, description="Change a budget.", scope="budgets:write")
    delete_budget: DeleteBudgetPayload | None = mutation(
        delete_budget, description="Delete a budget; what was spent stays.", scope="budgets:write"
    )
