"""What was on an account at the end of each day."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date, timedelta
from uuid import UUID

from sqlalchemy import Date, Uuid, bindparam, text
from sqlalchemy.dialects.postgresql import ARRAY

from domain.accounts.models import Account
from domain.accounts.queries import accounts_by_ids
from domain.accounts.rules import balances_on
from domain.households.today import household_today
from domain.money import Money
from runtime.reader import Reader
from runtime.statements import Statement

_DAYS = bindparam("days", type_=ARRAY(Date))
_ACCOUNTS = bindparam("accounts", type_=ARRAY(Uuid))

# The place of a day says how many of the days that are asked for are before it: it is that of the first that is not.
# Of what was known after the first of them only the last at each place is read, and of what was known until then the
# last one, out of the index.
_KNOWN = Statement(
    text("""
select asked.id, 0 as place, before.balance
from unnest(:accounts) as asked (id) cross join lateral (
    select balance from daily_balances
    where household_id = :viewer_household_id and account_id = asked.id and day <= :first
    order by day desc limit 1
) before
union all
(select distinct on (account_id, place) account_id, width_bucket(day - 1, :days) as place, balance
from daily_balances
where household_id = :viewer_household_id and account_id = any (:accounts) and day > :first and day <= :last
order by account_id, place, day desc)
""").bindparams(_DAYS, _ACCOUNTS)
)
_BOOKED = Statement(
    text("""
select account_id, width_bucket(date - 1, :days) as place, sum(amount)
from transactions
where household_id = :viewer_household_id and account_id = any (:accounts) and date > :first
group by account_id, place
""").bindparams(_DAYS, _ACCOUNTS)
)

_Places = dict[UUID, dict[date, Money]]


@dataclass(frozen=True, slots=True)
class BalanceOfDay:
    date: date
    balance: Money


async def balances_by_account(
    reader: Reader, ids: Sequence[UUID], days: Sequence[date]
) -> dict[UUID, list[BalanceOfDay]]:
    """The balance of each account at the end of each of `days`, in their order. Four statements for any number."""
    accounts = await accounts_by_ids(reader, ids)
    return {
        id: [BalanceOfDay(day, balance) for day, balance in zip(days, balances, strict=True)]
        for id, balances in (await balances_of(reader, accounts, days)).items()
    }


async def balances_of(
    reader: Reader, accounts: Mapping[UUID, Account], days: Sequence[date]
) -> dict[UUID, list[Money]]:
    """The same of accounts that have been read already."""
    if not accounts or not days:
        return {id: [] for id in accounts}
    ordered = sorted(set(days))
    known = await _known(reader, accounts, ordered)
    # Where a balance was known on the first day already, what was booked does not matter.
    booked = await _booked(reader, [id for id in accounts if ordered[0] not in known[id]], accounts, ordered)
    today = await household_today(reader)
    return {
        id: balances_on(days, known[id], booked[id], Money(account.balance, account.currency), today)
        for id, account in accounts.items()
    }


async def _known(reader: Reader, accounts: Mapping[UUID, Account], days: Sequence[date]) -> _Places:
    """The last balance known on each of the days, in order, or between it and the one before, each under that day."""
    found: _Places = {id: {} for id in accounts}
    rows = await reader.fetch(_KNOWN, accounts=list(accounts), days=days, first=days[0], last=days[-1])
    for id, place, balance in rows:
        found[id][days[place]] = Money(balance, accounts[id].currency)
    return found


async def _booked(
    reader: Reader, ids: Sequence[UUID], accounts: Mapping[UUID, Account], days: Sequence[date]
) -> _Places:
    """The sums of what was booked between one of the days, in order, and the next, each under that next day; and in one
    sum what was booked after the last."""
    found: _Places = {id: {} for id in accounts}
    if not ids:
        return found
    ends = [*days, days[-1] + timedelta(days=1)]
    for id, place, amount in await reader.fetch(_BOOKED, accounts=ids, days=days, first=days[0]):
        found[id][ends[place]] = Money(amount, accounts[id].currency)
    return found
