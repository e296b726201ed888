"""From one household to another: the same person, with a session of its own."""

from uuid import UUID

from sqlalchemy import select, update

from domain.households.acting import member_as_viewer
from domain.identity.locking import lock_acting
from domain.identity.models import Session
from domain.identity.sessions import OpenSession, Place, open_session
from domain.mistakes import not_found
from runtime.system import SystemDatabase
from runtime.unit import Unit
from runtime.viewer import Viewer


async def viewer_there(system: SystemDatabase, viewer: Viewer, household_id: UUID) -> Viewer:
    """The person in that household. NOT_FOUND where they do not belong to it: it may be there, or not."""
    member = await member_as_viewer(system, household_id, viewer.user_id)
    if member is None:
        raise not_found("You belong to no such household.", "input", "householdId")
    return member


async def open_another(unit: Unit, elsewhere: Viewer, *, days: int, place: Place) -> OpenSession:
    """A session of the unit's viewer, beside the one that they have elsewhere: who they are was proved for that one,
    and not again. NOT_ALLOWED where that one is over."""
    await lock_acting(unit.session, elsewhere.user_id, elsewhere.session_id, "input")
    opened = await open_session(unit, days=days, place=place)
    await unit.session.flush()
    proved_at = await unit.session.scalar(select(Session.proved_at).where(Session.id == elsewhere.session_id))
    await unit.session.execute(
        update(Session).where(Session.id == opened.viewer.session_id).values(proved_at=proved_at)
    )
    return opened
