"""Transactions by id, and pages of them: newest first."""

from collections.abc import Sequence
from uuid import UUID

from sqlalchemy import select

from domain.pages import Keyset, Page, PageRequest, one_page, pages_by
from domain.transactions.filter import Filter, filtered
from domain.transactions.models import Transaction
from runtime.reader import Reader

NEWEST_FIRST = Keyset((Transaction.date, Transaction.id))


async def transactions_by_ids(reader: Reader, ids: Sequence[UUID]) -> dict[UUID, Transaction]:
    mine = select(Transaction).where(Transaction.household_id == reader.viewer.household_id)
    return {one.id: one for one in await reader.all(mine.where(Transaction.id.in_(ids)))}


async def transactions_by_household(
    reader: Reader, ids: Sequence[UUID], request: PageRequest, filter: Filter | None = None
) -> dict[UUID, Page[Transaction]]:
    """A page of the viewer's household. Raises a `Problem` for a cursor of another list."""
    found: dict[UUID, Page[Transaction]] = {}
    for id in ids:
        of_household = select(Transaction).where(Transaction.household_id == id)
        found[id] = await one_page(reader, await filtered(reader, of_household, filter), NEWEST_FIRST, request)
    return found


async def transactions_by_account(
    reader: Reader, ids: Sequence[UUID], request: PageRequest, filter: Filter | None = None
) -> dict[UUID, Page[Transaction]]:
    """A page of each account. Raises a `Problem` for a cursor of another list."""
    mine = select(Transaction).where(Transaction.household_id == reader.viewer.household_id)
    statement = await filtered(reader, mine, filter)
    return await pages_by(reader, statement, Transaction.account_id, ids, NEWEST_FIRST, request)
