"""The sums of whole months: read once for all that one snapshot asks, and exactly those that were asked for.

The pages of an app ask overlapping things of the same months. A row is a category with its months as arrays, which
costs two thirds of a row for each month.
"""

from collections.abc import Mapping, Sequence
from datetime import date
from typing import NamedTuple
from uuid import UUID

from sqlalchemy import Uuid, bindparam, text
from sqlalchemy.dialects.postgresql import ARRAY

from domain.money import ten_thousandths
from domain.periods import Month
from runtime.reader import Reader
from runtime.statements import Statement

# Amounts as text, of which whole numbers are made: the driver's way to a Decimal takes three times as long.
_MONTHS = Statement(
    text("""
select category_id, currency, array_agg(month) as months, array_agg(amount::text) as amounts, array_agg(count) as counts
from (
    select category_id, currency, month, sum(amount) as amount, sum(count)::int as count
    from spending
    where household_id = :household_id and month between :first and :last
        and (:every_account or account_id = any (:account_ids))
    group by category_id, currency, month
    having sum(count) <> 0
) sums
group by category_id, currency
""").bindparams(bindparam("account_ids", type_=ARRAY(Uuid)))
)

MonthSum = tuple[int, int]
"""The signed sum, in ten-thousandths as columns hold them, and the number of the counting transactions of one month."""


class CategoryMonths(NamedTuple):
    """A category's sums in one currency, under the first days of the months that have any, in no order."""

    category_id: UUID
    currency: str
    months: Mapping[date, MonthSum]


async def months_by_category(
    reader: Reader, household_id: UUID, first: Month, last: Month, account_ids: Sequence[UUID] | None = None
) -> list[CategoryMonths]:
    """The months from `first` to `last` of each category and currency that has any; of all accounts that the viewer may
    see, or of some. No statement where a longer time was asked for in this snapshot."""
    span = asked = first.first_day, last.first_day
    name = f"spending {household_id} {_name(account_ids)}"
    spans = await reader.once(name, _no_spans)
    for known in spans:
        if known[0] <= asked[0] and asked[1] <= known[1]:
            span = known
            break
    else:
        spans.append(asked)
    sums = await reader.once(f"{name} {span}", lambda view: _read(view, household_id, span, account_ids))
    return sums if span == asked else _between(sums, *asked)


_Span = tuple[date, date]
"""The first days of a first and of a last month."""


async def _no_spans(_reader: Reader) -> list[_Span]:
    return []


def _name(account_ids: Sequence[UUID] | None) -> str:
    return "of all" if account_ids is None else ",".join(sorted(map(str, account_ids)))


async def _read(
    reader: Reader, household_id: UUID, span: _Span, account_ids: Sequence[UUID] | None
) -> list[CategoryMonths]:
    rows = await reader.fetch(
        _MONTHS,
        household_id=household_id,
        first=span[0],
        last=span[1],
        every_account=account_ids is None,
        account_ids=list(account_ids or ()),
    )
    return [
        CategoryMonths(
            category_id,
            currency,
            dict(zip(months, zip(map(ten_thousandths, amounts), counts, strict=True), strict=True)),
        )
        for category_id, currency, months, amounts, counts in rows
    ]


def _between(sums: Sequence[CategoryMonths], first: date, last: date) -> list[CategoryMonths]:
    found = []
    for category_id, currency, months in sums:
        asked = {month: each for month, each in months.items() if first <= month <= last}
        if asked:
            found.append(CategoryMonths(category_id, currency, asked))
    return found
