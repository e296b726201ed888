"""Sessions: opened by signing in, kept alive by rotating refresh tokens, ended by signing out.

A refresh token is 16 random bytes that name its session and 32 that are new each time; only hashes are stored. Whoever
shows any but the newest ends the session (RFC 9700, 4.14.2), however often it was renewed meanwhile: a thief may renew
faster than the person.
"""

import hashlib
import secrets
from collections.abc import Sequence
from dataclasses import dataclass, replace
from datetime import datetime, timedelta
from typing import Any
from uuid import UUID

from sqlalchemy import func, select, update

from domain.households.models import HouseholdMember
from domain.identity.models import Session
from domain.mistakes import invalid
from runtime import clock
from runtime.ids import new_id
from runtime.system import SystemDatabase
from runtime.unit import Unit
from runtime.viewer import Viewer

PREFIX = "cfr_"


@dataclass(frozen=True)
class OpenSession:
    """`viewer` with its session, and the refresh token, which is nowhere else in this form."""

    viewer: Viewer
    refresh_token: str
    refresh_expires_at: datetime


async def open_session(unit: Unit, *, days: int) -> OpenSession:
    """A new session of the unit's viewer."""
    session_id, family = new_id(), secrets.token_urlsafe(16)
    token = _new_token(family)
    expires_at = unit.at + timedelta(days=days)
    unit.session.add(
        Session(
            id=session_id,
            user_id=unit.viewer.user_id,
            household_id=unit.viewer.household_id,
            family_hash=_hash(family),
            refresh_hash=_hash(token),
            created_at=unit.at,
            refreshed_at=unit.at,
            expires_at=expires_at,
            proved_at=unit.at,
        )
    )
    return OpenSession(replace(unit.viewer, session_id=session_id), token, expires_at)


async def refresh_session(system: SystemDatabase, token: str, *, days: int) -> OpenSession:
    """A new refresh token for a good one. INVALID for an unknown, ended or expired one; an old one ends its session."""
    at = clock.now()
    family = _family(token)
    renewed = _new_token(family)
    async with system.system_session() as session:
        found = (
            await session.scalars(select(Session).where(Session.family_hash == _hash(family)).with_for_update())
        ).first()
        is_good = found is not None and found.ended_at is None and found.expires_at > at
        if found is not None and is_good and found.refresh_hash != _hash(token):
            found.ended_at = at
            is_good = False
        if found is not None and is_good:
            found.refresh_hash = _hash(renewed)
            found.refreshed_at = at
            found.expires_at = at + timedelta(days=days)
            role = await session.scalar(
                select(HouseholdMember.role).where(
                    HouseholdMember.household_id == found.household_id, HouseholdMember.user_id == found.user_id
                )
            )
            if role is not None:
                viewer = Viewer(found.user_id, found.household_id, role, found.id)
                return OpenSession(viewer, renewed, found.expires_at)
    raise invalid("This session is over: sign in again.", "input", "refreshToken")


async def end_session(system: SystemDatabase, token: str) -> UUID | None:
    """End the session of a refresh token, its newest or an older one. Its id, or None where there is no such session:
    signing out twice is no mistake."""
    async with system.system_session() as session:
        return await session.scalar(
            update(Session)
            .where(Session.family_hash == _hash(_family(token)))
            .values(ended_at=func.coalesce(Session.ended_at, clock.now()))
            .returning(Session.id)
        )


async def live_sessions(system: SystemDatabase, ids: Sequence[UUID]) -> dict[UUID, Viewer]:
    """Those of the given sessions that are neither ended nor expired, each with whom it acts for and what it may."""
    return {row["id"]: _viewer(row) for row in await system.system_rows(_LIVE, list(ids), clock.now())}


_LIVE = """
select sessions.id, user_id, household_id, role, scopes, account_ids, app_id
from sessions join household_members using (household_id, user_id)
where sessions.id = any ($1::uuid[]) and ended_at is null and expires_at > $2
"""


def _viewer(row: Any) -> Viewer:
    return Viewer(
        user_id=row["user_id"],
        household_id=row["household_id"],
        role=row["role"],
        session_id=row["id"],
        account_ids=None if row["account_ids"] is None else tuple(row["account_ids"]),
        scopes=None if row["scopes"] is None else frozenset(row["scopes"]),
        app_id=row["app_id"],
    )


def _new_token(family: str) -> str:
    return f"{PREFIX}{family}.{secrets.token_urlsafe(32)}"


def _family(token: str) -> str:
    return token.removeprefix(PREFIX).partition(".")[0]


def _hash(token: str) -> bytes:
    return hashlib.sha256(token.encode("utf-8", "surrogatepass")).digest()
