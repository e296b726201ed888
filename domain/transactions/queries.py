"""Transactions by id, and pages of them: newest first."""

from collections.abc import Sequence
from uuid import UUID

from domain.pages import Keyset, Page, PageRequest, PagesByKey
from domain.rows import OneByKey
from domain.transactions.filter import Filter, within
from domain.transactions.models import Transaction
from runtime.reader import Reader
from runtime.statements import HOUSEHOLD

NEWEST_FIRST = Keyset((Transaction.date, Transaction.id))

transactions_by_ids = OneByKey[Transaction](Transaction, Transaction.id, Transaction.household_id == HOUSEHOLD)

_of_household = PagesByKey(Transaction, Transaction.household_id, NEWEST_FIRST)
_of_account = PagesByKey(Transaction, Transaction.account_id, NEWEST_FIRST, Transaction.household_id == HOUSEHOLD)


async def transactions_by_household(
    reader: Reader, ids: Sequence[UUID], request: PageRequest, filter: Filter | None = None
) -> dict[UUID, Page[Transaction]]:
    """A page of the viewer's household. Raises a `Problem` for a cursor of another list."""
    return await _of_household(reader, ids, request, await within(reader, filter))


async def transactions_by_account(
    reader: Reader, ids: Sequence[UUID], request: PageRequest, filter: Filter | None = None
) -> dict[UUID, Page[Transaction]]:
    """A page of each account. Raises a `Problem` for a cursor of another list."""
    return await _of_account(reader, ids, request, await within(reader, filter))
