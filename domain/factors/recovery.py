"""Getting an account back by mail."""

from uuid import UUID

from sqlalchemy import func, select, update
from sqlalchemy.ext.asyncio import AsyncSession

from domain.factors.claims import drop_ways_in
from domain.factors.models import Factor, LinkedSignIn
from domain.identity.addresses import Purpose
from domain.identity.locking import lock_person
from domain.identity.models import User
from domain.identity.passwords import Passwords, check_password
from domain.identity.redeeming import no_such_token, redeem, set_password
from domain.identity.security import SecurityEventKind, note
from domain.identity.sessions import end_sessions
from runtime import clock
from runtime.system import SystemDatabase


async def reset_password(
    system: SystemDatabase, passwords: Passwords, token: str, password: str, *, network: str = ""
) -> list[UUID]:
    """A new password for whoever has the mail; every session ends, those of third parties too. Their ids.

    Second factors, passkeys and linked accounts stay where they are known to be of whose address it is; else they go.
    INVALID for a password that is none, and for a token that is unknown, used or too old.
    """
    check_password(password, "input", "password")
    async with system.system_session() as session:
        shown = await redeem(session, token, Purpose.RESET_PASSWORD)
    password_hash, user_id = await passwords.hash(password), shown.user_id
    async with system.system_session() as session:
        if await lock_person(session, user_id) != shown.email:
            raise no_such_token()  # the address was changed meanwhile
        is_owned = await session.scalar(select(User.email_owned_at.is_not(None)).where(User.id == user_id))
        if is_owned:
            ended = await end_sessions(session, user_id)
            detail = await _what_stays(session, user_id)
        else:
            ended = await drop_ways_in(session, user_id)
            detail = "Nothing else that was set up before lets anybody in."
        await set_password(session, user_id, password_hash)
        # The mail has reached them.
        is_unverified = User.id == user_id, User.email_verified_at.is_(None)
        await session.execute(update(User).where(*is_unverified).values(email_verified_at=clock.now()))
        await note(session, user_id, SecurityEventKind.PASSWORD_RESET, network=network, detail=detail)
    return ended


async def _what_stays(session: AsyncSession, user_id: UUID) -> str:
    """For the person to look through: what else signs in beside the new password."""
    factors = select(Factor.name).where(Factor.user_id == user_id, Factor.confirmed_at.is_not(None))
    links = select(func.concat("Account at ", LinkedSignIn.provider)).where(LinkedSignIn.user_id == user_id)
    names = [*await session.scalars(factors.order_by(Factor.created_at)), *await session.scalars(links)]
    return f"Still good, remove what you do not know: {', '.join(names)}" if names else ""
