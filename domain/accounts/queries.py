"""A household's accounts, and whose they are."""

from collections.abc import Sequence
from uuid import UUID

from domain.accounts.models import FULL, Account, AccountShare
from domain.identity.models import User
from domain.identity.queries import users_by_ids
from domain.rows import ListByKey, OneByKey
from runtime.reader import Reader
from runtime.statements import HOUSEHOLD

accounts_by_ids = OneByKey[Account](Account, Account.id, Account.household_id == HOUSEHOLD)

_AS_MADE = (Account.created_at, Account.id)
_every = ListByKey(Account, Account.household_id, order=_AS_MADE)
_open = ListByKey(Account, Account.household_id, Account.closed_at.is_(None), order=_AS_MADE)


async def accounts_by_household(
    reader: Reader, ids: Sequence[UUID], *, include_closed: bool = False
) -> dict[UUID, list[Account]]:
    """As they were made."""
    return await (_every if include_closed else _open)(reader, ids)


_shares = OneByKey[AccountShare](AccountShare, AccountShare.account_id, AccountShare.household_id == HOUSEHOLD)


async def sharing_by_account(reader: Reader, ids: Sequence[UUID]) -> dict[UUID, str]:
    """What the others of the household get of each: all of one that is nobody's."""
    shares = await _shares(reader, ids)
    return {id: shares[id].sharing if id in shares else FULL for id in ids}


async def owners_by_account(reader: Reader, ids: Sequence[UUID]) -> dict[UUID, User]:
    """Without accounts that are the household's, and those of people who are no members any more."""
    shares = await _shares(reader, ids)
    users = await users_by_ids(reader, list({share.owner_user_id for share in shares.values()}))
    return {id: users[share.owner_user_id] for id, share in shares.items() if share.owner_user_id in users}
