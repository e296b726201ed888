"""A household's imports, newest first, and the accounts that their files told of."""

from collections.abc import Sequence
from uuid import UUID

from domain.accounts.models import Account
from domain.pages import Keyset, Page, PageRequest, PagesByKey
from domain.rows import ListByKey, OneByKey
from domain.statement_imports.models import StatementImport, StatementImportAccount
from runtime.reader import Reader
from runtime.statements import HOUSEHOLD

NEWEST = Keyset((StatementImport.created_at, StatementImport.id))

statement_imports_by_ids = OneByKey[StatementImport](
    StatementImport, StatementImport.id, StatementImport.household_id == HOUSEHOLD
)

_imports = PagesByKey(StatementImport, StatementImport.household_id, NEWEST)


async def statement_imports_by_household(
    reader: Reader, ids: Sequence[UUID], request: PageRequest
) -> dict[UUID, Page[StatementImport]]:
    return await _imports(reader, ids, request)


accounts_by_statement_import = ListByKey(
    Account,
    StatementImportAccount.statement_import_id,
    StatementImportAccount.household_id == HOUSEHOLD,
    order=(Account.created_at, Account.id),
    joined=(Account.household_id == StatementImportAccount.household_id)
    & (Account.id == StatementImportAccount.account_id),
)
"""As the accounts were made."""
