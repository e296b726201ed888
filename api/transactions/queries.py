"""The household's transactions."""

import strawberry

from api.fields import edge
from api.pagination import Connection
from api.transactions.lists import transactions_of_household
from api.transactions.types import Transaction


@strawberry.type
class TransactionsOfViewer:
    transactions: Connection[Transaction] = edge(
        transactions_of_household,
        "household_id",
        description="What was booked on the household's accounts, newest first (date, then id).",
        scope="transactions:read",
    )
