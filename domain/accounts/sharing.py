"""Whose an account is, and what the others of the household get of it. The row policies hold it."""

from uuid import UUID

from sqlalchemy import select

from domain.accounts.models import Account, AccountShare
from domain.events import AccountShared
from domain.mistakes import not_allowed, not_found
from runtime.unit import Unit


async def share_account(unit: Unit, account_id: UUID, sharing: str) -> UUID:
    """For whom it belongs to alone: NOT_ALLOWED for others, NOT_FOUND for one that is not there. Others see it so
    within seconds, wherever they are signed in."""
    path = ("input", "accountId")
    of_account = (AccountShare.household_id == unit.household_id, AccountShare.account_id == account_id)
    seen = select(Account.id).where(Account.household_id == unit.household_id, Account.id == account_id)
    if await unit.session.scalar(seen) is None:
        raise not_found("There is no such account.", *path)
    # Only the owner's can be locked.
    share = (await unit.session.scalars(select(AccountShare).where(*of_account).with_for_update())).one_or_none()
    if share is None:
        raise not_allowed("Only the member whose account it is decides how it is shared.", *path)
    if share.sharing != sharing:
        change = {"before": share.sharing, "after": sharing}
        share.sharing = sharing
        unit.record(AccountShared(ids=[account_id], account_id=account_id, data={"sharing": change}))
        await unit.session.flush()
    return account_id
