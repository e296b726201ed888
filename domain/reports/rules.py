"""How a report's figures follow from sums: shares, the savings rate, cash flow, net worth."""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from decimal import ROUND_HALF_UP, Context, Decimal
from uuid import UUID

from domain.money import Money, total, zero
from domain.periods import Days

_RATIO_STEP = Decimal("0.0001")
_wide = Context(prec=60)

LIABILITY_TYPES = frozenset({"CREDIT_CARD", "LOAN"})
"""The types of account on which one owes, by their names in the schema."""


@dataclass(frozen=True, slots=True)
class SpendingLine:
    """One category without those below it; `share` is 0 to 1 of the total, four digits."""

    category_id: UUID
    amount: Money
    share: Decimal
    count: int


@dataclass(frozen=True, slots=True)
class SpendingReport:
    """Expenses by category, the largest first."""

    total: Money
    lines: list[SpendingLine]
    unconverted: Sequence[str] = ()
    """Currencies of amounts that are left out, because they are not the report's."""


@dataclass(frozen=True, slots=True)
class CashFlowPoint:
    """One interval; `net` = `income` - `expenses`."""

    days: Days
    income: Money
    expenses: Money
    net: Money


@dataclass(frozen=True, slots=True)
class CashFlowReport:
    """All intervals and their sum; `savings_rate` is `net` / `income` with four digits, null without income."""

    income: Money
    expenses: Money
    net: Money
    savings_rate: Decimal | None
    points: list[CashFlowPoint]
    unconverted: Sequence[str] = ()
    """As in `SpendingReport`."""


@dataclass(frozen=True, slots=True)
class NetWorthPoint:
    """What there was and what was owed at the end of a day; `net` = `assets` - `liabilities`."""

    on: date
    assets: Money
    liabilities: Money
    net: Money


@dataclass(frozen=True, slots=True)
class NetWorthReport:
    """The points, oldest first, and the currencies of accounts that are left out."""

    points: list[NetWorthPoint]
    unconverted: Sequence[str] = ()


def share_of(amount: Money, whole: Money) -> Decimal:
    """`amount` / `whole` with four digits, halves up, kept within 0 and 1.

    Refunds can make an amount negative (its share is then 0) and so the others larger than the total (1). Of a total
    that is zero or negative everything has the share 0: nothing can be said of it.
    """
    if whole.minor_units <= 0:
        return Decimal("0.0000")
    return min(max(_ratio(amount, whole), Decimal("0.0000")), Decimal("1.0000"))


def spending(sums: Mapping[UUID, tuple[Money, int]], currency: str) -> SpendingReport:
    """The spending report of sums (magnitudes) and counts of transactions by category; equal amounts in order of id."""
    whole = total((amount for amount, _ in sums.values()), currency)
    lines = [
        SpendingLine(category, amount, share_of(amount, whole), count) for category, (amount, count) in sums.items()
    ]
    return SpendingReport(whole, sorted(lines, key=lambda line: (-line.amount.amount, line.category_id)))


def savings_rate(income: Money, net: Money) -> Decimal | None:
    """`net` / `income` with four digits, halves away from zero; null where there was no income, or less than none."""
    return _ratio(net, income) if income.minor_units > 0 else None


def cash_flow(
    points: Sequence[Days], income: Mapping[Days, Money], expenses: Mapping[Days, Money], currency: str
) -> CashFlowReport:
    """The cash flow of intervals: income with its sign, expenses as magnitudes; what is missing is zero."""
    nothing = zero(currency)
    lines = []
    for days in points:
        earned, spent = income.get(days, nothing), expenses.get(days, nothing)
        lines.append(CashFlowPoint(days, earned, spent, earned - spent))
    earned = total((line.income for line in lines), currency)
    spent = total((line.expenses for line in lines), currency)
    return CashFlowReport(earned, spent, earned - spent, savings_rate(earned, earned - spent), lines)


def net_worth_point(on: date, balances: Iterable[tuple[str, Money]], currency: str) -> NetWorthPoint:
    """The net worth of accounts, by their types (names in the schema) and signed balances.

    Cards and loans are liabilities, also where a refund left one in credit: it makes `liabilities` smaller. Any other
    account is an asset while its balance is positive, and what it is overdrawn by is a liability.
    """
    nothing = zero(currency)
    assets, liabilities = nothing, nothing
    for kind, balance in balances:
        if kind in LIABILITY_TYPES or balance < nothing:
            liabilities -= balance
        else:
            assets += balance
    return NetWorthPoint(on, assets, liabilities, assets - liabilities)


def _ratio(part: Money, whole: Money) -> Decimal:
    exact = _wide.divide(Decimal(part.minor_units), Decimal(whole.minor_units))
    return exact.quantize(_RATIO_STEP, ROUND_HALF_UP, _wide) or Decimal("0.0000")
