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
from domain.money import Money, from_ten_thousandths, ten_thousandths
from runtime.reader import Reader
from runtime.statements import Statement

# The place of a day says how many of the days that are asked for are before it: it is that of the first that is not.
# Of what was known after the first of them only the last at each place is read, and of what was known until then the
# last one, out of the index. Where a balance was known then, what was booked does not matter.
_HISTORY = Statement(
    text("""
with before as materialized (
    select asked.id, latest.balance
    from unnest(:accounts) as asked (id) cross join lateral (
        select balance from daily_balances
        where household_id = :viewer_household_id and account_id = asked.id and day <= :first
        order by day desc limit 1
    ) latest
)
select true as is_known, id, 0 as place, balance::text as amount from before
union all
(select distinct on (account_id, place) true, account_id, width_bucket(day - 1, :days) as place, balance::text
from daily_balances
where household_id = :viewer_household_id and account_id = any (:accounts) and day > :first and day <= :last
order by account_id, place, day desc)
union all
select false, account_id, width_bucket(date - 1, :days) as place, sum(amount)::text
from transactions
where household_id = :viewer_household_id and date > :first
    and account_id = any (array(select unnest(:accounts) except select id from before))
group by account_id, place
""").bindparams(bindparam("days", type_=ARRAY(Date)), bindparam("accounts", type_=ARRAY(Uuid)))
)

_Places = dict[UUID, dict[date, Money]]


@dataclass(frozen=True, slots=True)
class BalanceOfDay:
    date: date
    balance: Money


async def balances_by_account(
    reader: Reader, ids: Sequence[UUID], days: Sequence[date]
) -> dict[UUID, list[BalanceOfDay]]:
    """The balance of each account at the end of each of `days`, in their order. Three statements for any number."""
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
    known, booked = await _history(reader, accounts, ordered)
    today = await household_today(reader)
    return {
        id: balances_on(days, known[id], booked[id], Money(account.balance, account.currency), today)
        for id, account in accounts.items()
    }


async def _history(reader: Reader, accounts: Mapping[UUID, Account], days: Sequence[date]) -> tuple[_Places, _Places]:
    """The last balance known on each of the days, in order, or between it and the one before, each under that day.

    And of accounts of which none was known on the first day the sums of what was booked between one of the days and the
    next, each under that next day, and in one sum what was booked after the last.
    """
    known: _Places = {id: {} for id in accounts}
    booked: _Places = {id: {} for id in accounts}
    ends = [*days, days[-1] + timedelta(days=1)]
    rows = await reader.fetch(_HISTORY, accounts=list(accounts), days=days, first=days[0], last=days[-1])
    for is_known, id, place, amount in rows:
        (known if is_known else booked)[id][ends[place]] = from_ten_thousandths(
            ten_thousandths(amount), accounts[id].currency
        )
    return known, booked
