"""A household's accounts."""

from collections.abc import Sequence
from uuid import UUID

from domain.accounts.models import Account
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
