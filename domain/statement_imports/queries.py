"""A household's imports, newest first, and the accounts that their files told of."""

from collections.abc import Sequence
from uuid import UUID

from sqlalchemy import select

from domain.accounts.models import Account
from domain.pages import Keyset, Page, PageRequest, pages_by
from domain.statement_imports.models import StatementImport, StatementImportAccount
from runtime.reader import Reader

NEWEST = Keyset((StatementImport.created_at, StatementImport.id))


async def statement_imports_by_ids(reader: Reader, ids: Sequence[UUID]) -> dict[UUID, StatementImport]:
    mine = select(StatementImport).where(StatementImport.household_id == reader.viewer.household_id)
    return {one.id: one for one in await reader.all(mine.where(StatementImport.id.in_(ids)))}


async def statement_imports_by_household(
    reader: Reader, ids: Sequence[UUID], request: PageRequest
) -> dict[UUID, Page[StatementImport]]:
    return await pages_by(reader, select(StatementImport), StatementImport.household_id, ids, NEWEST, request)


async def accounts_by_statement_import(reader: Reader, ids: Sequence[UUID]) -> dict[UUID, list[Account]]:
    """As the accounts were made."""
    found: dict[UUID, list[Account]] = {id: [] for id in ids}
    rows = await reader.execute(
        select(StatementImportAccount.statement_import_id, Account)
        .join(
            Account,
            (Account.household_id == StatementImportAccount.household_id)
            & (Account.id == StatementImportAccount.account_id),
        )
        .where(
            StatementImportAccount.household_id == reader.viewer.household_id,
            StatementImportAccount.statement_import_id.in_(ids),
        )
        .order_by(Account.created_at, Account.id)
    )
    for statement_import_id, account in rows:
        found[statement_import_id].append(account)
    return found
