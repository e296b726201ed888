"""Exact sums over any days: whole months from the aggregate, at most two cut months from the transactions."""

from bisect import bisect_left, bisect_right
from collections.abc import Callable, Hashable, Sequence
from datetime import date
from typing import NamedTuple, TypeVar
from uuid import UUID

from sqlalchemy import Date, Integer, Uuid, bindparam, text
from sqlalchemy.dialects.postgresql import ARRAY

from domain.money import ten_thousandths
from domain.periods import Days, month_of, months_and_cuts
from domain.spending.months import CategoryMonths, months_by_category
from runtime.reader import Reader
from runtime.rows import Row
from runtime.statements import Statement

# Excluded ones do not count, in the aggregate as here; `counts` is that. The row policy reaches into both.
_CUTS = Statement(
    text("""
select c.place, t.category_id, t.currency, sum(t.amount)::text as amount, count(*)::int as count
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


Flows = dict[tuple[str, str], dict[int, int]]
"""What kinds of categories came to in one currency, under the place of a range; signed, in ten-thousandths."""


class SpendingSum(NamedTuple):
    """The signed sum and number of the counting transactions of a category in one currency: money out is negative.

    The sum is in ten-thousandths, as columns hold them: what is left out of a report need not be Money.
    """

    category_id: UUID
    currency: str
    amount: int
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
    found: list[list[SpendingSum]] = [[] for _ in ranges]
    sums = await _added(reader, household_id, ranges, account_ids, lambda category_id: category_id)
    for (category_id, currency), of_ranges in sums.items():
        for place, (amount, number) in of_ranges.items():
            found[place].append(SpendingSum(category_id, currency, amount, number))
    return found


async def flows_of_ranges(
    reader: Reader,
    household_id: UUID,
    ranges: Sequence[Days],
    kinds: Callable[[UUID], str],
    account_ids: Sequence[UUID] | None = None,
) -> Flows:
    """The same for kinds of categories instead of categories."""
    sums = await _added(reader, household_id, ranges, account_ids, kinds)
    return {key: {place: amount for place, (amount, _) in of_ranges.items()} for key, of_ranges in sums.items()}


_Group = TypeVar("_Group", bound=Hashable)
_Sums = dict[int, tuple[int, int]]
"""Sum and number under the places of ranges."""
_Span = tuple[int, date, date]
"""A range's place, and the first days of its first and last whole month."""


async def _added(
    reader: Reader,
    household_id: UUID,
    ranges: Sequence[Days],
    account_ids: Sequence[UUID] | None,
    group_of: Callable[[UUID], _Group],
) -> dict[tuple[_Group, str], _Sums]:
    spans: list[_Span] = []
    cuts: list[tuple[int, Days]] = []
    for place, days in enumerate(ranges):
        whole, cut = months_and_cuts(days)
        if whole:
            spans.append((place, whole[0].first_day, whole[1].first_day))
        cuts += [(place, part) for part in cut]
    found: dict[tuple[_Group, str], _Sums] = {}
    if spans:
        first, last = min(span[1] for span in spans), max(span[2] for span in spans)
        months_of = await months_by_category(reader, household_id, month_of(first), month_of(last), account_ids)
        places = _places(spans, months_of)
        for category_id, currency, months in months_of:
            sums = found.setdefault((group_of(category_id), currency), {})
            for month, part in months.items():
                for place in places.get(month, ()):
                    _add(sums, place, part)
    for place, category_id, currency, amount, number in await _cut(reader, household_id, cuts, account_ids):
        _add(found.setdefault((group_of(category_id), currency), {}), place, (ten_thousandths(amount), number))
    return found


def _add(sums: _Sums, place: int, part: tuple[int, int]) -> None:
    before = sums.get(place)
    sums[place] = part if before is None else (before[0] + part[0], before[1] + part[1])


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
