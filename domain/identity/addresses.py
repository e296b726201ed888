"""Mails that somebody asks for by an address: whether it is anybody's is looked up when they have their answer.

So asking does the same work for every address, and takes the same time.
"""

import secrets
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from enum import StrEnum
from uuid import UUID

from sqlalchemy import delete, func, insert, select
from sqlalchemy.ext.asyncio import AsyncSession

from domain.identity import letters
from domain.identity.locking import lock_acting, lock_person, was_cleared
from domain.identity.models import AddressRequest, MailToken, User
from domain.identity.sessions import hash_of
from domain.mail.address import checked_address, email_key, is_address
from domain.mail.outbox import Mail, post_mail
from runtime import clock
from runtime.identity_settings import IdentitySettings
from runtime.ids import new_id
from runtime.keys import Keys
from runtime.system import SystemDatabase
from runtime.viewer import Viewer

PREFIX = "cfm_"
MOST_AN_HOUR = 3
"""Mails of one purpose to one person: whoever asks for more gets the same answer, and nothing comes."""
MOST_AT_ONCE = 200


class Purpose(StrEnum):
    VERIFY_EMAIL = "VERIFY_EMAIL"
    RESET_PASSWORD = "RESET_PASSWORD"  # noqa: S105 (a name, not a secret)
    CHANGE_EMAIL = "CHANGE_EMAIL"


@dataclass(frozen=True)
class Ground:
    """What answering needs to know."""

    keys: Keys
    settings: IdentitySettings


async def ask(system: SystemDatabase, purpose: Purpose, email: str, *, acting: Viewer | None = None) -> UUID:
    """Have a mail sent to the address if it is right to; `acting` is who is signed in. The request's id. INVALID for
    what is no address, NOT_ALLOWED for a change by a session that is over."""
    id, address = new_id(), checked_address(email, "input", "email")
    user_id = None if acting is None else acting.user_id
    async with system.system_session() as session:
        if acting is not None and purpose is Purpose.CHANGE_EMAIL:
            await lock_acting(session, acting.user_id, acting.session_id, "input")
        row = {"id": id, "purpose": purpose, "email": address, "user_id": user_id, "due_at": clock.now()}
        await session.execute(insert(AddressRequest).values(row))
    return id


async def due_requests(system: SystemDatabase) -> Sequence[UUID]:
    """The oldest first."""
    async with system.system_session() as session:
        return (
            await session.scalars(select(AddressRequest.id).order_by(AddressRequest.due_at).limit(MOST_AT_ONCE))
        ).all()


async def answer_request(system: SystemDatabase, ground: Ground, request_id: UUID) -> None:
    """Post the mail that was asked for, if it is right to; then the request is gone. Doing it twice does it once."""
    async with system.system_session() as session:
        request = (
            await session.execute(
                delete(AddressRequest)
                .where(AddressRequest.id == request_id)
                .returning(AddressRequest.purpose, AddressRequest.email, AddressRequest.user_id, AddressRequest.due_at)
            )
        ).one_or_none()
        if request is None:
            return
        at, key = clock.now(), email_key(request.email)
        found = (await session.scalars(select(User).where(User.email_key == key).with_for_update())).one_or_none()
        if found is not None and not is_address(found.email):
            return
        match Purpose(request.purpose):
            case Purpose.RESET_PASSWORD if found is not None:
                await _send(session, ground, Purpose.RESET_PASSWORD, found.id, found.email, at)
            case Purpose.VERIFY_EMAIL if found is not None and _is_open(found, request.user_id):
                await _send(session, ground, Purpose.VERIFY_EMAIL, found.id, found.email, at)
            case Purpose.CHANGE_EMAIL if request.user_id is not None:
                if found is not None and found.id != request.user_id:
                    await post_mail(session, letters.taken(found.email))
                    return
                await lock_person(session, request.user_id)
                # Whoever asked may have been signed out since.
                if not await was_cleared(session, request.user_id, request.due_at):
                    await _send(session, ground, Purpose.CHANGE_EMAIL, request.user_id, request.email, at)


def _is_open(person: User, asking: UUID | None) -> bool:
    """Whether there is something to verify: for whoever is signed in also that the account is theirs as well."""
    return person.email_verified_at is None or (person.email_owned_at is None and asking == person.id)


async def _send(
    session: AsyncSession, ground: Ground, purpose: Purpose, user_id: UUID, email: str, at: datetime
) -> None:
    of_purpose = (MailToken.user_id == user_id, MailToken.purpose == purpose)
    recent = await session.scalar(
        select(func.count()).where(*of_purpose, MailToken.created_at > at - timedelta(hours=1))
    )
    if recent is not None and recent >= MOST_AN_HOUR:
        return
    token = f"{PREFIX}{secrets.token_urlsafe(32)}"
    mail, life = _mail(ground.settings, purpose, email, token)
    await session.execute(
        insert(MailToken).values(
            id=new_id(),
            user_id=user_id,
            purpose=purpose,
            email=email,
            token_hash=hash_of(token),
            created_at=at,
            expires_at=at + life,
        )
    )
    await post_mail(session, mail, keys=ground.keys)


def _mail(settings: IdentitySettings, purpose: Purpose, email: str, token: str) -> tuple[Mail, timedelta]:
    """The mail, and how long its token holds."""
    hours, minutes, url = settings.verification_hours, settings.reset_minutes, settings.client_url
    match purpose:
        case Purpose.RESET_PASSWORD:
            return letters.reset(email, token, url, minutes), timedelta(minutes=minutes)
        case Purpose.VERIFY_EMAIL:
            return letters.verification(email, token, url, hours), timedelta(hours=hours)
        case Purpose.CHANGE_EMAIL:
            return letters.change(email, token, url, hours), timedelta(hours=hours)


async def forget_old_tokens(system: SystemDatabase) -> None:
    """A day after their end: until then they count as asked for."""
    async with system.system_session() as session:
        await session.execute(delete(MailToken).where(MailToken.expires_at < clock.now() - timedelta(days=1)))
