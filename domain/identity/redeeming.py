"""Secrets that came by mail, shown: each is good once."""

from dataclasses import dataclass
from datetime import datetime
from uuid import UUID

from sqlalchemy import select, update
from sqlalchemy.dialects.postgresql import insert
from sqlalchemy.exc import IntegrityError
from sqlalchemy.ext.asyncio import AsyncSession

from domain.events import ProfileUpdated
from domain.identity.addresses import Purpose
from domain.identity.models import Credential, MailToken, User
from domain.identity.people import first_household
from domain.identity.security import SecurityEventKind, note
from domain.identity.sessions import hash_of
from domain.mail.address import email_key
from domain.mistakes import UserMistake, conflict, invalid
from runtime import clock
from runtime.database import Database
from runtime.system import SystemDatabase
from runtime.unit import Unit, in_unit, violated
from runtime.viewer import Viewer


@dataclass(frozen=True)
class Shown:
    """What a token stands for."""

    user_id: UUID
    purpose: str
    email: str
    created_at: datetime


async def verify_email(
    system: SystemDatabase, database: Database, token: str, *, acting: Viewer | None = None, network: str = ""
) -> None:
    """The person's address is theirs; or, where a change was asked for, the address becomes the person's.

    `acting` is who is signed in where the mail is shown. Where that is the person, whoever set up the account has the
    mailbox; nobody else's click says so.
    INVALID for a token that is unknown, used or too old; CONFLICT where somebody else has the address by now.
    """
    async with system.system_session() as session:
        shown = await redeem(session, token, Purpose.VERIFY_EMAIL, Purpose.CHANGE_EMAIL)

    async def work(unit: Unit) -> None:
        user = (await unit.session.scalars(select(User).where(User.id == shown.user_id).with_for_update())).one()
        if shown.purpose == Purpose.VERIFY_EMAIL and user.email != shown.email:
            raise no_such_token()  # the address was changed meanwhile
        if shown.purpose == Purpose.CHANGE_EMAIL and (user.sessions_ended_at or shown.created_at) > shown.created_at:
            raise no_such_token()  # whoever asked for it was signed out meanwhile
        changed: dict[str, object] = {"email_verified": {"before": user.email_verified_at is not None, "after": True}}
        kind = SecurityEventKind.EMAIL_VERIFIED
        if user.email != shown.email:
            changed["email"] = {"before": user.email, "after": shown.email}
            kind = SecurityEventKind.EMAIL_CHANGED
        # Before the change, so that it is the old address that is told.
        await note(unit.session, user.id, kind, network=network)
        if acting is not None and acting.user_id == user.id and acting.scopes is None:
            user.email_owned_at = unit.at
        elif user.email != shown.email:
            user.email_owned_at = None
        user.email, user.email_key, user.email_verified_at = shown.email, email_key(shown.email), unit.at
        unit.record(ProfileUpdated(ids=[user.id], data=changed))
        await unit.session.flush()

    try:
        await in_unit(database, await first_household(system, shown.user_id), work)
    except IntegrityError as error:
        if violated(error) != "uq_users_email_key":
            raise
        raise conflict("Somebody else has this address by now.", "input", "token") from None


async def set_password(session: AsyncSession, user_id: UUID, password_hash: str) -> None:
    """As `system`. Secrets in mails that were sent before are good for nothing any more."""
    at = clock.now()
    values = {"password_hash": password_hash, "changed_at": at}
    row = insert(Credential).values(user_id=user_id, **values)
    await session.execute(row.on_conflict_do_update(index_elements=[Credential.user_id], set_=values))
    of_person = (MailToken.user_id == user_id, MailToken.used_at.is_(None))
    unused = update(MailToken).where(*of_person, MailToken.purpose != Purpose.VERIFY_EMAIL)
    await session.execute(unused.values(used_at=at))


async def redeem(session: AsyncSession, token: str, *purposes: Purpose) -> Shown:
    """Mark it and its like as used; all that were sent, where the address changes."""
    at = clock.now()
    found = (
        await session.execute(
            update(MailToken)
            .where(MailToken.token_hash == hash_of(token), MailToken.purpose.in_(purposes))
            .where(MailToken.used_at.is_(None), MailToken.expires_at > at)
            .values(used_at=at)
            .returning(MailToken.user_id, MailToken.purpose, MailToken.email, MailToken.created_at)
        )
    ).one_or_none()
    if found is None:
        raise no_such_token()
    others = update(MailToken).where(MailToken.user_id == found.user_id, MailToken.used_at.is_(None))
    if found.purpose != Purpose.CHANGE_EMAIL:
        others = others.where(MailToken.purpose == found.purpose)
    await session.execute(others.values(used_at=at))
    return Shown(found.user_id, found.purpose, found.email, found.created_at)


def no_such_token() -> UserMistake:
    return invalid("This is used up, too old, or was never sent.", "input", "token")
