"""Which transactions are asked for. All that is given must hold; within a list any one."""

from collections.abc import Iterator
from dataclasses import dataclass, fields
from datetime import date
from decimal import Decimal
from enum import StrEnum
from uuid import UUID

from sqlalchemy import ColumnElement, Select, func, or_, select

from domain.categories.queries import category_tree, with_all_below
from domain.merchants.models import Merchant
from domain.mistakes import Problem
from domain.periods import check_day, day_range
from domain.transactions.models import Transaction
from runtime.reader import Reader

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


async def filtered(reader: Reader, statement: Select[Transaction], filter: Filter | None) -> Select[Transaction]:
    """The statement's rows that the filter lets through. Reads the household's categories where it names some."""
    if filter is None:
        return statement
    statement = statement.where(*_conditions(filter), *_searches(reader.viewer.household_id, filter.search))
    if filter.category_ids is not None:
        chosen = with_all_below(await category_tree(reader), filter.category_ids)
        statement = statement.where(Transaction.category_id.in_(chosen))
    return statement


def _conditions(filter: Filter) -> Iterator[ColumnElement[bool]]:
    if filter.account_ids is not None:
        yield Transaction.account_id.in_(filter.account_ids)
    if filter.merchant_ids is not None:
        yield Transaction.merchant_id.in_(filter.merchant_ids)
    if filter.tags is not None:
        yield Transaction.tags.overlap(filter.tags)
    if filter.from_ is not None:
        yield Transaction.date >= filter.from_
    if filter.to is not None:
        yield Transaction.date <= filter.to
    if filter.min_amount is not None:
        yield func.abs(Transaction.amount) >= filter.min_amount
    if filter.max_amount is not None:
        yield func.abs(Transaction.amount) <= filter.max_amount
    if filter.direction is not None:
        yield Transaction.amount > 0 if filter.direction is Direction.IN else Transaction.amount < 0
    if filter.status is not None:
        yield Transaction.status == filter.status
    if filter.categorized_by is not None:
        yield Transaction.categorized_by.in_(filter.categorized_by)


def _searches(household_id: UUID, search: str | None) -> Iterator[ColumnElement[bool]]:
    for word in (search or "").split():
        # Begins with a blank, so that only beginnings of words are found.
        pattern = func.concat("%", func.search_words(word), "%")
        of_merchants = select(Merchant.id).where(
            Merchant.household_id == household_id, func.search_words(Merchant.name).like(pattern)
        )
        yield or_(Transaction.search.like(pattern), Transaction.merchant_id.in_(of_merchants))
