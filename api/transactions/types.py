"""Transactions, and what they are parts of."""

from datetime import date
from decimal import Decimal
from typing import Annotated, TypeAlias
from uuid import UUID

import strawberry

from api.accounts.types import Account
from api.categories.types import Category, CategorySource
from api.fields import column, edge, value
from api.gates import Payload
from api.merchants.types import Merchant
from api.money import Money, money_of
from api.node import Node, node_type, none_by_ids
from api.recurring.types import RecurringSeries
from api.scopes import requires
from api.transactions.filters import TransactionStatus
from domain.accounts.queries import accounts_by_ids
from domain.categories.queries import categories_by_ids
from domain.merchants.queries import merchants_by_ids
from domain.transactions import models
from domain.transactions.queries import transactions_by_ids

# A field called `date` hides the class of that name from its own annotation.
Day: TypeAlias = date


def _no_parts(_id: UUID) -> list[object]:
    return []


def _nothing(_id: UUID) -> None:
    return None


@requires("transactions:read")
@strawberry.type(description="A share of a split transaction, with a category of its own.")
class TransactionPart:
    id: strawberry.ID = column("The part's id within its transaction.")
    amount: Money = column("The part's share of the amount; the parts add up to it.")
    category: Category = edge(categories_by_ids, "category_id", description="What this share was for.")
    notes: str | None = column("A person's notes on this share.")


@requires("transactions:read")
@node_type(
    "txn", models.Transaction, by_ids=transactions_by_ids, description="Something that was booked on an account."
)
class Transaction(Node):
    account: Account = edge(accounts_by_ids, "account_id", description="The account it was booked on.")
    date: Day = column("The day it was booked, or was made while it is pending.")
    amount: Money = money_of("Money out is negative, money in positive.", "amount", "currency")
    status: TransactionStatus = column("Whether the bank has booked it.")
    description: str = column("In the bank's words, until a person writes their own.")
    original_description: str = column("The bank's own words, never changed.")
    merchant: Merchant | None = edge(
        merchants_by_ids, "merchant_id", description="Who was paid or paid; null where nobody can be told."
    )
    category: Category = edge(categories_by_ids, "category_id", description="What it was for.")
    categorized_by: CategorySource = column(
        "Who decided the category. A category that a person chose is never changed by the system."
    )
    confidence: Decimal | None = column("0 to 1; null where a person or a rule decided.")
    notes: str | None = column("A person's notes.")
    tags: list[str] = column("A person's tags, in the order they were given.")
    is_excluded: bool = column("Left out of all sums: budgets, reports, spending. The balance is not a sum.")
    parts: list[TransactionPart] = value(
        "The shares of a split transaction, which count instead of the whole; empty where it is not split.",
        _no_parts,
        "id",
    )
    transfer: Annotated["Transfer", strawberry.lazy("api.transactions.types")] | None = value(
        "The movement between own accounts that it is one side of; null where it is none.", _nothing, "id"
    )
    recurring: RecurringSeries | None = value(
        "The series it belongs to; null where it does not come again and again.", _nothing, "id"
    )


@requires("transactions:read")
@node_type(
    "tfr",
    by_ids=none_by_ids,
    description="Two transactions of one household that are one movement between its own accounts.",
)
class Transfer(Node):
    outgoing: Transaction = edge(transactions_by_ids, "outgoing_id", description="Where the money left.")
    incoming: Transaction = edge(transactions_by_ids, "incoming_id", description="Where it arrived.")


@strawberry.type(description="A transaction that was made or changed.")
class TransactionPayload(Payload):
    transaction: Transaction | None = edge(
        transactions_by_ids, "object_id", description="The transaction; null where it was refused."
    )


@strawberry.type(description="A transaction that was deleted.")
class DeleteTransactionPayload(Payload):
    deleted_id: strawberry.ID | None = column("Its id; null where it was refused.")
