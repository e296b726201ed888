"""Which transactions are asked for. All that is given must hold; within a list any one."""

from dataclasses import dataclass, fields
from datetime import date
from decimal import Decimal
from enum import StrEnum
from typing import Any
from uuid import UUID

from sqlalchemy import ColumnElement, Date, Numeric, Text, any_, bindparam, func, or_, select
from sqlalchemy.dialects.postgresql import ARRAY

from domain.categories.queries import category_tree, with_all_below
from domain.merchants.models import Merchant
from domain.mistakes import Problem
from domain.pages import ANYWHERE, Within
from domain.periods import check_day, day_range
from domain.transactions.models import Transaction
from runtime.reader import Reader
from runtime.statements import HOUSEHOLD, ID

MOST_CHOICES = 1_000
"""Of ids, tags or sources in one list of a filter."""
LONGEST_SEARCH = 200
MOST_WORDS = 10


class FilterProblem(Problem):
    """A filter that cannot be taken."""


class Direction(StrEnum):
    IN = "IN"
    OUT = "OUT"


@dataclass(frozen=True, slots=True, kw_only=True)
class Filter:
    """None asks for nothing; an empty list is met by no transaction.

    Days are inclusive. `min_amount` and `max_amount` are magnitudes. Raises a `Problem` for what cannot be taken.
    """

    account_ids: tuple[UUID, ...] | None = None
    category_ids: tuple[UUID, ...] | None = None
    merchant_ids: tuple[UUID, ...] | None = None
    tags: tuple[str, ...] | None = None
    from_: date | None = None
    to: date | None = None
    min_amount: Decimal | None = None
    max_amount: Decimal | None = None
    direction: Direction | None = None
    status: str | None = None
    categorized_by: tuple[str, ...] | None = None
    search: str | None = None

    def __post_init__(self) -> None:
        for field in fields(self):
            chosen = getattr(self, field.name)
            if isinstance(chosen, tuple) and len(chosen) > MOST_CHOICES:
                raise FilterProblem(f"A list of a filter has at most {MOST_CHOICES} entries.")
        for day in (self.from_, self.to):
            if day is not None:
                check_day(day)
        if self.from_ is not None and self.to is not None:
            day_range(self.from_, self.to)
        if any(bound is not None and bound < 0 for bound in (self.min_amount, self.max_amount)):
            raise FilterProblem("`minAmount` and `maxAmount` are magnitudes: `direction` chooses the sign.")
        if self.min_amount is not None and self.max_amount is not None and self.min_amount > self.max_amount:
            raise FilterProblem("`minAmount` is more than `maxAmount`.")
        if self.search is not None:
            if len(self.search) > LONGEST_SEARCH:
                raise FilterProblem(f"A search has at most {LONGEST_SEARCH} characters.")
            if len(self.search.split()) > MOST_WORDS:
                raise FilterProblem(f"A search has at most {MOST_WORDS} words.")


async def within(reader: Reader, filter: Filter | None) -> Within:
    """What the filter lets through. Reads the household's categories where it names some."""
    if filter is None:
        return ANYWHERE
    given = {field.name: value for field in fields(filter) if (value := getattr(filter, field.name)) is not None}
    if filter.category_ids is not None:
        given["category_ids"] = with_all_below(await category_tree(reader), filter.category_ids)
    direction = given.pop("direction", None)
    words = given.pop("search", "").split()
    given = {name: list(value) if isinstance(value, tuple | set) else value for name, value in given.items()}
    conditions = [_CONDITIONS[name] for name in given]
    if direction is not None:
        conditions.append(Transaction.amount > 0 if direction is Direction.IN else Transaction.amount < 0)
    shape = (*given, direction, len(words))
    for number, word in enumerate(words):
        given[f"word_{number}"] = word
        conditions.append(_searched(f"word_{number}"))
    return Within(shape, conditions, given)


def _chosen(name: str, type_: Any) -> Any:
    return any_(bindparam(name, type_=ARRAY(type_)))


_CONDITIONS: dict[str, ColumnElement[bool]] = {
    "account_ids": Transaction.account_id == _chosen("account_ids", ID),
    "category_ids": Transaction.category_id == _chosen("category_ids", ID),
    "merchant_ids": Transaction.merchant_id == _chosen("merchant_ids", ID),
    "tags": Transaction.tags.overlap(bindparam("tags", type_=ARRAY(Text))),
    "from_": Transaction.date >= bindparam("from_", type_=Date),
    "to": Transaction.date <= bindparam("to", type_=Date),
    "min_amount": func.abs(Transaction.amount) >= bindparam("min_amount", type_=Numeric),
    "max_amount": func.abs(Transaction.amount) <= bindparam("max_amount", type_=Numeric),
    "status": Transaction.status == bindparam("status", type_=Text),
    "categorized_by": Transaction.categorized_by == _chosen("categorized_by", Text),
}


def _searched(name: str) -> ColumnElement[bool]:
    # Begins with a blank, so that only beginnings of words are found.
    pattern = func.concat("%", func.search_words(bindparam(name, type_=Text)), "%")
    of_merchants = select(Merchant.id).where(
        Merchant.household_id == HOUSEHOLD, func.search_words(Merchant.name).like(pattern)
    )
    return or_(Transaction.search.like(pattern), Transaction.merchant_id.in_(of_merchants))
