"""A household's accounts."""

from collections.abc import Sequence
from uuid import UUID

from sqlalchemy import select

from domain.accounts.models import Account
from runtime.reader import Reader


async def accounts_by_ids(reader: Reader, ids: Sequence[UUID]) -> dict[UUID, Account]:
    mine = select(Account).where(Account.household_id == reader.viewer.household_id)
    return {account.id: account for account in await reader.all(mine.where(Account.id.in_(ids)))}


async def accounts_by_household(
    reader: Reader, ids: Sequence[UUID], *, include_closed: bool = False
) -> dict[UUID, list[Account]]:
    """As they were made."""
    found: dict[UUID, list[Account]] = {id: [] for id in ids}
    statement = select(Account).where(Account.household_id.in_(ids))
    if not include_closed:
        statement = statement.where(Account.closed_at.is_(None))
    for account in await reader.all(statement.order_by(Account.created_at, Account.id)):
        found[account.household_id].append(account)
    return found
