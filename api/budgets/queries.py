"""The household's budgets and its budget page."""

from collections.abc import Sequence
from typing import Annotated
from uuid import UUID

import strawberry

from api.budgets.types import Budget, BudgetMonth
from api.fields import edge
from domain.budgets import models
from domain.budgets.month import BudgetMonth as Page
from domain.budgets.queries import budget_months, budgets_by_household
from domain.periods import Month
from runtime.reader import Reader


async def budget_month(
    reader: Reader, ids: Sequence[UUID], month: Annotated[Month, strawberry.argument(description="Which month.")]
) -> dict[UUID, Page]:
    return await budget_months(reader, ids, month=month)


async def budgets(
    reader: Reader,
    ids: Sequence[UUID],
    include_ended: Annotated[
        bool | None, strawberry.argument(description="Whether those that ended before today are wanted too.")
    ] = False,
) -> dict[UUID, list[models.Budget]]:
    return await budgets_by_household(reader, ids, include_ended=bool(include_ended))


@strawberry.type
class BudgetsOfViewer:
    budget_month: BudgetMonth = edge(
        budget_month,
        "household_id",
        description="The budget page: every category's plan, actual, rollover and what remains, in one month.",
        scope="budgets:read",
    )
    budgets: list[Budget] = edge(
        budgets, "household_id", description="The household's budgets, as they were made.", scope="budgets:read"
    )
