"""Which imports something is to be done about, and who does it: a job claims one for some seconds.

A worker that is killed stops renewing its claim, and the next one takes over.
"""

from dataclasses import dataclass
from datetime import timedelta
from typing import Any, cast
from uuid import UUID

from sqlalchemy import CursorResult, select, tuple_, update

from domain.statement_imports.models import StatementImport
from domain.statement_imports.status import READING
from runtime import clock
from runtime.system import SystemDatabase

CLAIM_SECONDS = 15
MOST_AT_A_SWEEP = 100


@dataclass(frozen=True, slots=True)
class Claimed:
    """An import that is this job's alone for `CLAIM_SECONDS`, unless it renews the claim."""

    household_id: UUID
    id: UUID
    user_id: UUID
    status: str
    object_key: str | None
    attempts: int


async def due_imports(system: SystemDatabase) -> list[tuple[UUID, UUID]]:
    """(household, import) of those whose time has come, the longest waiting first."""
    async with system.system_session() as session:
        rows = await session.execute(
            select(StatementImport.household_id, StatementImport.id)
            .where(StatementImport.due_at <= clock.now())
            .order_by(StatementImport.due_at)
            .limit(MOST_AT_A_SWEEP)
        )
        return [(household_id, id) for household_id, id in rows]


async def claim_import(system: SystemDatabase, household_id: UUID, id: UUID) -> Claimed | None:
    """None where it is not due, or somebody else's at the moment."""
    key = tuple_(StatementImport.household_id, StatementImport.id)
    due = (
        select(StatementImport.household_id, StatementImport.id)
        .where(
            StatementImport.household_id == household_id,
            StatementImport.id == id,
            StatementImport.due_at <= clock.now(),
        )
        .with_for_update(skip_locked=True)
    )
    async with system.system_session() as session:
        found = (
            await session.execute(
                update(StatementImport)
                .where(key.in_(due))
                .values(attempts=StatementImport.attempts + 1, due_at=_claim_end())
                .returning(
                    StatementImport.user_id,
                    StatementImport.status,
                    StatementImport.object_key,
                    StatementImport.attempts,
                )
                .execution_options(synchronize_session=False)
            )
        ).one_or_none()
    return Claimed(household_id, id, *found) if found else None


async def renew_claim(system: SystemDatabase, claimed: Claimed) -> bool:
    """False where the import is not being read any more."""
    return await _move(system, claimed, _claim_end(), StatementImport.status == READING)


async def forget_import(system: SystemDatabase, claimed: Claimed) -> None:
    """Nothing is left to be done about it."""
    await _move(system, claimed, None, StatementImport.status != READING)


async def _move(system: SystemDatabase, claimed: Claimed, due_at: Any, condition: Any) -> bool:
    async with system.system_session() as session:
        moved = await session.execute(
            update(StatementImport)
            .where(StatementImport.household_id == claimed.household_id, StatementImport.id == claimed.id, condition)
            .values(due_at=due_at)
            .execution_options(synchronize_session=False)
        )
        return cast(CursorResult[Any], moved).rowcount == 1


def _claim_end() -> Any:
    return clock.now() + timedelta(seconds=CLAIM_SECONDS)
