"""Refresh tokens: 16 random bytes that name their session and 32 that are new each time; only hashes are stored.

Whoever shows any but the newest ends the session (RFC 9700, 4.14.2), however often it was renewed meanwhile: a thief
may renew faster than the person. One exception: an answer may be lost on a bad network, and a client may ask from many
places at once. So the token before the newest gets the same new pair again for ten seconds; that long the pair is kept,
sealed with the vault key.
"""

import hmac
from dataclasses import dataclass
from datetime import datetime, timedelta

import orjson
from sqlalchemy import select, update
from sqlalchemy.ext.asyncio import AsyncSession

from domain.households.models import HouseholdMember
from domain.identity.models import PERSON, Session
from domain.identity.security import SecurityEventKind, note
from domain.identity.sessions import NOWHERE, Place, family_of, hash_of, new_token
from domain.mistakes import UserMistake, invalid
from runtime import clock, tokens
from runtime.keys import Keys
from runtime.system import SystemDatabase
from runtime.viewer import Viewer

REPEAT_SECONDS = 10


@dataclass(frozen=True)
class Lives:
    """How long a refresh token and an access token are good."""

    days: int
    minutes: int


@dataclass(frozen=True)
class Fresh:
    """A refresh token that nobody has yet, and what is stored of it."""

    token: str
    hash: bytes


@dataclass(frozen=True)
class Pair:
    """What a client gets: nowhere else in this form."""

    access_token: str
    access_token_expires_at: datetime
    refresh_token: str
    refresh_token_expires_at: datetime


async def refresh_session(
    system: SystemDatabase, keys: Keys, token: str, lives: Lives, place: Place = NOWHERE
) -> tuple[Viewer, Pair]:
    """A new pair for a good refresh token of a person's own session, whom the session acts for beside it.

    INVALID for an unknown, ended or expired one. An old one ends its session.
    """
    at, shown = clock.now(), hash_of(token)
    async with system.system_session() as session:
        found = (
            await session.scalars(
                select(Session)
                .where(Session.family_hash == hash_of(family_of(token)), Session.kind == PERSON)
                .with_for_update()
            )
        ).first()
        if found is not None and found.ended_at is None and found.expires_at > at:
            viewer = await _viewer_of(session, found)
            if viewer is None:
                raise _over()
            if hmac.compare_digest(found.refresh_hash, shown):
                found.network = place.network or found.network
                fresh = new_token(family_of(token))
                return viewer, renew(keys, found, viewer, Fresh(fresh, hash_of(fresh)), lives, at)
            if (again := given_before(keys, found, shown, at)) is not None:
                return viewer, again
            found.ended_at, found.pair, found.pair_until = at, None, None
            kind = SecurityEventKind.REFRESH_TOKEN_REUSED
            await note(session, found.user_id, kind, network=place.network, detail=found.label)
    raise _over()


def _over() -> UserMistake:
    return invalid("This session is over: sign in again.", "input", "refreshToken")


def renew(keys: Keys, session: Session, viewer: Viewer, fresh: Fresh, lives: Lives, at: datetime) -> Pair:
    """A new pair for the locked session, of a person or of an app; kept as long as it may be given again."""
    access = tokens.issue(keys, viewer, at=at, minutes=lives.minutes)
    pair = Pair(access.text, access.expires_at, fresh.token, at + timedelta(days=lives.days))
    session.previous_hash, session.refresh_hash = session.refresh_hash, fresh.hash
    session.refreshed_at = session.used_at = at
    session.expires_at = pair.refresh_token_expires_at
    session.pair_key_id, session.pair = keys.encrypt(orjson.dumps(pair).decode(), bound_to=session.id.bytes)
    session.pair_until = at + timedelta(seconds=REPEAT_SECONDS)
    return pair


def given_before(keys: Keys, session: Session, shown: bytes, at: datetime) -> Pair | None:
    """The pair that the token with this hash was exchanged for a moment ago."""
    if session.pair is None or session.pair_key_id is None or session.pair_until is None or session.pair_until <= at:
        return None
    if not hmac.compare_digest(session.previous_hash or b"", shown):
        return None
    kept = orjson.loads(keys.decrypt(session.pair_key_id, session.pair, bound_to=session.id.bytes))
    for name in ("access_token_expires_at", "refresh_token_expires_at"):
        kept[name] = datetime.fromisoformat(kept[name])
    return Pair(**kept)


async def _viewer_of(session: AsyncSession, found: Session) -> Viewer | None:
    """None where the person does not belong to the household any more."""
    role = await session.scalar(
        select(HouseholdMember.role).where(
            HouseholdMember.household_id == found.household_id, HouseholdMember.user_id == found.user_id
        )
    )
    return None if role is None else Viewer(found.user_id, found.household_id, role, found.id)


async def forget_pairs(system: SystemDatabase) -> None:
    """Those that may not be shown again."""
    async with system.system_session() as session:
        await session.execute(
            update(Session)
            .where(Session.pair_until <= clock.now())
            .values(pair=None, pair_key_id=None, pair_until=None)
        )
