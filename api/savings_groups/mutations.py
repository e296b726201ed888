"""Founding, joining and leaving savings groups, and giving to them."""

from datetime import date
from uuid import UUID

import strawberry

from api.gates import mutation
from api.ids import input_id
from api.money import MoneyInput, read_money
from api.savings_groups.types import GroupContributionPayload, SavingsGroupPayload
from domain.savings_groups import commands, contributions
from runtime.unit import Unit


@strawberry.input(description="A new savings group, with the person as its first member.")
class CreateSavingsGroupInput:
    name: str = strawberry.field(description="How its members call it.")
    target: MoneyInput = strawberry.field(description="What is saved for; its currency is the group's.")
    target_date: date | None = strawberry.field(default=None, description="When it should be reached.")
    idempotency_key: str | None = strawberry.field(
        default=None, description="The same key and input again give the first group."
    )


@strawberry.input(description="A way into a savings group.")
class JoinSavingsGroupInput:
    invite_code: str = strawberry.field(
        description="What a member passed on; case, blanks and hyphens do not matter, nor O for 0, I and L for 1."
    )


@strawberry.input(description="A savings group to leave.")
class LeaveSavingsGroupInput:
    group_id: strawberry.ID = strawberry.field(description="The group.")


@strawberry.input(description="A savings group whose invite code is not to be good any more.")
class ReplaceInviteCodeInput:
    group_id: strawberry.ID = strawberry.field(description="The group.")


@strawberry.input(description="Money given to a savings group, or taken back.")
class ContributeToGroupInput:
    group_id: strawberry.ID = strawberry.field(description="The group.")
    amount: MoneyInput = strawberry.field(
        description="In the group's currency; negative to take back, never more than the person gave; never zero."
    )
    message: str | None = strawberry.field(default=None, description="A word to the others.")
    idempotency_key: str | None = strawberry.field(
        default=None, description="The same key and input again give the first contribution."
    )


async def create_savings_group(unit: Unit, input: CreateSavingsGroupInput) -> UUID:
    return await commands.create_savings_group(
        unit, name=input.name, target=read_money(input.target, "target"), target_date=input.target_date
    )


async def join_savings_group(unit: Unit, input: JoinSavingsGroupInput) -> UUID:
    return await commands.join_savings_group(unit, invite_code=input.invite_code)


async def leave_savings_group(unit: Unit, input: LeaveSavingsGroupInput) -> UUID:
    group_id = input_id("grp", input.group_id, "groupId")
    await commands.leave_savings_group(unit, group_id=group_id)
    return group_id


async def replace_invite_code(unit: Unit, input: ReplaceInviteCodeInput) -> UUID:
    return await commands.replace_invite_code(unit, group_id=input_id("grp", input.group_id, "groupId"))


async def contribute_to_group(unit: Unit, input: ContributeToGroupInput) -> UUID:
    return await contributions.contribute_to_group(
        unit,
        group_id=input_id("grp", input.group_id, "groupId"),
        amount=read_money(input.amount, "amount"),
        message=input.message,
    )


@strawberry.type
class SavingsGroupMutations:
    create_savings_group: SavingsGroupPayload | None = mutation(
        create_savings_group, description="Found a savings group and become its first member.", scope="groups:write"
    )
    join_savings_group: SavingsGroupPayload | None = mutation(
        join_savings_group,
        description="Join a group by its invite code. CONFLICT for those who belong to it already.",
        scope="groups:write",
    )
    leave_savings_group: SavingsGroupPayload | None = mutation(
        leave_savings_group,
        description="Leave a group. What was given stays in it; when the last member leaves, nobody sees it any more.",
        scope="groups:write",
    )
    replace_invite_code: SavingsGroupPayload | None = mutation(
        replace_invite_code,
        description="Make a new invite code; the old one opens nothing from then on.",
        scope="groups:write",
    )
    contribute_to_group: GroupContributionPayload | None = mutation(
        contribute_to_group, description="Give to a group, or take back from what one gave.", scope="groups:write"
    )
