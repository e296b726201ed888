"""A household's links and their synchronisations."""

from collections.abc import Sequence
from uuid import UUID

from sqlalchemy import select

from domain.accounts.models import Account
from domain.bank_links.models import BankLink, Institution, Sync
from domain.pages import Keyset, Page, PageRequest, pages_by
from runtime.reader import Reader

NEWEST_SYNC = Keyset((Sync.started_at, Sync.id), descending=True)


async def bank_links_by_ids(reader: Reader, ids: Sequence[UUID]) -> dict[UUID, BankLink]:
    mine = select(BankLink).where(BankLink.household_id == reader.viewer.household_id)
    return {link.id: link for link in await reader.all(mine.where(BankLink.id.in_(ids)))}


async def bank_links_by_household(reader: Reader, ids: Sequence[UUID]) -> dict[UUID, list[BankLink]]:
    """As they were made, ended ones included."""
    found: dict[UUID, list[BankLink]] = {id: [] for id in ids}
    statement = select(BankLink).where(BankLink.household_id.in_(ids))
    for link in await reader.all(statement.order_by(BankLink.created_at, BankLink.id)):
        found[link.household_id].append(link)
    return found


async def institutions_by_ids(reader: Reader, ids: Sequence[UUID]) -> dict[UUID, Institution]:
    return {one.id: one for one in await reader.all(select(Institution).where(Institution.id.in_(ids)))}


async def accounts_by_bank_link(reader: Reader, ids: Sequence[UUID]) -> dict[UUID, list[Account]]:
    """As they were made, closed ones included."""
    found: dict[UUID, list[Account]] = {id: [] for id in ids}
    statement = select(Account).where(Account.household_id == reader.viewer.household_id, Account.bank_link_id.in_(ids))
    for account in await reader.all(statement.order_by(Account.created_at, Account.id)):
        if account.bank_link_id is not None:
            found[account.bank_link_id].append(account)
    return found


async def syncs_by_ids(reader: Reader, ids: Sequence[UUID]) -> dict[UUID, Sync]:
    mine = select(Sync).where(Sync.household_id == reader.viewer.household_id)
    return {sync.id: sync for sync in await reader.all(mine.where(Sync.id.in_(ids)))}


async def syncs_by_bank_link(reader: Reader, ids: Sequence[UUID], request: PageRequest) -> dict[UUID, Page[Sync]]:
    """Newest first."""
    statement = select(Sync).where(Sync.household_id == reader.viewer.household_id)
    return await pages_by(reader, statement, Sync.bank_link_id, ids, NEWEST_SYNC, request)
