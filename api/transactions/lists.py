"""Pages of transactions as fields: of the household, and of an account."""

from collections.abc import Sequence
from typing import Annotated
from uuid import UUID

import strawberry

from api.pagination import page_request
from api.transactions.filters import TransactionFilter, read_filter
from domain.pages import Page
from domain.transactions.models import Transaction
from domain.transactions.queries import transactions_by_account, transactions_by_household
from runtime.reader import Reader

Wanted = Annotated[TransactionFilter | None, strawberry.argument(description="Which ones; all where it is left out.")]
First = Annotated[int | None, strawberry.argument(description="So many from the beginning: 1 to 100, else 50.")]
After = Annotated[str | None, strawberry.argument(description="Only what follows this cursor.")]
Last = Annotated[int | None, strawberry.argument(description="So many from the end: 1 to 100.")]
Before = Annotated[str | None, strawberry.argument(description="Only what comes before this cursor.")]


async def transactions_of_household(
    reader: Reader,
    ids: Sequence[UUID],
    filter: Wanted = None,
    first: First = None,
    after: After = None,
    last: Last = None,
    before: Before = None,
) -> dict[UUID, Page[Transaction]]:
    request = page_request(first, after, last, before)
    return await transactions_by_household(reader, ids, request, read_filter(filter))


async def transactions_of_account(
    reader: Reader,
    ids: Sequence[UUID],
    filter: Wanted = None,
    first: First = None,
    after: After = None,
    last: Last = None,
    before: Before = None,
) -> dict[UUID, Page[Transaction]]:
    request = page_request(first, after, last, before)
    return await transactions_by_account(reader, ids, request, read_filter(filter))
