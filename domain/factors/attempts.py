"""Guessing at somebody's second factor: counted before it is looked at, for the person and not for the request, so that
neither aliases in one document nor requests at the same time get more guesses."""

from datetime import datetime, timedelta
from uuid import UUID

from sqlalchemy import delete, select
from sqlalchemy.dialects.postgresql import insert
from sqlalchemy.ext.asyncio import AsyncSession

from domain.factors.models import FactorAttempts
from domain.mistakes import too_many
from runtime import clock
from runtime.system import SystemDatabase

FREE = 5
"""So many in a row; after each further one it takes twice as long until the next."""
FIRST_WAIT = timedelta(seconds=30)
LONGEST_WAIT = timedelta(hours=1)
FORGOTTEN_AFTER = timedelta(days=1)


async def count_attempt(system: SystemDatabase, user_id: UUID, *path: str) -> int:
    """How many it were in a row, with this one. TOO_MANY while none is allowed: it is not counted then."""
    at = clock.now()
    async with system.system_session() as session:
        row = insert(FactorAttempts).values(user_id=user_id, count=0, tried_at=at)
        await session.execute(row.on_conflict_do_nothing())
        kept = (
            await session.scalars(select(FactorAttempts).where(FactorAttempts.user_id == user_id).with_for_update())
        ).one()
        if kept.locked_until is not None and kept.locked_until > at:
            raise too_many("This was tried too often. Wait a while; it takes longer each time.", *path)
        kept.count = 1 if kept.tried_at < at - FORGOTTEN_AFTER else kept.count + 1
        kept.tried_at, kept.locked_until = at, locked_until(kept.count, at)
        return kept.count


def locked_until(count: int, at: datetime) -> datetime | None:
    """When the next one is allowed after so many; None: at once."""
    if count < FREE:
        return None
    doublings: int = min(count - FREE, 20)
    return at + min(FIRST_WAIT * (1 << doublings), LONGEST_WAIT)


async def forget_attempts(session: AsyncSession, user_id: UUID) -> None:
    """It was right."""
    await session.execute(delete(FactorAttempts).where(FactorAttempts.user_id == user_id))
