"""Reports: sums of transactions and of balances over days."""

from datetime import date
from decimal import Decimal
from enum import Enum

import strawberry

from api.categories.types import Category
from api.fields import column, edge, value
from api.money import Money
from api.scalars import CurrencyCode
from api.scopes import requires
from domain.categories.queries import categories_by_ids

UNCONVERTED = "Currencies of amounts that are left out, because they are not the household's."


@strawberry.enum(description="How long a point of a report is; the first and the last end where the report's days do.")
class Interval(Enum):
    DAY = strawberry.enum_value("DAY", description="One day.")
    WEEK = strawberry.enum_value("WEEK", description="Monday to Sunday (ISO 8601).")
    MONTH = strawberry.enum_value("MONTH", description="A calendar month.")
    QUARTER = strawberry.enum_value("QUARTER", description="Three months, from January, April, July or October.")
    YEAR = strawberry.enum_value("YEAR", description="A calendar year.")


@requires("reports:read")
@strawberry.type(description="One category of a report, without the ones below it.")
class SpendingLine:
    category: Category = edge(categories_by_ids, "category_id", description="A category of kind EXPENSE.")
    amount: Money = column("What was spent; negative where refunds outweigh.")
    share: Decimal = column("0 to 1 of the total, with four digits; 0 where the total is not above zero.")
    count: int = column("Of how many transactions.")


@requires("reports:read")
@strawberry.type(description="Expenses by category.")
class SpendingReport:
    total: Money = column("The sum of the lines.")
    lines: list[SpendingLine] = column("The largest first.")
    unconverted: list[CurrencyCode] = column(UNCONVERTED)


@requires("reports:read")
@strawberry.type(description="Income and expenses of one interval.")
class CashFlowPoint:
    from_: date = value("The first day.", lambda days: days.first, "days", name="from")
    to: date = value("The last day.", lambda days: days.last, "days")
    income: Money = column("What came in, by the kind of the categories.")
    expenses: Money = column("What was spent; negative where refunds outweigh.")
    net: Money = column("`income` - `expenses`.")


@requires("reports:read")
@strawberry.type(description="Income and expenses over time.")
class CashFlowReport:
    income: Money = column("What came in, by the kind of the categories.")
    expenses: Money = column("What was spent; negative where refunds outweigh.")
    net: Money = column("`income` - `expenses`.")
    savings_rate: Decimal | None = column("Net divided by income, with four digits; null without income.")
    points: list[CashFlowPoint] = column("Each interval of the days, also where nothing happened; oldest first.")
    unconverted: list[CurrencyCode] = column(UNCONVERTED)


@requires("reports:read")
@strawberry.type(description="What there was and what was owed at the end of a day.")
class NetWorthPoint:
    on: date = column("The day: the last of its interval, today at the latest.")
    assets: Money = column("What there was on all accounts that are neither cards nor loans.")
    liabilities: Money = column("What was owed on cards and loans, and by what other accounts were overdrawn.")
    net: Money = column("`assets` - `liabilities`.")


@requires("reports:read")
@strawberry.type(description="What the household has and owes over time. A closed account counts until the day before.")
class NetWorthReport:
    points: list[NetWorthPoint] = column("The end of each interval that has begun; oldest first.")
    unconverted: list[CurrencyCode] = column(
        "Currencies of accounts that are left out, because they are not the household's."
    )
