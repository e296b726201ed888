"""Rules: they are made by `categorizeTransaction(always: true)`, and deleted here."""

import strawberry

from api.fields import column
from api.gates import Outcome, Payload, mutation
from api.ids import encode, input_id
from domain.categories import commands
from runtime.unit import Unit


@strawberry.input(description="A rule to delete.")
class DeleteCategoryRuleInput:
    rule_id: strawberry.ID = strawberry.field(description="The rule. What it has decided stays decided.")


@strawberry.type(description="A rule that was deleted.")
class DeleteCategoryRulePayload(Payload):
    deleted_id: strawberry.ID | None = column("Its id; null where it was refused.")


async def delete_category_rule(unit: Unit, input: DeleteCategoryRuleInput) -> Outcome:
    deleted = await commands.delete_category_rule(unit, input_id("rul", input.rule_id, "ruleId"))
    return Outcome(details={"deleted_id": encode("rul", deleted)})


@strawberry.type
class CategoryMutations:
    delete_category_rule: DeleteCategoryRulePayload | None = mutation(
        delete_category_rule, description="Delete a rule: it decides no later transaction.", scope="categories:write"
    )
