"""Rows as a bank sends them, and applying them."""

from collections.abc import Iterable, Sequence
from datetime import date
from decimal import Decimal
from typing import Any
from uuid import UUID

from sqlalchemy import select

from domain.transactions.ingest import Applied, IncomingRow, apply_rows
from domain.transactions.models import Transaction
from runtime.database import Database
from runtime.journal import JournalLine
from runtime.reader import Reader
from runtime.unit import Unit, in_unit
from runtime.viewer import Viewer

DAY = date(2026, 11, 20)


def row(source_id: str, amount: str = "-10.00", **given: Any) -> IncomingRow:
    """A posted purchase of groceries in USD; `given` replaces its fields."""
    return IncomingRow(
        **{
            "source_id": source_id,
            "date": DAY,
            "amount": Decimal(amount),
            "currency": "USD",
            "status": "POSTED",
            "description": "Corner shop",
            "original_description": "CORNER SHOP 0123",
            "merchant_name": "Corner Shop",
            "provider_primary": "FOOD_AND_DRINK",
            "provider_detailed": "FOOD_AND_DRINK_GROCERIES",
            "provider_confidence": "HIGH",
            **given,
        }
    )


async def ingest(
    database: Database,
    viewer: Viewer,
    account_id: UUID,
    rows: Sequence[IncomingRow],
    removed: Iterable[str | tuple[UUID, str]] = (),
    **given: Any,
) -> Applied:
    """In a unit of its own, as a provider."""
    gone = [(None, one) if isinstance(one, str) else one for one in removed]

    async def work(unit: Unit) -> Applied:
        return await apply_rows(unit, ((account_id, one) for one in rows), gone, **given)

    return await in_unit(database, viewer, work, actor="provider:test")


async def transactions_of(database: Database, viewer: Viewer) -> dict[str | None, Transaction]:
    """By source id."""
    async with Reader(database, viewer) as reader:
        return {one.source_id: one for one in await reader.all(select(Transaction))}


async def journal_of(database: Database, viewer: Viewer, kind: str) -> list[JournalLine]:
    async with Reader(database, viewer) as reader:
        return list(await reader.all(select(JournalLine).where(JournalLine.kind == kind).order_by(JournalLine.seq)))
