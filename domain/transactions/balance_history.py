"""What was on an account at the end of each day."""

from collections import defaultdict
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, timedelta
from uuid import UUID

from sqlalchemy import Date, any_, bindparam, func, select, union_all
from sqlalchemy.dialects.postgresql import ARRAY, distinct_on

from domain.accounts.models import Account, DailyBalance
from domain.accounts.queries import accounts_by_ids
from domain.accounts.rules import balances_on
from domain.households.today import household_today
from domain.money import Money
from domain.periods import Days
from domain.transactions.models import Transaction
from runtime.reader import Reader
from runtime.statements import HOUSEHOLD, KEYS, Statement

_FIRST, _LAST = bindparam("first", type_=Date), bindparam("last", type_=Date)
_KEPT = select(DailyBalance.account_id, DailyBalance.day, DailyBalance.balance).where(
    DailyBalance.household_id == HOUSEHOLD, DailyBalance.account_id == any_(KEYS)
)
_BEFORE = (
    _KEPT.where(DailyBalance.day <= _FIRST)
    .ext(distinct_on(DailyBalance.account_id))
    .order_by(DailyBalance.account_id, DailyBalance.day.desc())
    .subquery()
)
_KNOWN = Statement(union_all(select(_BEFORE), _KEPT.where(DailyBalance.day > _FIRST, DailyBalance.day <= _LAST)))

# How many of the days are before the day it was booked: the place of the first that is not.
_PLACE = func.width_bucket(Transaction.date - 1, bindparam("days", type_=ARRAY(Date))).label("place")
_BOOKED = Statement(
    select(Transaction.account_id, _PLACE, func.sum(Transaction.amount))
    .where(
        Transaction.household_id == HOUSEHOLD,
        Transaction.account_id == any_(KEYS),
        Transaction.date > _FIRST,
    )
    .group_by(Transaction.account_id, _PLACE)
)


@dataclass(frozen=True, slots=True)
class BalanceOfDay:
    date: date
    balance: Money


async def balances_by_account(
    reader: Reader, ids: Sequence[UUID], days: Sequence[date]
) -> dict[UUID, list[BalanceOfDay]]:
    """The balance of each account at the end of each of `days`, in their order. Four statements for any number."""
    accounts = await accounts_by_ids(reader, ids)
    if not accounts or not days:
        return {id: [] for id in accounts}
    span = Days(min(days), max(days))
    known = await _known(reader, accounts, span)
    # Where a balance was known on the first day already, what was booked does not matter.
    needed = {id: account for id, account in accounts.items() if not any(day <= span.first for day in known[id])}
    booked = await _booked(reader, needed, sorted(set(days)))
    today = await household_today(reader)
    return {
        id: [
            BalanceOfDay(day, balance)
            for day, balance in zip(
                days,
                balances_on(days, known[id], booked[id], Money(account.balance, account.currency), today),
                strict=True,
            )
        ]
        for id, account in accounts.items()
    }


async def _known(reader: Reader, accounts: dict[UUID, Account], span: Days) -> dict[UUID, dict[date, Money]]:
    """The balances known on the span's days, and the last one before."""
    found: dict[UUID, dict[date, Money]] = {id: {} for id in accounts}
    rows = await reader.fetch(_KNOWN, keys=list(accounts), first=span.first, last=span.last)
    for account_id, day, balance in rows:
        found[account_id][day] = Money(balance, accounts[account_id].currency)
    return found


async def _booked(reader: Reader, accounts: dict[UUID, Account], days: Sequence[date]) -> dict[UUID, dict[date, Money]]:
    """The sums of what was booked between one of the days, in order, and the next, each under that next day; and in one
    sum what was booked after the last."""
    found: dict[UUID, dict[date, Money]] = defaultdict(dict)
    if not accounts:
        return found
    ends = [*days, days[-1] + timedelta(days=1)]
    rows = await reader.fetch(_BOOKED, keys=list(accounts), first=days[0], days=list(days))
    for account_id, place, amount in rows:
        found[account_id][ends[place]] = Money(amount, accounts[account_id].currency)
    return found
