"""Who somebody is here whom a provider knows: by its own name for them, else by an address that both have verified."""

from collections.abc import Iterator
from contextlib import contextmanager
from datetime import datetime
from uuid import UUID

from sqlalchemy import exists, insert, select, update
from sqlalchemy.exc import IntegrityError
from sqlalchemy.ext.asyncio import AsyncSession

from domain.factors.claims import drop_ways_in
from domain.factors.models import LinkedSignIn
from domain.factors.providers import Identity
from domain.identity.locking import lock_acting
from domain.identity.models import User
from domain.identity.people import register_verified
from domain.identity.security import SecurityEventKind, note
from domain.mail.address import email_key, is_address
from domain.mistakes import UserMistake, conflict, not_allowed
from runtime import clock
from runtime.ids import new_id
from runtime.system import SystemDatabase
from runtime.unit import violated
from runtime.viewer import Viewer

_TAKEN = "uq_linked_sign_ins_issuer_subject"


async def person_of(
    system: SystemDatabase, provider: str, identity: Identity, *, network: str = ""
) -> tuple[UUID, datetime, list[UUID]]:
    """The person, who is made where nobody has the address; the provider must have verified it. Since when they have
    shown it, for opening a session; and the sessions that ended.

    NOT_ALLOWED where it has not, and where the person here has not: they sign in otherwise and link the account
    themselves, or whoever registers with somebody else's address first would be let in to what they do later. The same
    where they have another account at this provider: addresses there are given to new people, accounts are not.

    An account that was verified, but by nobody who was signed in to it, is joined without what was set up before.
    """
    since = clock.now()
    async with system.system_session() as session:
        of_account = LinkedSignIn.issuer == identity.issuer, LinkedSignIn.subject == identity.subject
        used = update(LinkedSignIn).where(*of_account).values(used_at=clock.now())
        known: UUID | None = await session.scalar(used.returning(LinkedSignIn.user_id))
        if known is not None:
            return known, since, []
    email = identity.email
    if email is None or not identity.email_is_verified or not is_address(email):
        raise _otherwise()
    async with system.system_session() as session:
        is_known = await session.scalar(select(User.id).where(User.email_key == email_key(email)))
    if is_known is None:
        await register_verified(system, email, identity.name or email.partition("@")[0])
    return await _join(system, email, provider, identity, network)


async def _join(
    system: SystemDatabase, email: str, provider: str, identity: Identity, network: str
) -> tuple[UUID, datetime, list[UUID]]:
    with _linked_once():
        async with system.system_session() as session:
            of_address = select(User).where(User.email_key == email_key(email)).with_for_update(key_share=True)
            person = (await session.scalars(of_address)).one_or_none()
            if person is None or not (person.email_verified_at and _is_same(person.email, email)):
                raise _otherwise()
            of_provider = LinkedSignIn.user_id == person.id, LinkedSignIn.issuer == identity.issuer
            if await session.scalar(select(exists().where(*of_provider))):
                raise _otherwise()
            detail = _detail(provider, identity)
            ended: list[UUID] = []
            if person.email_owned_at is None:
                ended = await drop_ways_in(session, person.id)
                detail += ". Nothing else that was set up before lets anybody in."
            await _insert(session, new_id(), person.id, provider, identity)
            await note(session, person.id, SecurityEventKind.SIGN_IN_JOINED, network=network, detail=detail)
            return person.id, clock.now(), ended


def _otherwise() -> UserMistake:
    return not_allowed("Sign in another way first, then link this account in your settings.", "input")


def _is_same(ours: str, theirs: str) -> bool:
    """Letter by letter but for case: Unicode's other spellings of an address may be somebody else's mailbox."""
    return ours.lower() == theirs.lower()


async def link(system: SystemDatabase, viewer: Viewer, provider: str, identity: Identity, *, network: str = "") -> UUID:
    """The link. CONFLICT where the account is linked already, to whomever; NOT_ALLOWED where the session is over."""
    id, user_id = new_id(), viewer.user_id
    with _linked_once():
        async with system.system_session() as session:
            await lock_acting(session, user_id, viewer.session_id, "input")
            await _insert(session, id, user_id, provider, identity)
            detail = _detail(provider, identity)
            await note(session, user_id, SecurityEventKind.SIGN_IN_JOINED, network=network, detail=detail)
    return id


@contextmanager
def _linked_once() -> Iterator[None]:
    try:
        yield
    except IntegrityError as error:
        if violated(error) != _TAKEN:
            raise
        raise conflict("This account is linked already.", "input") from None


def _detail(provider: str, identity: Identity) -> str:
    return provider if identity.email is None else f"{provider}: {identity.email}"


async def _insert(session: AsyncSession, id: UUID, user_id: UUID, provider: str, identity: Identity) -> None:
    row = {"id": id, "user_id": user_id, "provider": provider, "issuer": identity.issuer, "subject": identity.subject}
    await session.execute(insert(LinkedSignIn).values(**row, email=identity.email, created_at=clock.now()))
