"""Making, changing and archiving goals, and contributing to them."""

from datetime import date
from uuid import UUID

import strawberry

from api.gates import mutation
from api.goals.types import GoalPayload
from api.ids import input_id
from api.inputs import given
from api.money import MoneyInput, read_money
from domain.goals import commands
from runtime.unit import Unit


@strawberry.input(description="Something to save towards.")
class CreateGoalInput:
    name: str = strawberry.field(description="What it is for: one line of at most 100 characters.")
    target: MoneyInput = strawberry.field(description="How much it needs, more than zero. Its currency stays.")
    target_date: date | None = strawberry.field(
        default=None, description="The day by which it is to be reached; null where there is none."
    )
    idempotency_key: str | None = strawberry.field(
        default=None, description="The same key and input make one goal, however often they are sent."
    )


@strawberry.input(description="Left out = unchanged.")
class UpdateGoalInput:
    goal_id: strawberry.ID = strawberry.field(description="A goal that is not archived.")
    name: str | None = strawberry.field(
        default=strawberry.UNSET, description="What it is for; null leaves it unchanged."
    )
    target: MoneyInput | None = strawberry.field(
        default=strawberry.UNSET, description="How much it needs, in its currency; null leaves it unchanged."
    )
    target_date: date | None = strawberry.field(
        default=strawberry.UNSET, description="The day by which it is to be reached; null: there is none."
    )


@strawberry.input(description="A goal to archive.")
class ArchiveGoalInput:
    goal_id: strawberry.ID = strawberry.field(description="The goal.")


@strawberry.input(description="Money put into a goal, or taken back from it.")
class ContributeToGoalInput:
    goal_id: strawberry.ID = strawberry.field(description="A goal that is not archived.")
    amount: MoneyInput = strawberry.field(
        description="In the goal's currency; negative to take back, never more than was given. Not zero."
    )
    transaction_id: strawberry.ID | None = strawberry.field(
        default=None, description="The transaction that it comes with: each can be contributed once."
    )
    note: str | None = strawberry.field(default=None, description="At most 2,000 characters.")
    idempotency_key: str | None = strawberry.field(
        default=None, description="The same key and input contribute once, however often they are sent."
    )


async def create_goal(unit: Unit, input: CreateGoalInput) -> UUID:
    target = read_money(input.target, "target")
    return await commands.create_goal(unit, name=input.name, target=target, target_date=input.target_date)


async def update_goal(unit: Unit, input: UpdateGoalInput) -> UUID:
    changes = given(input, "goal_id")
    if input.target:
        changes["target"] = read_money(input.target, "target")
    return await commands.update_goal(unit, input_id("goa", input.goal_id, "goalId"), changes)


async def archive_goal(unit: Unit, input: ArchiveGoalInput) -> UUID:
    return await commands.archive_goal(unit, input_id("goa", input.goal_id, "goalId"))


async def contribute_to_goal(unit: Unit, input: ContributeToGoalInput) -> UUID:
    return await commands.contribute_to_goal(
        unit,
        input_id("goa", input.goal_id, "goalId"),
        amount=read_money(input.amount, "amount"),
        transaction_id=None if input.transaction_id is None else input_id("txn", input.transaction_id, "transactionId"),
        note=input.note,
    )


@strawberry.type
class GoalMutations:
    create_goal: GoalPayload | None = mutation(create_goal, description="Save towards something.", scope="goals:write")
    update_goal: GoalPayload | None = mutation(
        update_goal, description="Change a goal; archived ones are NOT_ALLOWED.", scope="goals:write"
    )
    archive_goal: GoalPayload | None = mutation(
        archive_goal,
        description="Put a goal away; what was saved stays in it. Doing it again changes nothing.",
        scope="goals:write",
    )
    contribute_to_goal: GoalPayload | None = mutation(
        contribute_to_goal,
        description=(
            "Put money into a goal, or take it back with a negative amount. CONFLICT for a transaction that was "
            "contributed before."
        ),
        scope="goals:write",
    )
