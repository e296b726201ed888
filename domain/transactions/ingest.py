"""Applying many transactions at once: a sync's whole pagination, or a file.

All in the unit's transaction, right beside people's edits and other syncs. The steps: read the rows and categorise
them, chunk by chunk, into a stage; lock the accounts; make the new merchants; one statement that changes the
transactions and reports what it did; from that the facts, and what the unit adds to the sums at its close. Memory holds
a chunk, not the rows.
"""

from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from itertools import islice
from uuid import UUID

import asyncpg

from domain.categories.rules import ProviderCategory
from domain.mistakes import not_found
from domain.spending.commands import change_spending
from domain.transactions.categorising import Categorised, Uncategorised, categorise
from domain.transactions.incoming import IncomingRow
from domain.transactions.ingest_facts import Reported, deltas_of, facts_of
from domain.transactions.ingest_stage import Stage, StageRow
from domain.transactions.ingest_statement import (
    ACCOUNTS_OF_REMOVED,
    ADD_MERCHANTS,
    FIRST_STAGE_PARAMETER,
    LOCK_ACCOUNTS,
    Shape,
    apply_statement,
)
from runtime.ids import new_id
from runtime.unit import TryAgain, Unit

__all__ = ["Applied", "IncomingRow", "apply_rows"]

CHUNK = 1_000
_SAME_SOURCE = "uq_transactions_source"

AccountRow = tuple[UUID, IncomingRow]
Removed = tuple[UUID | None, str]


@dataclass(frozen=True, slots=True)
class Applied:
    """How many transactions were added, modified and removed, and how many rows changed nothing because they were
    there already or came twice."""

    added: int
    modified: int
    removed: int
    duplicates: int


async def apply_rows(
    unit: Unit,
    rows: Iterable[AccountRow],
    removed: Iterable[Removed] = (),
    *,
    update_existing: bool = True,
) -> Applied:
    """Bring the accounts' transactions to what came in, each row with its account's id; `removed` are source ids, with
    the account where it is known.

    Of a row that comes twice the last one holds; one that is removed as well is not taken. A posted row keeps the id,
    and what people did to it, of the pending one that it takes over from. A person's category, description, notes, tags
    and exclusion stay. Without `update_existing` rows that are there already are left as they are. Balances are the
    caller's business. NOT_FOUND where an account is not (or no longer) there.
    """
    await unit.session.flush()
    connection = await unit.connection()
    stage, read = Stage(connection), _Read()
    for chunk in _chunks(rows):
        await stage.add(await _staged(unit, chunk, read))
    gone = list(removed)
    if not read.rows and not gone:
        return Applied(0, 0, 0, 0)

    await _lock_accounts(unit, connection, read, gone)
    if read.has_new_merchants:
        source, parameters = stage.source(2)
        await connection.execute(ADD_MERCHANTS.format(source=source), unit.household_id, *parameters)
    reported = await _apply(unit, connection, stage, read, gone, update_existing)
    await stage.drop()

    unit.record(*facts_of(reported))
    change_spending(unit, deltas_of(reported))
    added, modified = _count(reported, "added"), _count(reported, "changed")
    return Applied(added, modified, _count(reported, "deleted"), read.rows - added - modified)


class _Read:
    """What was seen of the rows while they were staged."""

    def __init__(self) -> None:
        self.rows = 0
        self.account_ids: set[UUID] = set()
        self.has_new_merchants = False
        self.has_pending = False


def _chunks(rows: Iterable[AccountRow]) -> Iterator[list[AccountRow]]:
    rest = iter(rows)
    while chunk := list(islice(rest, CHUNK)):
        yield chunk


async def _staged(unit: Unit, chunk: list[AccountRow], read: _Read) -> list[StageRow]:
    answers = await categorise(unit, [_uncategorised(row) for _, row in chunk], make_merchants=False)
    staged = []
    for (account_id, row), answer in zip(chunk, answers, strict=True):
        read.rows += 1
        read.account_ids.add(account_id)
        read.has_new_merchants |= answer.merchant is not None and answer.merchant.id is None
        read.has_pending |= row.pending_source_id is not None
        staged.append(_stage_row(read.rows, account_id, row, answer))
    return staged


def _uncategorised(row: IncomingRow) -> Uncategorised:
    provider = None
    if row.provider_primary or row.provider_detailed:
        provider = ProviderCategory(row.provider_primary, row.provider_detailed, row.provider_confidence)
    return Uncategorised(
        description=row.description,
        amount=row.amount,
        currency=row.currency,
        original_description=row.original_description,
        merchant_name=row.merchant_name,
        provider=provider,
    )


def _stage_row(position: int, account_id: UUID, row: IncomingRow, answer: Categorised) -> StageRow:
    merchant, decision = answer.merchant, answer.decision
    return (
        position,
        account_id,
        row.source_id,
        row.pending_source_id,
        new_id(),
        row.date,
        row.amount,
        row.currency,
        row.status,
        row.description,
        row.original_description,
        (merchant.id or new_id()) if merchant else None,
        merchant.key if merchant else None,
        merchant.name if merchant else None,
        decision.category_id,
        decision.source.value,
        decision.confidence,
    )


async def _lock_accounts(unit: Unit, connection: asyncpg.Connection, read: _Read, gone: list[Removed]) -> None:
    """Syncs of one account follow each other, those of others and all readers go on."""
    wanted = read.account_ids | {account_id for account_id, _ in gone if account_id is not None}
    if anywhere := [source_id for account_id, source_id in gone if account_id is None]:
        found = await connection.fetch(ACCOUNTS_OF_REMOVED, unit.household_id, anywhere)
        wanted = wanted | {row["account_id"] for row in found}
    locked = await connection.fetch(LOCK_ACCOUNTS, unit.household_id, list(wanted))
    if read.account_ids - {row["id"] for row in locked}:
        raise not_found("There is no such account.", "input", "accountId")


async def _apply(
    unit: Unit,
    connection: asyncpg.Connection,
    stage: Stage,
    read: _Read,
    gone: list[Removed],
    update_existing: bool,
) -> list[Reported]:
    source, parameters = stage.source(FIRST_STAGE_PARAMETER)
    shape = Shape(source, update_existing, read.has_pending, bool(gone))
    accounts, source_ids = [account_id for account_id, _ in gone], [source_id for _, source_id in gone]
    try:
        reported: list[Reported] = await connection.fetch(
            apply_statement(shape), unit.household_id, accounts, source_ids, unit.at, *parameters
        )
    except asyncpg.UniqueViolationError as error:
        if error.constraint_name == _SAME_SOURCE:
            raise TryAgain from error
        raise
    return reported


def _count(reported: list[Reported], what: str) -> int:
    return sum(row["count"] for row in reported if row["what"] == what)
