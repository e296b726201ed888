"""Applying many transactions at once: a sync's whole pagination, or a file.

All in the unit's transaction, right beside people's edits and other syncs. The steps: read the rows and categorise
them, chunk by chunk, into a stage; lock the accounts; make the new merchants; one statement that changes the
transactions and reports what it did; from that the facts, and what the unit adds to the sums at its close. Memory holds
a chunk, not the rows.
"""

from collections.abc import Iterable
from dataclasses import dataclass
from itertools import chain, islice
from uuid import UUID

import asyncpg

from domain.mistakes import not_found
from domain.spending.commands import change_spending
from domain.transactions.categorising import whole_catalogue
from domain.transactions.incoming import IncomingRow
from domain.transactions.ingest_facts import Reported, deltas_of, facts_of
from domain.transactions.ingest_rows import AccountRow, Seen, stage_lines, stage_values
from domain.transactions.ingest_stage import MOST_IN_ARRAYS, Stage
from domain.transactions.ingest_statement import (
    ACCOUNTS_OF_REMOVED,
    ADD_MERCHANTS,
    FIRST_STAGE_PARAMETER,
    LOCK_ACCOUNTS,
    Shape,
    apply_statement,
)
from runtime.unit import TryAgain, Unit

__all__ = ["Applied", "IncomingRow", "apply_rows"]

_SAME_SOURCE = "uq_transactions_source"

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
    stage, seen = Stage(await unit.connection()), Seen()
    rest = iter(rows)
    first = list(islice(rest, MOST_IN_ARRAYS + 1))
    if len(first) <= MOST_IN_ARRAYS:
        await stage.hold(await stage_values(unit, first, seen))
    else:
        await stage.copy(stage_lines(await whole_catalogue(unit), chain(first, rest), seen))
    return await apply_staged(unit, stage, seen, removed, update_existing=update_existing)


async def apply_staged(
    unit: Unit, stage: Stage, seen: Seen, removed: Iterable[Removed] = (), *, update_existing: bool = True
) -> Applied:
    """The same with the rows on the stage."""
    connection, gone = await unit.connection(), list(removed)
    if not seen.rows and not gone:
        return Applied(0, 0, 0, 0)

    await _lock_accounts(unit, connection, seen, gone)
    if seen.has_new_merchants:
        source, parameters = stage.source(2)
        await connection.execute(ADD_MERCHANTS.format(source=source), unit.household_id, *parameters)
    reported = await _apply(unit, connection, stage, seen, gone, update_existing)
    await stage.drop()

    unit.record(*facts_of(reported))
    change_spending(unit, deltas_of(reported))
    added, modified = _count(reported, "added"), _count(reported, "changed")
    return Applied(added, modified, _count(reported, "deleted"), seen.rows - added - modified)


async def _lock_accounts(unit: Unit, connection: asyncpg.Connection, seen: Seen, gone: list[Removed]) -> None:
    """Syncs of one account follow each other, those of others and all readers go on."""
    wanted = seen.account_ids | {account_id for account_id, _ in gone if account_id is not None}
    if anywhere := [source_id for account_id, source_id in gone if account_id is None]:
        found = await connection.fetch(ACCOUNTS_OF_REMOVED, unit.household_id, anywhere)
        wanted = wanted | {row["account_id"] for row in found}
    locked = await connection.fetch(LOCK_ACCOUNTS, unit.household_id, list(wanted))
    if seen.account_ids - {row["id"] for row in locked}:
        raise not_found("There is no such account.", "input", "accountId")


async def _apply(
    unit: Unit,
    connection: asyncpg.Connection,
    stage: Stage,
    seen: Seen,
    gone: list[Removed],
    update_existing: bool,
) -> list[Reported]:
    source, parameters = stage.source(FIRST_STAGE_PARAMETER)
    shape = Shape(source, update_existing, seen.has_pending, bool(gone))
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
