"""The household's reports. At most 5,000 points, in the years 1900 to 2999."""

from collections.abc import Sequence
from datetime import date
from typing import Annotated
from uuid import UUID

import strawberry

from api.errors import bad_input
from api.fields import edge, same
from api.ids import BadId, decode_as
from api.reports.types import CashFlowReport, Interval, NetWorthReport, SpendingReport
from api.scopes import requires
from domain import intervals
from domain.reports import queries, rules
from runtime.reader import Reader

MOST_ACCOUNTS = 1_000

From = Annotated[date, strawberry.argument(name="from", description="The first day, in the household's zone.")]
To = Annotated[date, strawberry.argument(description="The last day, included.")]
Cut = Annotated[Interval | None, strawberry.argument(description="How long a point is.")]
Accounts = Annotated[
    list[strawberry.ID] | None,
    strawberry.argument(description="Of these accounts only, at most 1,000; of all where it is left out."),
]


async def spending_by_category(
    reader: Reader, household_ids: Sequence[UUID], from_: From, to: To, account_ids: Accounts = None
) -> dict[UUID, rules.SpendingReport]:
    accounts = _decoded(account_ids)
    return {id: await queries.spending_by_category(reader, from_, to, accounts) for id in household_ids}


async def cash_flow(
    reader: Reader,
    household_ids: Sequence[UUID],
    from_: From,
    to: To,
    interval: Cut = Interval.MONTH,
    account_ids: Accounts = None,
) -> dict[UUID, rules.CashFlowReport]:
    accounts = _decoded(account_ids)
    cut = _interval(interval)
    return {id: await queries.cash_flow(reader, from_, to, cut, accounts) for id in household_ids}


async def net_worth(
    reader: Reader, household_ids: Sequence[UUID], from_: From, to: To, interval: Cut = Interval.MONTH
) -> dict[UUID, rules.NetWorthReport]:
    return {id: await queries.net_worth(reader, from_, to, _interval(interval)) for id in household_ids}


def _interval(given: Interval | None) -> intervals.Interval:
    return intervals.Interval((given or Interval.MONTH).name)


def _decoded(account_ids: list[strawberry.ID] | None) -> list[UUID] | None:
    if account_ids is None:
        return None
    if len(account_ids) > MOST_ACCOUNTS:
        raise bad_input(f"`accountIds` has at most {MOST_ACCOUNTS} entries.")
    try:
        return [decode_as("acc", text) for text in account_ids]
    except BadId:
        raise bad_input("`accountIds` holds an id of another type, or none at all.") from None


@requires("reports:read")
@strawberry.type(description="Sums over days, in the household's currency.")
class Reports:
    spending_by_category: SpendingReport = edge(
        spending_by_category, "household_id", description="Expenses by category, parts and refunds honoured."
    )
    cash_flow: CashFlowReport = edge(
        cash_flow, "household_id", description="Income and expenses, told apart by the kind of the categories."
    )
    net_worth: NetWorthReport = edge(
        net_worth, "household_id", description="What there was and what was owed, from the balances of all accounts."
    )


@strawberry.type
class ReportsOfViewer:
    reports: Reports = same("Sums over days, in the household's currency.", scope="reports:read")
