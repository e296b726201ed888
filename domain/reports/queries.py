"""The three reports: each costs a constant number of statements, however long its range."""

from bisect import bisect_left
from collections.abc import Iterable, Sequence
from dataclasses import replace
from datetime import date
from typing import Protocol
from uuid import UUID

from domain.accounts.queries import accounts_by_household
from domain.categories.kind import CategoryKind
from domain.categories.queries import category_tree
from domain.households.queries import household_of_viewer
from domain.intervals import Interval, interval_points
from domain.money import Money, zero
from domain.periods import Days, day_range
from domain.reports import rules
from domain.reports.rules import CashFlowReport, NetWorthReport, SpendingReport, net_worth_point
from domain.spending.queries import SpendingSum, spending_between, spending_by_day, spending_of_ranges
from domain.transactions.balance_history import balances_by_account
from domain.zones import day_in
from runtime import clock
from runtime.reader import Reader

# Short intervals are summed from the transactions of each day; longer ones mostly from the months' sums.
_FROM_DAYS = (Interval.DAY, Interval.WEEK)


async def spending_by_category(
    reader: Reader, from_: date, to: date, account_ids: Sequence[UUID] | None = None
) -> SpendingReport:
    """Three statements. Raises `PeriodProblem` for days that cannot be a range."""
    days = day_range(from_, to)
    household = await household_of_viewer(reader)
    categories = await category_tree(reader)
    sums = await spending_between(reader, household.id, days.first, days.last, account_ids)
    lines = [line for line in sums if categories[line.category_id].kind == CategoryKind.EXPENSE]
    expenses = {
        line.category_id: (-Money(line.amount, line.currency), line.count)
        for line in lines
        if line.currency == household.currency
    }
    return replace(rules.spending(expenses, household.currency), unconverted=_others(lines, household.currency))


async def cash_flow(
    reader: Reader, from_: date, to: date, interval: Interval, account_ids: Sequence[UUID] | None = None
) -> CashFlowReport:
    """Three statements. Raises `PeriodProblem` for days that cannot be a range, and for more than 5,000 points."""
    points = interval_points(day_range(from_, to), interval)
    household = await household_of_viewer(reader)
    categories = await category_tree(reader)
    income: dict[Days, Money] = {}
    expenses: dict[Days, Money] = {}
    counted: list[SpendingSum] = []
    nothing = zero(household.currency)
    for point, sums in await _by_point(reader, household.id, points, interval, account_ids):
        lines = [line for line in sums if categories[line.category_id].kind != CategoryKind.TRANSFER]
        counted += lines
        for line in lines:
            if line.currency == household.currency:
                amount = Money(line.amount, line.currency)
                if categories[line.category_id].kind == CategoryKind.INCOME:
                    income[point] = income.get(point, nothing) + amount
                else:
                    expenses[point] = expenses.get(point, nothing) - amount
    report = rules.cash_flow(points, income, expenses, household.currency)
    return replace(report, unconverted=_others(counted, household.currency))


async def net_worth(reader: Reader, from_: date, to: date, interval: Interval) -> NetWorthReport:
    """What there was at the end of each interval, of every account until the day before it was closed.

    Nothing is known of days to come: the last point is today at the latest. Six statements. Raises `PeriodProblem` for
    days that cannot be a range, and for more than 5,000 points.
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
    own = {account.id: account.type for account in counted if account.currency == household.currency}
    histories = await balances_by_account(reader, list(own), days) if own else {}
    net_worths = [
        net_worth_point(
            day,
            [
                (own[id], history[place].balance)
                for id, history in histories.items()
                if id not in closed_on or day < closed_on[id]
            ],
            household.currency,
        )
        for place, day in enumerate(days)
    ]
    return NetWorthReport(net_worths, _others(counted, household.currency))


async def _by_point(
    reader: Reader,
    household_id: UUID,
    points: Sequence[Days],
    interval: Interval,
    account_ids: Sequence[UUID] | None,
) -> Iterable[tuple[Days, Sequence[SpendingSum]]]:
    if interval not in _FROM_DAYS:
        return zip(points, await spending_of_ranges(reader, household_id, points, account_ids), strict=True)
    by_day = await spending_by_day(reader, household_id, Days(points[0].first, points[-1].last), account_ids)
    ends = [point.last for point in points]
    return ((points[bisect_left(ends, day)], sums) for day, sums in by_day.items())


class _InCurrency(Protocol):
    @property
    def currency(self) -> str: ...


def _others(rows: Iterable[_InCurrency], currency: str) -> list[str]:
    return sorted({row.currency for row in rows} - {currency})
