"""Starting an import, and ending it without a result."""

from datetime import timedelta
from typing import Any
from uuid import UUID

from sqlalchemy import func, select

from domain import text
from domain.accounts.commands import locked_account
from domain.accounts.models import Account
from domain.events import StatementImportChanged, StatementImportStarted
from domain.mistakes import not_allowed, too_many
from domain.statement_imports.models import StatementImport, StatementImportAccount
from domain.statement_imports.status import AWAITING_FILE, FAILED, READING
from domain.statement_imports.upload import UPLOAD_SECONDS
from runtime.ids import new_id
from runtime.unit import Unit

UPLOAD_MINUTES = 60
"""How long an address is good for."""

MOST_OPEN = 50
"""Imports of a household that wait for their file or are being read."""

LONGEST_FILE_NAME = 255

# An upload that began in time may still be writing: its folder is cleared away when it cannot be any more.
_UPLOAD_IS_OVER = timedelta(seconds=UPLOAD_SECONDS + 60)

NO_FILE_CAME = "No file was sent in time. Start the import again."


async def start_statement_import(unit: Unit, *, account_id: UUID | None, file_name: str, review: bool) -> UUID:
    """An import that awaits its file for an hour.

    NOT_ALLOWED for `review`, which is still to come, and for accounts that are closed or linked: the bank itself gives
    the transactions of these, under other ids than its files. TOO_MANY where 50 imports are under way.
    """
    file_name = text.line(file_name, "input", "fileName", most=LONGEST_FILE_NAME)
    if review:
        raise not_allowed("Reviewing the rows of a file is not possible yet.", "input", "review")
    if account_id is not None:
        check_takes_files(await locked_account(unit, account_id, "input", "accountId"))
    open_ones = select(func.count()).where(
        StatementImport.household_id == unit.household_id, StatementImport.status.in_((AWAITING_FILE, READING))
    )
    if (await unit.session.scalars(open_ones)).one() >= MOST_OPEN:
        raise too_many(f"{MOST_OPEN} imports are under way: send their files, or wait until they are read.", "input")
    upload_until = unit.at + timedelta(minutes=UPLOAD_MINUTES)
    started = StatementImport(
        household_id=unit.household_id,
        id=new_id(),
        user_id=unit.viewer.user_id,
        account_id=account_id,
        file_name=file_name,
        review=False,
        status=AWAITING_FILE,
        upload_until=upload_until,
        due_at=upload_until + _UPLOAD_IS_OVER,
        created_at=unit.at,
    )
    unit.session.add(started)
    await unit.session.flush()
    if account_id is not None:
        unit.session.add(
            StatementImportAccount(
                household_id=unit.household_id, statement_import_id=started.id, account_id=account_id
            )
        )
    unit.record(StatementImportStarted(ids=[started.id], account_id=account_id))
    return started.id


def check_takes_files(account: Account) -> None:
    """Raises NOT_ALLOWED where transactions cannot come from a file."""
    if account.closed_at is not None:
        raise not_allowed("This account is closed.", "input", "accountId")
    if account.bank_link_id is not None:
        raise not_allowed(
            "This account is linked to its bank, which gives its transactions: a file would give them twice.",
            "input",
            "accountId",
        )


async def locked_import(unit: Unit, statement_import_id: UUID, status: str) -> StatementImport | None:
    """The import where it still has that status, which nobody else changes until the unit ends."""
    found = (
        await unit.session.scalars(
            select(StatementImport)
            .where(StatementImport.household_id == unit.household_id, StatementImport.id == statement_import_id)
            .with_for_update()
            .execution_options(populate_existing=True)
        )
    ).one_or_none()
    return found if found is not None and found.status == status else None


async def fail_import(
    unit: Unit, statement_import_id: UUID, *, status: str, problem: str, format: str | None = None
) -> None:
    """End it with a problem, where it still has `status`."""
    found = await locked_import(unit, statement_import_id, status)
    if found is not None:
        end_import(unit, found, FAILED, problem=problem, format=format)


def end_import(unit: Unit, found: StatementImport, status: str, **result: Any) -> None:
    """`status` is DONE or FAILED, with what came of it. Its bytes may go."""
    before, found.status = found.status, status
    for name, value in result.items():
        setattr(found, name, value)
    found.finished_at = unit.at
    found.due_at = unit.at + _UPLOAD_IS_OVER
    change = {"status": {"before": before, "after": status}}
    unit.record(StatementImportChanged(ids=[found.id], account_id=found.account_id, data=change))
