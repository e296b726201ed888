"""Payments that come again and again. Nothing finds them yet: the list is empty."""

from collections.abc import Sequence
from datetime import date
from enum import Enum
from typing import TYPE_CHECKING, Annotated, Any
from uuid import UUID

import strawberry

from api.fields import column, edge
from api.merchants.types import Merchant
from api.money import Money
from api.node import Node, node_type, none_by_ids
from api.pagination import Connection, page_request
from api.scopes import requires
from domain.merchants.queries import merchants_by_ids
from domain.pages import Page
from runtime.reader import Reader

if TYPE_CHECKING:
    from api.transactions.types import Transaction


@strawberry.enum(description="How often a payment comes.")
class Frequency(Enum):
    WEEKLY = strawberry.enum_value("WEEKLY", description="Every week.")
    BIWEEKLY = strawberry.enum_value("BIWEEKLY", description="Every second week.")
    FOUR_WEEKLY = strawberry.enum_value("FOUR_WEEKLY", description="Every fourth week.")
    MONTHLY = strawberry.enum_value("MONTHLY", description="Every month.")
    BIMONTHLY = strawberry.enum_value("BIMONTHLY", description="Every second month.")
    QUARTERLY = strawberry.enum_value("QUARTERLY", description="Every third month.")
    SEMIANNUAL = strawberry.enum_value("SEMIANNUAL", description="Every sixth month.")
    ANNUAL = strawberry.enum_value("ANNUAL", description="Every year.")


@strawberry.enum(description="What is known of a series.")
class RecurringStatus(Enum):
    SUGGESTED = strawberry.enum_value("SUGGESTED", description="Found by the system; no person has looked at it.")
    CONFIRMED = strawberry.enum_value("CONFIRMED", description="A person says that it is one.")
    DISMISSED = strawberry.enum_value("DISMISSED", description="A person says that it is none.")
    ENDED = strawberry.enum_value("ENDED", description="It has not come for a while, and is not awaited.")


async def transactions_of_series(
    reader: Reader,
    ids: Sequence[UUID],
    first: Annotated[int | None, strawberry.argument(description="So many: 1 to 100, else 50.")] = None,
    after: Annotated[str | None, strawberry.argument(description="Only what follows this cursor.")] = None,
) -> dict[UUID, Page[Any]]:
    page_request(first, after)
    return {id: Page() for id in ids}


@requires("recurring:read")
@node_type("rec", by_ids=none_by_ids, description="A payment that comes again and again.")
class RecurringSeries(Node):
    name: str = column("How it is called.")
    merchant: Merchant | None = edge(
        merchants_by_ids, "merchant_id", description="Who is paid or pays; null where nobody can be told."
    )
    amount: Money = column("What is paid each time; money out is negative.")
    is_approximate: bool = column("Whether the amount differs from time to time.")
    frequency: Frequency = column("How often it comes.")
    next_on: date | None = column("When it is awaited next; null where it has ended.")
    status: RecurringStatus = column("What is known of it.")
    transactions: Connection[Annotated["Transaction", strawberry.lazy("api.transactions.types")]] = edge(
        transactions_of_series, "id", description="Its transactions, newest first."
    )
