"""What people allowed apps: sessions of kind APP, opened by a consent, renewed by rotating refresh tokens.

A refresh token names its family and is good once; whoever shows an older one ends the grant (RFC 9700, 4.14.2). As with
a person's own (domain/identity/refreshing.py) the one before the newest gives the same new pair again for ten seconds.
"""

from dataclasses import dataclass
from datetime import datetime, timedelta
from hmac import compare_digest
from uuid import UUID

from sqlalchemy import select, update
from sqlalchemy.ext.asyncio import AsyncSession

from domain.apps.models import App
from domain.apps.secrets import Secret, family_of, hash_of, new_family, refresh_token_of
from domain.households.models import HouseholdMember
from domain.identity.models import APP, TOKEN, Session
from domain.identity.refreshing import Fresh, Lives, Pair, given_before, renew
from domain.identity.security import SecurityEventKind, note
from domain.mistakes import not_found
from runtime import clock
from runtime.database import Database
from runtime.keys import Keys
from runtime.system import SystemDatabase
from runtime.unit import Unit, in_unit
from runtime.viewer import Viewer


@dataclass(frozen=True)
class Consent:
    """Who allowed what, where."""

    user_id: UUID
    household_id: UUID
    scopes: list[str]
    account_ids: list[UUID] | None
    session_id: UUID | None = None
    """In which session of theirs; None for one that was kept."""


@dataclass(frozen=True)
class OpenGrant:
    """`viewer` with its session, and the refresh token, which is nowhere else in this form."""

    viewer: Viewer
    scopes: list[str]
    refresh_token: str


@dataclass(frozen=True)
class GrantState:
    """What a token stands for, as its app may know it."""

    session_id: UUID
    app_id: UUID
    user_id: UUID
    scopes: list[str]
    created_at: datetime
    expires_at: datetime
    is_alive: bool


async def open_grant(session: AsyncSession, app: App, consent: Consent, session_id: UUID, *, days: int) -> OpenGrant:
    """In the transaction, as `system`, in which the code is used."""
    at = clock.now()
    family = new_family()
    token = refresh_token_of(family)
    session.add(
        Session(
            id=session_id,
            user_id=consent.user_id,
            household_id=consent.household_id,
            family_hash=hash_of(Secret.REFRESH, family),
            refresh_hash=hash_of(Secret.REFRESH, token),
            created_at=at,
            refreshed_at=at,
            expires_at=at + timedelta(days=days),
            kind=APP,
            app_id=app.id,
            label=app.name,
            scopes=consent.scopes,
            account_ids=consent.account_ids,
        )
    )
    await session.flush()
    await note(session, consent.user_id, SecurityEventKind.APP_ALLOWED, detail=app.name)
    role = await _role(session, consent.household_id, consent.user_id)
    # Whoever has left the household meanwhile looks at nothing: the session is dead from its birth.
    return OpenGrant(_viewer(consent, role or "VIEWER", app.id, session_id), consent.scopes, token)


async def refresh_grant(
    system: SystemDatabase, keys: Keys, app_id: UUID, token: str, lives: Lives
) -> tuple[Pair, list[str]] | None:
    """A new pair for a good refresh token of this app, and its scopes; None for any other. An older one ends the
    grant."""
    at, shown = clock.now(), hash_of(Secret.REFRESH, token)
    async with system.system_session() as session:
        found = await _of_family(session, token)
        if found is None or found.app_id != app_id or found.ended_at is not None or found.expires_at <= at:
            return None
        role = await _role(session, found.household_id, found.user_id)
        if role is None:
            return None
        scopes = found.scopes or []
        if compare_digest(found.refresh_hash, shown):
            consent = Consent(found.user_id, found.household_id, scopes, found.account_ids)
            fresh = refresh_token_of(family_of(token))
            kept = Fresh(fresh, hash_of(Secret.REFRESH, fresh))
            return renew(keys, found, _viewer(consent, role, app_id, found.id), kept, lives, at), scopes
        if (again := given_before(keys, found, shown, at)) is not None:
            return again, scopes
        found.ended_at, found.pair, found.pair_until = at, None, None
        await note(session, found.user_id, SecurityEventKind.REFRESH_TOKEN_REUSED, detail=found.label)
        return None


async def grant_of_refresh_token(system: SystemDatabase, token: str) -> GrantState | None:
    async with system.system_session() as session:
        found = await _of_family(session, token)
        if found is None:
            return None
        is_newest = compare_digest(found.refresh_hash, hash_of(Secret.REFRESH, token))
        return _state(found, is_newest)


async def grant_of_session(system: SystemDatabase, session_id: UUID) -> GrantState | None:
    async with system.system_session() as session:
        found = await session.get(Session, session_id)
        return None if found is None or found.kind != APP else _state(found, True)


async def end_grant(session: AsyncSession, session_id: UUID) -> None:
    """As `system`. Ending it twice changes nothing."""
    await session.execute(
        update(Session)
        .where(Session.id == session_id, Session.kind == APP, Session.ended_at.is_(None))
        .values(ended_at=clock.now())
    )


async def revoke_grant(database: Database, viewer: Viewer, grant_id: UUID) -> None:
    """NOT_FOUND where it is somebody else's. Revoking it twice changes nothing."""
    await _revoke(database, viewer, grant_id, APP, SecurityEventKind.APP_ENDED, "grantId")


async def revoke_token(database: Database, viewer: Viewer, token_id: UUID) -> None:
    """NOT_FOUND where it is somebody else's. Revoking it twice changes nothing."""
    await _revoke(database, viewer, token_id, TOKEN, SecurityEventKind.TOKEN_ENDED, "tokenId")


async def _revoke(database: Database, viewer: Viewer, id: UUID, kind: str, event: SecurityEventKind, path: str) -> None:
    async def work(unit: Unit) -> None:
        mine = select(Session).where(Session.id == id, Session.kind == kind).with_for_update()
        found = (await unit.session.scalars(mine)).one_or_none()
        if found is None:
            raise not_found("There is no such thing to revoke.", "input", path)
        if found.ended_at is None:
            found.ended_at = unit.at
            await note(unit.session, unit.viewer.user_id, event, detail=found.label)

    await in_unit(database, viewer, work)


async def _of_family(session: AsyncSession, token: str) -> Session | None:
    family_hash = hash_of(Secret.REFRESH, family_of(token))
    statement = select(Session).where(Session.family_hash == family_hash, Session.kind == APP).with_for_update()
    return (await session.scalars(statement)).one_or_none()


async def _role(session: AsyncSession, household_id: UUID, user_id: UUID) -> str | None:
    return await session.scalar(
        select(HouseholdMember.role).where(
            HouseholdMember.household_id == household_id, HouseholdMember.user_id == user_id
        )
    )


def _viewer(consent: Consent, role: str, app_id: UUID, session_id: UUID) -> Viewer:
    return Viewer(
        consent.user_id,
        consent.household_id,
        role,
        session_id,
        None if consent.account_ids is None else tuple(consent.account_ids),
        frozenset(consent.scopes),
        app_id,
    )


def _state(found: Session, is_newest: bool) -> GrantState:
    is_alive = is_newest and found.ended_at is None and found.expires_at > clock.now()
    app_id = found.app_id or found.id
    return GrantState(found.id, app_id, found.user_id, found.scopes or [], found.created_at, found.expires_at, is_alive)
