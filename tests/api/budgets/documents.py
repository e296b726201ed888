"""The documents that tests of budgets send."""

from typing import Any

from tests.api.booking import category
from tests.api.client import Person

CREATE = """
mutation ($input: CreateBudgetInput!) {
  createBudget(input: $input) {
    budget {
      id
      category { name }
      period
      limit { amount currency }
      rollover
      startsOn
      endsOn
    }
    userErrors { code message path }
  }
}
"""
UPDATE = """
mutation ($input: UpdateBudgetInput!) {
  updateBudget(input: $input) {
    budget { limit { amount } rollover startsOn endsOn }
    userErrors { code message path }
  }
}
"""
DELETE = """
mutation ($id: ID!) {
  deleteBudget(input: {budgetId: $id}) {
    deletedId
    userErrors { code message path }
  }
}
"""
BUDGETS = "query ($ended: Boolean) { viewer { budgets(includeEnded: $ended) { id } } }"


def new(code: str = "FOOD_AND_DRINK", amount: object = "100.00", **given: Any) -> dict[str, Any]:
    """A CreateBudgetInput."""
    return {
        "categoryId": category(code),
        "limit": {"amount": amount, "currency": "USD"},
        "startsOn": "2026-01-01",
        **given,
    }


async def make_budget(person: Person, code: str = "FOOD_AND_DRINK", amount: str = "100.00", **given: Any) -> str:
    """The id of a new budget."""
    made = await person.change(CREATE, input=new(code, amount, **given))
    budget: str = made["budget"]["id"]
    return budget


async def budget_ids(person: Person, *, ended: bool = True) -> list[str]:
    """The household's budgets, ended ones too."""
    return [one["id"] for one in (await person.data(BUDGETS, ended=ended))["viewer"]["budgets"]]
