"""Exact sums over any days: whole months from the aggregate, at most two cut months from the transactions."""

from bisect import bisect_left, bisect_right
from collections.abc import Sequence
from datetime import date
from decimal import Decimal
from typing import NamedTuple
from uuid import UUID

from sqlalchemy import Date, Integer, Uuid, bindparam, text
from sqlalchemy.dialects.postgresql import ARRAY

from domain.periods import Days, month_of, months_and_cuts
from domain.spending.months import CategoryMonths, months_by_category
from runtime.reader import Reader
from runtime.rows import Row
from runtime.statements import Statement

# Excluded ones do not count, in the aggregate as here; `counts` is that. The row policy reaches into both.
_CUTS = Statement(
    text("""
select c.place, t.category_id, t.currency, sum(t.amount) as amount, count(*)::int as count
from unnest(:places, :firsts, :lasts) as c (place, first, last)
join transactions t on t.household_id = :household_id and t.date between c.first and c.last
where t.counts and (:every_account or t.account_id = any (:account_ids))
group by c.place, t.category_id, t.currency
""").bindparams(
        bindparam("places", type_=ARRAY(Integer)),
        *(bindparam(name, type_=ARRAY(Date)) for name in ("firsts", "lasts")),
        bindparam("account_ids", type_=ARRAY(Uuid)),
    )
)


class SpendingSum(NamedTuple):
    """The signed sum and number of the counting transactions of a category in one currency: money out is negative."""

    category_id: UUID
    currency: str
    amount: Decimal
    number: int


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
    """The sums of each of the ranges, in their order, in two statements at most however many there are."""
    spans: list[_Span] = []
    cuts: list[tuple[int, Days]] = []
    for place, days in enumerate(ranges):
        whole, cut = months_and_cuts(days)
        if whole:
            spans.append((place, whole[0].first_day, whole[1].first_day))
        cuts += [(place, part) for part in cut]
    parts: _Parts = {}
    if spans:
        first, last = min(span[1] for span in spans), max(span[2] for span in spans)
        sums = await months_by_category(reader, household_id, month_of(first), month_of(last), account_ids)
        places = _places(spans, sums)
        for category_id, currency, months in sums:
            parts[category_id, currency] = [
                (place, *each) for month, each in months.items() for place in places.get(month, ())
            ]
    for place, category_id, currency, *cut_sum in await _cut(reader, household_id, cuts, account_ids):
        parts.setdefault((category_id, currency), []).append((place, *cut_sum))
    return _added(parts, len(ranges))


_Span = tuple[int, date, date]
"""A range's place, and the first days of its first and last whole month."""
_Parts = dict[tuple[UUID, str], list[tuple[int, Decimal, int]]]
"""Of each category and currency: the place of a range, and a sum and a number that are parts of the range's."""


def _places(spans: Sequence[_Span], sums: Sequence[CategoryMonths]) -> dict[date, list[int]]:
    """The ranges that hold each month that has any sums."""
    months = sorted({month for each in sums for month in each.months})
    found: dict[date, list[int]] = {}
    for place, first, last in spans:
        for month in months[bisect_left(months, first) : bisect_right(months, last)]:
            found.setdefault(month, []).append(place)
    return found


async def _cut(
    reader: Reader, household_id: UUID, cuts: Sequence[tuple[int, Days]], account_ids: Sequence[UUID] | None
) -> Sequence[Row]:
    if not cuts:
        return []
    return await reader.fetch(
        _CUTS,
        household_id=household_id,
        places=[place for place, _ in cuts],
        firsts=[days.first for _, days in cuts],
        lasts=[days.last for _, days in cuts],
        every_account=account_ids is None,
        account_ids=list(account_ids or ()),
    )


def _added(parts: _Parts, ranges: int) -> list[list[SpendingSum]]:
    found: list[list[SpendingSum]] = [[] for _ in range(ranges)]
    for (category_id, currency), each in parts.items():
        totals: dict[int, tuple[Decimal, int]] = {}
        for place, amount, count in each:
            before = totals.get(place)
            totals[place] = (before[0] + amount, before[1] + count) if before else (amount, count)
        for place, (amount, count) in totals.items():
            found[place].append(SpendingSum(category_id, currency, amount, count))
    return found
