"""From a staged file to transactions: accounts, rows, balances and the import's result in one unit."""

from collections.abc import Iterator, Sequence
from dataclasses import asdict, dataclass
from datetime import date
from decimal import Decimal
from uuid import UUID

from sqlalchemy import func, select
from sqlalchemy.dialects.postgresql import insert

from domain.accounts.balances import move_balance, set_balance
from domain.accounts.models import Account
from domain.mistakes import Problem
from domain.statement_imports.commands import end_import, locked_import
from domain.statement_imports.matching import match_accounts
from domain.statement_imports.models import StatementImportAccount
from domain.statement_imports.staging import StagedFile
from domain.statement_imports.statement import BalanceLine, RejectedLine
from domain.statement_imports.status import DONE, READING
from domain.statement_imports.wording import describe, original_words
from domain.transactions.incoming import POSTED, IncomingRow
from domain.transactions.ingest import apply_rows
from domain.transactions.models import Transaction
from runtime.keys import Keys
from runtime.unit import Unit

SOURCE = "ofx:"


@dataclass(frozen=True, slots=True)
class _Booked:
    """An account of the file while its rows are applied. Rows up to `until` are in its balance already."""

    account_id: UUID
    currency: str
    is_new: bool
    balance: BalanceLine | None
    until: date | None


async def apply_file(unit: Unit, keys: Keys, statement_import_id: UUID, staged: StagedFile) -> None:
    """Add the rows that are not there yet. Nothing happens where the import is not READING any more.

    A new account takes the file's booked balance as its own; an account kept by hand moves with the rows that are
    added. Raises StatementProblem and UserMistake: then nothing of the file may be kept.
    """
    found = await locked_import(unit, statement_import_id, READING)
    if found is None:
        return
    places, made = await match_accounts(unit, keys, found.account_id, staged.accounts)
    booked = await _lock(unit, places, made, staged)
    before = {one.account_id: await _sum_after(unit, one) for one in booked}
    currencies = {one.account_id: one.currency for one in booked}
    refused: list[RejectedLine] = []
    applied = await apply_rows(unit, _rows(staged, places, currencies, refused), update_existing=False)
    for one in booked:
        after = await _sum_after(unit, one)
        if one.is_new:
            await set_balance(unit, one.account_id, (one.balance.amount if one.balance else Decimal(0)) + after)
        else:
            await move_balance(unit, one.account_id, after - before[one.account_id])
    await _keep_accounts(unit, statement_import_id, booked)
    rejected = sorted([*staged.rejected, *refused], key=lambda line: line.line)
    end_import(
        unit,
        found,
        DONE,
        format=staged.format,
        added=applied.added,
        duplicates=applied.duplicates + staged.duplicates,
        rejected=[asdict(line) for line in rejected],
    )


def _rows(
    staged: StagedFile, places: Sequence[UUID], currencies: dict[UUID, str], refused: list[RejectedLine]
) -> Iterator[tuple[UUID, IncomingRow]]:
    for place, row in staged.rows():
        account_id = places[place]
        original = original_words(row)
        try:
            incoming = IncomingRow(
                source_id=f"{SOURCE}{row.id}",
                date=row.date,
                amount=row.amount,
                currency=currencies[account_id],
                status=POSTED,
                description=describe(row),
                original_description=original,
            )
        except Problem as problem:
            # The reader checks what the file says; only here the currency is known where the file leaves it out.
            refused.append(RejectedLine(row.line, f"The row was left out: {problem}", original[:200]))
            continue
        yield account_id, incoming


async def _lock(unit: Unit, places: Sequence[UUID], made: set[UUID], staged: StagedFile) -> list[_Booked]:
    """The accounts in the order in which everybody locks them: nobody else's booking comes between our sums."""
    accounts = await unit.session.execute(
        select(Account.id, Account.currency)
        .where(Account.household_id == unit.household_id, Account.id.in_(set(places)))
        .order_by(Account.id)
        .with_for_update(key_share=True)
    )
    opened = await _opened_with(unit, places)
    booked = []
    for account_id, currency in accounts:
        said = [one for place, one in zip(places, staged.accounts, strict=True) if place == account_id]
        balances = sorted((one.balance for one in said if one.balance), key=lambda line: line.date or date.max)
        balance = balances[-1] if balances else None
        until = opened.get(account_id)
        if account_id in made and balance:
            until = balance.date or unit.at.date()
        booked.append(_Booked(account_id, currency, account_id in made, balance, until))
    return booked


async def _opened_with(unit: Unit, account_ids: Sequence[UUID]) -> dict[UUID, date]:
    """The day of the booked balance that an account was made with, where a file has made it."""
    rows = await unit.session.execute(
        select(StatementImportAccount.account_id, func.max(StatementImportAccount.opened_with_balance_of))
        .where(
            StatementImportAccount.household_id == unit.household_id,
            StatementImportAccount.account_id.in_(set(account_ids)),
            StatementImportAccount.opened_with_balance_of.is_not(None),
        )
        .group_by(StatementImportAccount.account_id)
    )
    return {account_id: day for account_id, day in rows if day is not None}


async def _sum_after(unit: Unit, booked: _Booked) -> Decimal:
    """What is booked on the account on days that its balance did not hold from the start."""
    statement = select(func.coalesce(func.sum(Transaction.amount), 0)).where(
        Transaction.household_id == unit.household_id, Transaction.account_id == booked.account_id
    )
    if booked.until is not None:
        statement = statement.where(Transaction.date > booked.until)
    return Decimal((await unit.session.scalars(statement)).one())


async def _keep_accounts(unit: Unit, statement_import_id: UUID, booked: Sequence[_Booked]) -> None:
    await unit.session.execute(
        insert(StatementImportAccount)
        .values(
            [
                {
                    "household_id": unit.household_id,
                    "statement_import_id": statement_import_id,
                    "account_id": one.account_id,
                    "opened_with_balance_of": one.until if one.is_new else None,
                }
                for one in booked
            ]
        )
        .on_conflict_do_nothing()
    )
