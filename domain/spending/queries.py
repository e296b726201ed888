"""Exact sums over any days: whole months from the aggregate, at most two cut months from the transactions."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date
from decimal import Decimal
from uuid import UUID

from sqlalchemy import Date, Integer, Uuid, bindparam, text
from sqlalchemy.dialects.postgresql import ARRAY

from domain.periods import Days, Month, month_of, months_and_cuts
from runtime.reader import Reader
from runtime.statements import Statement

# Excluded ones do not count, in the aggregate as here; `counts` is that. The row policy reaches into both.
_IN_RANGES = Statement(
    text("""
select place, category_id, currency, sum(amount) as amount, sum(count)::int as count from (
    select m.place, s.category_id, s.currency, s.amount, s.count
    from unnest(:months_of, :months_from, :months_to) as m (place, first, last)
    join spending s on s.household_id = :household_id and s.month between m.first and m.last
    where :every_account or s.account_id = any (:account_ids)
    union all
    select c.place, t.category_id, t.currency, t.amount, 1
    from unnest(:cuts_of, :cuts_from, :cuts_to) as c (place, first, last)
    join transactions t on t.household_id = :household_id and t.date between c.first and c.last
    where t.counts and (:every_account or t.account_id = any (:account_ids))
) parts
group by place, category_id, currency
having sum(count) <> 0
order by place, category_id, currency
""").bindparams(
        *(bindparam(name, type_=ARRAY(Integer)) for name in ("months_of", "cuts_of")),
        *(bindparam(name, type_=ARRAY(Date)) for name in ("months_from", "months_to", "cuts_from", "cuts_to")),
        bindparam("account_ids", type_=ARRAY(Uuid)),
    )
)

_BY_MONTH = Statement(
    text("""
select month, category_id, currency, sum(amount) as amount, sum(count)::int as count
from spending
where household_id = :household_id and month between :first and :last
    and (:every_account or account_id = any (:account_ids))
group by month, category_id, currency
having sum(count) <> 0
order by month, category_id, currency
""").bindparams(bindparam("account_ids", type_=ARRAY(Uuid)))
)


@dataclass(frozen=True, slots=True)
class SpendingSum:
    """The signed sum and number of the counting transactions of a category in one currency: money out is negative."""

    category_id: UUID
    currency: str
    amount: Decimal
    count: int


async def spending_between(
    reader: Reader, household_id: UUID, from_: date, to: date, account_ids: Sequence[UUID] | None = None
) -> list[SpendingSum]:
    """The sums of the days `from_` to `to`, both included; of all accounts that the viewer may see, or of some.

    Categories without a counting transaction are left out. Raises `PeriodProblem` where the days are the wrong way
    round.
    """
    return (await spending_of_ranges(reader, household_id, [Days(from_, to)], account_ids))[0]


async def spending_of_ranges(
    reader: Reader, household_id: UUID, ranges: Sequence[Days], account_ids: Sequence[UUID] | None = None
) -> list[list[SpendingSum]]:
    """The sums of each of the ranges, in their order, in one statement however many there are."""
    months: list[tuple[int, date, date]] = []
    cuts: list[tuple[int, date, date]] = []
    for place, days in enumerate(ranges):
        whole, cut = months_and_cuts(days)
        if whole:
            months.append((place, whole[0].first_day, whole[-1].first_day))
        cuts += [(place, part.first, part.last) for part in cut]
    found: list[list[SpendingSum]] = [[] for _ in ranges]
    rows = await reader.fetch(
        _IN_RANGES,
        **{
            "household_id": household_id,
            **_accounts(account_ids),
            **dict(zip(("months_of", "months_from", "months_to"), _columns(months), strict=True)),
            **dict(zip(("cuts_of", "cuts_from", "cuts_to"), _columns(cuts), strict=True)),
        },
    )
    for place, *values in rows:
        found[place].append(SpendingSum(*values))
    return found


async def spending_by_month(
    reader: Reader, household_id: UUID, first: Month, last: Month, account_ids: Sequence[UUID] | None = None
) -> dict[Month, list[SpendingSum]]:
    """The sums of each month from `first` to `last` that has any, oldest first."""
    found: dict[Month, list[SpendingSum]] = {}
    rows = await reader.fetch(
        _BY_MONTH,
        **{
            "household_id": household_id,
            "first": first.first_day,
            "last": last.first_day,
            **_accounts(account_ids),
        },
    )
    for month, *values in rows:
        found.setdefault(month_of(month), []).append(SpendingSum(*values))
    return found


def _accounts(account_ids: Sequence[UUID] | None) -> dict[str, object]:
    return {"every_account": account_ids is None, "account_ids": list(account_ids or ())}


def _columns(rows: Sequence[tuple[int, date, date]]) -> list[list[object]]:
    return [list(column) for column in zip(*rows, strict=True)] or [[], [], []]
