"""A household's links and their synchronisations."""

from collections.abc import Sequence
from uuid import UUID

from domain.accounts.models import Account
from domain.bank_links.models import BankLink, Institution, Sync
from domain.pages import Keyset, Page, PageRequest, PagesByKey
from domain.rows import ListByKey, OneByKey
from runtime.reader import Reader
from runtime.small_tables import SmallTable
from runtime.statements import HOUSEHOLD

NEWEST_SYNC = Keyset((Sync.started_at, Sync.id), descending=True)

bank_links_by_ids = OneByKey[BankLink](BankLink, BankLink.id, BankLink.household_id == HOUSEHOLD)

bank_links_by_household = ListByKey(BankLink, BankLink.household_id, order=(BankLink.created_at, BankLink.id))
"""As they were made, ended ones included."""

institutions_by_ids = SmallTable(Institution, Institution.id)

accounts_by_bank_link = ListByKey(
    Account, Account.bank_link_id, Account.household_id == HOUSEHOLD, order=(Account.created_at, Account.id)
)
"""As they were made, closed ones included."""

syncs_by_ids = OneByKey[Sync](Sync, Sync.id, Sync.household_id == HOUSEHOLD)

_syncs = PagesByKey(Sync, Sync.bank_link_id, NEWEST_SYNC, Sync.household_id == HOUSEHOLD)


async def syncs_by_bank_link(reader: Reader, ids: Sequence[UUID], request: PageRequest) -> dict[UUID, Page[Sync]]:
    """Newest first."""
    return await _syncs(reader, ids, request)
