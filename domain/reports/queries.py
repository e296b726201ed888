"""The three reports: each costs a constant number of statements, however long its range."""

from bisect import bisect_left
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import replace
from datetime import date
from typing import Protocol
from uuid import UUID

from sqlalchemy import Text, Uuid, bindparam, text
from sqlalchemy.dialects.postgresql import ARRAY

from domain.accounts.queries import accounts_by_household
from domain.categories.kind import CategoryKind
from domain.categories.queries import CategoryRow, category_tree
from domain.households.queries import household_of_viewer
from domain.intervals import Interval, interval_points
from domain.money import from_ten_thousandths, ten_thousandths
from domain.periods import Days, day_range
from domain.reports import rules
from domain.reports.rules import CashFlowReport, NetWorthReport, SpendingReport, net_worth_point
from domain.spending.queries import Flows, flows_of_ranges, spending_between
from domain.transactions.balance_history import balances_of
from domain.zones import day_in
from runtime import clock
from runtime.reader import Reader
from runtime.statements import Statement

# Short intervals are summed from the transactions of each day; longer ones mostly from the months' sums.
_FROM_DAYS = (Interval.DAY, Interval.WEEK)

_FLOW_BY_DAY = Statement(
    text("""
select t.date, k.kind, t.currency, sum(t.amount)::text as amount
from transactions t join unnest(:categories, :kinds) as k (category_id, kind) on k.category_id = t.category_id
where t.household_id = :household_id and t.date between :first and :last and t.counts
    and (:every_account or t.account_id = any (:account_ids))
group by t.date, k.kind, t.currency
""").bindparams(
        *(bindparam(name, type_=ARRAY(Uuid)) for name in ("categories", "account_ids")),
        bindparam("kinds", type_=ARRAY(Text)),
    )
)


_Categories = Mapping[UUID, CategoryRow]


async def spending_by_category(
    reader: Reader, from_: date, to: date, account_ids: Sequence[UUID] | None = None
) -> SpendingReport:
    """At most three statements. Raises `PeriodProblem` for days that cannot be a range."""
    days = day_range(from_, to)
    household = await household_of_viewer(reader)
    categories = await category_tree(reader)
    sums = await spending_between(reader, household.id, days.first, days.last, account_ids)
    lines = [line for line in sums if categories[line.category_id].kind == CategoryKind.EXPENSE]
    expenses = {
        line.category_id: (from_ten_thousandths(-line.amount, line.currency), line.number)
        for line in lines
        if line.currency == household.currency
    }
    return replace(rules.spending(expenses, household.currency), unconverted=_others(lines, household.currency))


async def cash_flow(
    reader: Reader, from_: date, to: date, interval: Interval, account_ids: Sequence[UUID] | None = None
) -> CashFlowReport:
    """At most three statements. Raises `PeriodProblem` as `net_worth` does."""
    points = interval_points(day_range(from_, to), interval)
    household = await household_of_viewer(reader)
    categories = await category_tree(reader)
    flows = await (_by_day if interval in _FROM_DAYS else _by_range)(reader, points, categories, account_ids)
    currency = household.currency
    income, expenses = (flows.get((kind, currency), {}) for kind in (CategoryKind.INCOME, CategoryKind.EXPENSE))
    report = rules.cash_flow(
        points,
        {points[place]: from_ten_thousandths(amount, currency) for place, amount in income.items()},
        {points[place]: from_ten_thousandths(-amount, currency) for place, amount in expenses.items()},
        currency,
    )
    others = {its for kind, its in flows if its != currency and kind != CategoryKind.TRANSFER}
    return replace(report, unconverted=sorted(others))


async def net_worth(reader: Reader, from_: date, to: date, interval: Interval) -> NetWorthReport:
    """What there was at the end of each interval, of every account until the day before it was closed.

    Nothing is known of days to come: the last point is today at the latest. Three statements. Raises `PeriodProblem`
    for days that cannot be a range, and for more than 5,000 points.
    """
    points = interval_points(day_range(from_, to), interval)
    household = await household_of_viewer(reader)
    today = day_in(household.timezone, clock.now())
    days = sorted({min(point.last, today) for point in points if point.first <= today})
    accounts = (await accounts_by_household(reader, [household.id], include_closed=True))[household.id]
    closed_on = {account.id: day_in(household.timezone, account.closed_at) for account in accounts if account.closed_at}
    counted = [
        account for account in accounts if days and (account.id not in closed_on or closed_on[account.id] > days[0])
    ]
    own = {account.id: account for account in counted if account.currency == household.currency}
    histories = await balances_of(reader, own, days) if own else {}
    net_worths = [
        net_worth_point(
            day,
            [
                (own[id].type, history[place])
                for id, history in histories.items()
                if id not in closed_on or day < closed_on[id]
            ],
            household.currency,
        )
        for place, day in enumerate(days)
    ]
    return NetWorthReport(net_worths, _others(counted, household.currency))


async def _by_range(
    reader: Reader, points: Sequence[Days], categories: _Categories, account_ids: Sequence[UUID] | None
) -> Flows:
    return await flows_of_ranges(
        reader, reader.viewer.household_id, points, lambda id: categories[id].kind, account_ids
    )


async def _by_day(
    reader: Reader, points: Sequence[Days], categories: _Categories, account_ids: Sequence[UUID] | None
) -> Flows:
    kinds = {id: row.kind for id, row in categories.items() if row.kind != CategoryKind.TRANSFER}
    rows = await reader.fetch(
        _FLOW_BY_DAY,
        household_id=reader.viewer.household_id,
        first=points[0].first,
        last=points[-1].last,
        categories=list(kinds),
        kinds=list(kinds.values()),
        every_account=account_ids is None,
        account_ids=list(account_ids or ()),
    )
    ends = [point.last for point in points]
    flows: Flows = {}
    for day, kind, currency, amount in rows:
        of_points, place = flows.setdefault((kind, currency), {}), bisect_left(ends, day)
        of_points[place] = of_points.get(place, 0) + ten_thousandths(amount)
    return flows


class _InCurrency(Protocol):
    @property
    def currency(self) -> str: ...


def _others(rows: Iterable[_InCurrency], currency: str) -> list[str]:
    return sorted({row.currency for row in rows} - {currency})
