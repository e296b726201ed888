"""Budgets, how their periods stand, and the budget page."""

from collections.abc import Sequence
from datetime import date
from enum import Enum
from typing import Annotated
from uuid import UUID

import strawberry

from api.categories.types import Category
from api.fields import column, edge, value
from api.gates import Payload
from api.money import Money, money_of
from api.node import Node, node_type
from api.scalars import CurrencyCode
from api.scopes import requires
from domain.budgets import models
from domain.budgets.queries import budgets_by_ids, statuses_by_budget
from domain.budgets.rules import BudgetStatus as Status
from domain.categories.queries import categories_by_ids
from domain.periods import Month
from runtime.reader import Reader


@strawberry.enum(description="How often a budget begins anew. Periods are whole: their limit is never cut.")
class BudgetPeriod(Enum):
    WEEKLY = strawberry.enum_value("WEEKLY", description="Seven days from the weekday of `startsOn`.")
    MONTHLY = strawberry.enum_value("MONTHLY", description="A calendar month.")
    ANNUAL = strawberry.enum_value("ANNUAL", description="Twelve calendar months from that of `startsOn`.")
    ONCE = strawberry.enum_value("ONCE", description="From `startsOn` to `endsOn`, which it needs.")


@strawberry.enum(description="What a period of a budget hands on to the next one.")
class RolloverMode(Enum):
    NONE = strawberry.enum_value("NONE", description="Nothing.")
    SURPLUS = strawberry.enum_value("SURPLUS", description="What is left of it.")
    SURPLUS_AND_OVERSPEND = strawberry.enum_value(
        "SURPLUS_AND_OVERSPEND", description="What is left of it, or what is missing."
    )


@strawberry.enum(description="How a period stands.")
class BudgetState(Enum):
    ON_TRACK = strawberry.enum_value("ON_TRACK", description="Less than 85 % of what there was is spent.")
    NEARING = strawberry.enum_value("NEARING", description="85 % or more of what there was is spent.")
    OVER = strawberry.enum_value("OVER", description="More is spent than there was.")


@requires("budgets:read")
@strawberry.type(description="One period of a budget. `remaining` = `limit` + `rolledOver` - `spent`.")
class BudgetStatus:
    from_: date = value("The period's first day.", lambda days: days.first, "days", name="from")
    to: date = value("The period's last day.", lambda days: days.last, "days")
    limit: Money = column("What the budget allows in a period.")
    rolled_over: Money = column("What the periods before handed on; negative where it was missing there.")
    spent: Money = column("What was spent in the period, in the category and all of kind EXPENSE below it.")
    remaining: Money = column("What is left; negative where more is spent than there was.")
    state: BudgetState = column("How the period stands.")


async def status_on(
    reader: Reader,
    ids: Sequence[UUID],
    on: Annotated[date | None, strawberry.argument(description="A day; today where it is left out.")] = None,
) -> dict[UUID, Status]:
    return await statuses_by_budget(reader, ids, on=on)


@requires("budgets:read")
@node_type(
    "bud",
    models.Budget,
    by_ids=budgets_by_ids,
    description="A limit for a category and all of kind EXPENSE below it, in each period.",
)
class Budget(Node):
    category: Category = edge(categories_by_ids, "category_id", description="What it is for.")
    period: BudgetPeriod = column("How often it begins anew.")
    limit: Money = money_of("What it allows in a period, in the household's currency.", "limit_amount", "currency")
    rollover: RolloverMode = column("What a period hands on to the next one.")
    starts_on: date = column("The first day on which it holds.")
    ends_on: date | None = column("The last day on which it holds; null where it goes on.")
    status: BudgetStatus | None = edge(
        status_on,
        "id",
        description="The period that contains the given day; null outside `startsOn` to `endsOn`.",
    )


@requires("budgets:read")
@strawberry.type(description="One category in one month. `remaining` = `planned` + `rolledOver` - `spent`.")
class BudgetLine:
    category: Category = edge(categories_by_ids, "category_id", description="The category.")
    budget: Budget | None = edge(
        budgets_by_ids,
        "budget_id",
        description="Its budget, the latest where one followed another; null where there is spending only.",
    )
    planned: Money = column("What its budget plans for the month; zero without one.")
    rolled_over: Money = column("What earlier months handed on; negative where it was missing there.")
    spent: Money = column(
        "What was spent in the month: with a budget in all of kind EXPENSE below it as well, else in it alone."
    )
    remaining: Money = column("What is left; negative where more is spent than there was.")
    state: BudgetState = column("How the month stands; ON_TRACK without a budget.")


@requires("budgets:read")
@strawberry.type(description="The budget page of a month. The totals count every amount once, in its outermost line.")
class BudgetMonth:
    month: Month = column("The calendar month.")
    income: Money = column("What came in, by the kind of the categories.")
    planned: Money = column("What the budgets plan for the month.")
    spent: Money = column("What was spent.")
    rolled_over: Money = column("What earlier months handed on.")
    remaining: Money = column("`planned` + `rolledOver` - `spent`.")
    lines: list[BudgetLine] = column(
        "Each category of kind EXPENSE with a budget or with spending, in the order of the categories."
    )
    unconverted: list[CurrencyCode] = column("Currencies of the month's amounts that are left out of the sums.")


@strawberry.type(description="A budget that was made or changed.")
class BudgetPayload(Payload):
    budget: Budget | None = edge(budgets_by_ids, "object_id", description="The budget; null where it was refused.")


@strawberry.type(description="A budget that was deleted.")
class DeleteBudgetPayload(Payload):
    deleted_id: strawberry.ID | None = column("The id it had; null where it was refused.")
