"""Fresh proof: what is dangerous is done only by somebody who has just shown who they are."""

from datetime import datetime, timedelta
from uuid import UUID

from sqlalchemy import select, update

from domain.identity.locking import lock_acting
from domain.identity.models import PERSON, Session
from domain.mistakes import not_allowed, proof_needed
from runtime import clock
from runtime.system import SystemDatabase
from runtime.unit import Unit

GOOD_FOR = timedelta(minutes=10)
"""How long a proof holds: signing in is one, `proveIdentity` renews it."""


async def require_proof(unit: Unit, *path: str) -> None:
    """PROOF_NEEDED unless the person proved who they are in the last ten minutes, in this very session. NOT_ALLOWED
    for a third party, as nobody can prove for the person, and for a session that is over. The person is locked until
    the unit ends: nobody ends the session meanwhile."""
    if unit.viewer.scopes is not None:
        raise not_allowed("This is for the person alone, not for an application.", *path)
    await lock_acting(unit.session, unit.viewer.user_id, unit.viewer.session_id, *path)
    proved_at = await unit.session.scalar(
        select(Session.proved_at).where(Session.id == unit.viewer.session_id, Session.kind == PERSON)
    )
    if proved_at is None or proved_at < unit.at - GOOD_FOR:
        raise proof_needed("Prove first that it is you: `proveIdentity`.", *path)


async def keep_proof(system: SystemDatabase, session_id: UUID | None) -> datetime:
    """The session's person has just proved who they are: the caller has seen to that. Until when it holds."""
    at = clock.now()
    async with system.system_session() as session:
        await session.execute(update(Session).where(Session.id == session_id).values(proved_at=at))
    return at + GOOD_FOR
