"""Applying many transactions at once: a sync's whole pagination, or a file (docs/decisions)."""

from collections.abc import Iterable
from dataclasses import dataclass
from uuid import UUID

from domain.transactions.incoming import IncomingRow
from runtime.unit import Unit

__all__ = ["Applied", "IncomingRow", "apply_rows"]


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
    rows: Iterable[tuple[UUID, IncomingRow]],
    removed: Iterable[tuple[UUID | None, str]] = (),
    *,
    update_existing: bool = True,
    moves_balance: bool = False,
) -> Applied:
    """Bring the accounts' transactions to what came in."""
    raise NotImplementedError
