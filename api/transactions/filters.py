"""TransactionFilter: what a client asks for, taken apart."""

from datetime import date
from decimal import Decimal
from enum import Enum
from uuid import UUID

import strawberry

from api.categories.types import CategorySource
from api.errors import bad_input
from api.ids import BadId, decode_as
from api.inputs import name_of
from domain.transactions.filter import MOST_CHOICES, Direction, Filter


@strawberry.enum(description="Which way money went, from the account's point of view.")
class MoneyDirection(Enum):
    IN = strawberry.enum_value("IN", description="Amounts above zero.")
    OUT = strawberry.enum_value("OUT", description="Amounts below zero.")


@strawberry.enum(description="Whether the bank has booked it.")
class TransactionStatus(Enum):
    PENDING = strawberry.enum_value("PENDING", description="Announced: it may still change or vanish. It counts.")
    POSTED = strawberry.enum_value("POSTED", description="Booked.")


@strawberry.input(
    description=(
        "All that is given must hold; within a list any one, so an empty list is met by nothing. "
        "A list has at most 1,000 entries."
    )
)
class TransactionFilter:
    account_ids: list[strawberry.ID] | None = strawberry.field(default=None, description="On one of these accounts.")
    category_ids: list[strawberry.ID] | None = strawberry.field(
        default=None, description="In one of these categories, or in any below them."
    )
    merchant_ids: list[strawberry.ID] | None = strawberry.field(default=None, description="With one of them.")
    tags: list[str] | None = strawberry.field(default=None, description="With one of these tags, exactly so written.")
    from_: date | None = strawberry.field(default=None, name="from", description="On this day or later.")
    to: date | None = strawberry.field(default=None, description="On this day or earlier.")
    min_amount: Decimal | None = strawberry.field(
        default=None, description="The least magnitude, whatever the sign: 0 or more."
    )
    max_amount: Decimal | None = strawberry.field(
        default=None, description="The greatest magnitude, whatever the sign: 0 or more."
    )
    direction: MoneyDirection | None = strawberry.field(default=None, description="Money in, or money out.")
    status: TransactionStatus | None = strawberry.field(default=None, description="Pending, or posted.")
    categorized_by: list[CategorySource] | None = strawberry.field(
        default=None, description="Where one of these decided the category."
    )
    search: str | None = strawberry.field(
        default=None,
        description=(
            "Words of the description, merchant or notes, all of which must be there; matches word prefixes, ignores "
            "case and accents. At most 200 characters and 10 words."
        ),
    )


def read_filter(given: TransactionFilter | None) -> Filter | None:
    """Raises BAD_USER_INPUT for ids that cannot be of their type, and a `Problem` for what else cannot be taken."""
    if given is None:
        return None
    return Filter(
        account_ids=_ids("acc", "accountIds", given.account_ids),
        category_ids=_ids("cat", "categoryIds", given.category_ids),
        merchant_ids=_ids("mer", "merchantIds", given.merchant_ids),
        tags=None if given.tags is None else tuple(given.tags),
        from_=given.from_,
        to=given.to,
        min_amount=given.min_amount,
        max_amount=given.max_amount,
        direction=None if given.direction is None else Direction(name_of(given.direction)),
        status=name_of(given.status),
        categorized_by=None if given.categorized_by is None else tuple(map(name_of, given.categorized_by)),
        search=given.search,
    )


def _ids(prefix: str, name: str, texts: list[strawberry.ID] | None) -> tuple[UUID, ...] | None:
    if texts is None:
        return None
    if len(texts) > MOST_CHOICES:
        raise bad_input(f"`{name}` has at most {MOST_CHOICES} entries.")
    try:
        return tuple({decode_as(prefix, text): None for text in texts})
    except BadId:
        raise bad_input(f"`{name}` holds an id of another type, or none at all.") from None
