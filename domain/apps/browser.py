"""Who is signed in to the consent pages: a short session of the person's, known by a cookie."""

from datetime import datetime, timedelta
from uuid import UUID

from sqlalchemy import func, update

from domain.apps.secrets import Secret, hash_of, new_secret
from domain.identity.locking import lock_admitted
from domain.identity.models import PERSON, Session
from domain.identity.security import SecurityEventKind, note
from runtime import clock
from runtime.database import Database
from runtime.ids import new_id
from runtime.system import SystemDatabase
from runtime.unit import Unit, in_unit
from runtime.viewer import Viewer

GOOD_FOR = timedelta(minutes=30)
LABEL = "Consent page"


async def open_browser_session(database: Database, viewer: Viewer, network: str, since: datetime) -> str:
    """The cookie's value, which is nowhere else in this form. `since` is when the person began to prove who they are:
    NOT_ALLOWED where their sessions were ended after that."""
    cookie = new_secret(Secret.BROWSER)

    async def work(unit: Unit) -> None:
        await lock_admitted(unit.session, viewer.user_id, since, "input")
        unit.session.add(
            Session(
                id=new_id(),
                user_id=viewer.user_id,
                household_id=viewer.household_id,
                family_hash=hash_of(Secret.BROWSER, cookie),
                # Nothing has this hash: it is not refreshed.
                refresh_hash=hash_of(Secret.BROWSER, new_secret(Secret.BROWSER)),
                created_at=unit.at,
                refreshed_at=unit.at,
                expires_at=unit.at + GOOD_FOR,
                label=LABEL,
                network=network,
            )
        )
        await note(unit.session, viewer.user_id, SecurityEventKind.SIGNED_IN, network=network, detail=LABEL)

    await in_unit(database, viewer, work)
    return cookie


async def session_of_cookie(system: SystemDatabase, cookie: str) -> UUID | None:
    """The session, alive or not."""
    rows = await system.system_rows(_BY_HASH, hash_of(Secret.BROWSER, cookie), PERSON, clock.now())
    return rows[0]["id"] if rows else None


async def end_browser_session(system: SystemDatabase, cookie: str) -> UUID | None:
    """The session that it was, None where there is none. Ending it twice changes nothing."""
    async with system.system_session() as session:
        return await session.scalar(
            update(Session)
            .where(Session.family_hash == hash_of(Secret.BROWSER, cookie), Session.kind == PERSON)
            .values(ended_at=func.coalesce(Session.ended_at, clock.now()))
            .returning(Session.id)
        )


_BY_HASH = "select id from sessions where family_hash = $1 and kind = $2 and expires_at > $3"
