"""The ways in which a person gets in by themselves: a password, passkeys, accounts at other providers. The last one
stays."""

from uuid import UUID

from sqlalchemy import ColumnElement, delete, func, insert, select, update
from sqlalchemy.ext.asyncio import AsyncSession
from webauthn.registration.verify_registration_response import VerifiedRegistration

from domain import text
from domain.factors.enrolment import LONGEST_NAME
from domain.factors.models import PASSKEY, Factor, LinkedSignIn, Passkey
from domain.identity.locking import lock_acting
from domain.identity.models import Credential
from domain.identity.security import SecurityEventKind, note
from domain.mistakes import conflict, not_allowed, not_found, too_many
from runtime import clock
from runtime.ids import new_id
from runtime.system import SystemDatabase
from runtime.viewer import Viewer

MOST_PASSKEYS = 20


def checked_name(name: str) -> str:
    """INVALID for what is no single line, and for more than 60 characters."""
    return text.line(name, "input", "name", most=LONGEST_NAME)


async def add_passkey(
    system: SystemDatabase,
    viewer: Viewer,
    made: VerifiedRegistration,
    *,
    name: str,
    transports: list[str],
    network: str = "",
) -> UUID:
    """The factor. CONFLICT for a credential that is somebody's already, TOO_MANY beyond twenty."""
    at, factor_id = clock.now(), new_id()
    async with system.system_session() as session:
        await lock_acting(session, viewer.user_id, viewer.session_id, "input")
        if await _count(session, viewer.user_id) >= MOST_PASSKEYS:
            raise too_many(f"A person has at most {MOST_PASSKEYS} passkeys.", "input")
        if await session.scalar(select(Passkey.factor_id).where(Passkey.credential_id == made.credential_id)):
            raise conflict("This passkey is registered already.", "input", "credential")
        row = {"id": factor_id, "user_id": viewer.user_id, "kind": PASSKEY, "name": name}
        await session.execute(insert(Factor).values(**row, created_at=at, confirmed_at=at))
        key = {"credential_id": made.credential_id, "public_key": made.credential_public_key}
        await session.execute(
            insert(Passkey).values(factor_id=factor_id, **key, sign_count=made.sign_count, transports=transports)
        )
        await note(session, viewer.user_id, SecurityEventKind.FACTOR_ADDED, network=network, detail=f"Passkey: {name}")
    return factor_id


async def rename_passkey(system: SystemDatabase, user_id: UUID, factor_id: UUID, name: str) -> UUID:
    """NOT_FOUND where it is not the person's."""
    name = checked_name(name)
    async with system.system_session() as session:
        renamed = await session.scalar(
            update(Factor).where(*_passkey(user_id, factor_id)).values(name=name).returning(Factor.id)
        )
    if renamed is None:
        raise not_found("There is no such passkey.", "input", "factorId")
    return factor_id


async def remove_passkey(system: SystemDatabase, viewer: Viewer, factor_id: UUID, *, network: str = "") -> None:
    """NOT_FOUND where it is not the person's, NOT_ALLOWED where nothing else lets them in."""
    async with system.system_session() as session:
        await lock_acting(session, viewer.user_id, viewer.session_id, "input")
        removed = await session.scalar(
            delete(Factor).where(*_passkey(viewer.user_id, factor_id)).returning(Factor.name)
        )
        if removed is None:
            raise not_found("There is no such passkey.", "input", "factorId")
        await _stay_open(session, viewer.user_id, "factorId")
        await note(
            session, viewer.user_id, SecurityEventKind.FACTOR_REMOVED, network=network, detail=f"Passkey: {removed}"
        )


async def unlink_sign_in(system: SystemDatabase, viewer: Viewer, link_id: UUID, *, network: str = "") -> None:
    """NOT_FOUND where it is not the person's, NOT_ALLOWED where nothing else lets them in."""
    async with system.system_session() as session:
        await lock_acting(session, viewer.user_id, viewer.session_id, "input")
        of_person = LinkedSignIn.id == link_id, LinkedSignIn.user_id == viewer.user_id
        removed = await session.scalar(delete(LinkedSignIn).where(*of_person).returning(LinkedSignIn.provider))
        if removed is None:
            raise not_found("There is no such account.", "input", "linkedSignInId")
        await _stay_open(session, viewer.user_id, "linkedSignInId")
        await note(session, viewer.user_id, SecurityEventKind.SIGN_IN_PARTED, network=network, detail=removed)


async def _stay_open(session: AsyncSession, user_id: UUID, name: str) -> None:
    """After the removal, in the same transaction: a refusal undoes it."""
    passwords = select(func.count()).select_from(Credential).where(Credential.user_id == user_id)
    links = select(func.count()).select_from(LinkedSignIn).where(LinkedSignIn.user_id == user_id)
    left = await _count(session, user_id) + (await session.scalar(passwords) or 0) + (await session.scalar(links) or 0)
    if not left:
        raise not_allowed("This is the only way in: add another one first.", "input", name)


async def _count(session: AsyncSession, user_id: UUID) -> int:
    passkeys = select(func.count()).select_from(Factor).where(Factor.user_id == user_id, Factor.kind == PASSKEY)
    return await session.scalar(passkeys) or 0


def _passkey(user_id: UUID, factor_id: UUID) -> tuple[ColumnElement[bool], ...]:
    return Factor.id == factor_id, Factor.user_id == user_id, Factor.kind == PASSKEY
