"""Sessions: opened by signing in, listed, and ended. domain/identity/refreshing.py keeps them alive."""

import hashlib
import secrets
from collections.abc import Sequence
from dataclasses import dataclass, replace
from datetime import datetime, timedelta
from uuid import UUID

from sqlalchemy import exists, func, select, update
from sqlalchemy.ext.asyncio import AsyncSession

from domain.identity.device import UNKNOWN
from domain.identity.locking import clear, lock_acting, lock_person
from domain.identity.models import PERSON, Session
from domain.identity.security import SecurityEventKind, note
from domain.mistakes import not_found
from runtime import clock
from runtime.ids import new_id
from runtime.system import SystemDatabase
from runtime.unit import Unit
from runtime.viewer import Viewer

PREFIX = "cfr_"
TOUCH_SECONDS = 60


@dataclass(frozen=True)
class Place:
    """Where somebody acts from: the device as people would call it, the network as coarse as `network.coarse`."""

    device: str = UNKNOWN
    network: str = ""


NOWHERE = Place()


@dataclass(frozen=True)
class OpenSession:
    """`viewer` with its session, and the refresh token, which is nowhere else in this form."""

    viewer: Viewer
    refresh_token: str
    refresh_expires_at: datetime


async def open_session(unit: Unit, *, days: int, place: Place = NOWHERE) -> OpenSession:
    """A new session of the unit's viewer, who has just proved who they are: the caller has locked the person. Told by
    mail from an unknown device."""
    session_id, family = new_id(), secrets.token_urlsafe(16)
    token = new_token(family)
    expires_at = unit.at + timedelta(days=days)
    await _note_sign_in(unit, place)
    unit.session.add(
        Session(
            id=session_id,
            user_id=unit.viewer.user_id,
            household_id=unit.viewer.household_id,
            family_hash=hash_of(family),
            refresh_hash=hash_of(token),
            created_at=unit.at,
            refreshed_at=unit.at,
            expires_at=expires_at,
            proved_at=unit.at,
            label=place.device,
            network=place.network,
        )
    )
    return OpenSession(replace(unit.viewer, session_id=session_id), token, expires_at)


async def _note_sign_in(unit: Unit, place: Place) -> None:
    """Nobody is told of their first session of all."""
    of_person = (Session.user_id == unit.viewer.user_id, Session.kind == PERSON)
    earlier = select(exists().where(*of_person), exists().where(*of_person, Session.label == place.device))
    had_any, had_this = (await unit.session.execute(earlier)).one()
    is_new = had_any and not had_this
    kind = SecurityEventKind.NEW_DEVICE if is_new else SecurityEventKind.SIGNED_IN
    await note(unit.session, unit.viewer.user_id, kind, network=place.network, detail=place.device)


async def end_by_token(system: SystemDatabase, token: str) -> UUID | None:
    """End the session of a refresh token, its newest or an older one. Its id, or None where there is no such session:
    signing out twice is no mistake."""
    async with system.system_session() as session:
        return await session.scalar(
            update(Session)
            .where(Session.family_hash == hash_of(family_of(token)))
            .values(ended_at=func.coalesce(Session.ended_at, clock.now()))
            .returning(Session.id)
        )


async def end_session(unit: Unit, session_id: UUID) -> UUID:
    """End one of the person's own sessions, in whatever household. NOT_FOUND where there is none that is alive."""
    ended = await unit.session.scalar(
        update(Session)
        .where(Session.id == session_id, Session.user_id == unit.viewer.user_id, Session.kind == PERSON)
        .where(Session.ended_at.is_(None))
        .values(ended_at=unit.at)
        .returning(Session.label)
    )
    if ended is None:
        raise not_found("There is no such session.", "input", "sessionId")
    await note(unit.session, unit.viewer.user_id, SecurityEventKind.SESSION_ENDED, detail=ended)
    return session_id


async def end_other_sessions(unit: Unit, *, including_apps: bool) -> list[UUID]:
    """End all of the person's sessions but this one; third parties' go on unless they are included. Their ids.
    NOT_ALLOWED where this one is over itself."""
    await lock_acting(unit.session, unit.viewer.user_id, unit.viewer.session_id, "input")
    kind = None if including_apps else PERSON
    ended = await end_sessions(unit.session, unit.viewer.user_id, but=unit.viewer.session_id, kind=kind)
    if ended:
        await note(unit.session, unit.viewer.user_id, SecurityEventKind.OTHER_SESSIONS_ENDED)
    return ended


async def end_sessions(
    session: AsyncSession, user_id: UUID, *, but: UUID | None = None, kind: str | None = None
) -> list[UUID]:
    """End a person's sessions, those of third parties included unless `kind` says which. Their ids.

    Locks the person. Consents and sign-ins that have not become sessions yet come to nothing.
    """
    await lock_person(session, user_id)
    at = clock.now()
    await clear(session, user_id, at)
    ended = update(Session).where(Session.user_id == user_id, Session.ended_at.is_(None))
    if but is not None:
        ended = ended.where(Session.id != but)
    if kind is not None:
        ended = ended.where(Session.kind == kind)
    return list(await session.scalars(ended.values(ended_at=at, pair=None, pair_until=None).returning(Session.id)))


async def touch_sessions(system: SystemDatabase, ids: Sequence[UUID]) -> None:
    """Remember that they were used, at most once a minute each, whichever process says so."""
    at = clock.now()
    is_old = func.coalesce(Session.used_at, Session.created_at) < at - timedelta(seconds=TOUCH_SECONDS)
    async with system.system_session() as session:
        await session.execute(update(Session).where(Session.id.in_(ids), is_old).values(used_at=at))


def new_token(family: str) -> str:
    return f"{PREFIX}{family}.{secrets.token_urlsafe(32)}"


def family_of(token: str) -> str:
    return token.removeprefix(PREFIX).partition(".")[0]


def hash_of(token: str) -> bytes:
    return hashlib.sha256(token.encode("utf-8", "surrogatepass")).digest()
