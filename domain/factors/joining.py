"""Who somebody is here whom a provider knows: by its own name for them, else by an address that both have verified."""

from uuid import UUID

from sqlalchemy import exists, insert, select, update
from sqlalchemy.exc import IntegrityError
from sqlalchemy.ext.asyncio import AsyncSession

from domain.factors.models import LinkedSignIn
from domain.factors.providers import Identity
from domain.identity.models import User
from domain.identity.people import register_verified
from domain.identity.security import SecurityEventKind, note
from domain.mail.address import email_key, is_address
from domain.mistakes import conflict, not_allowed
from runtime import clock
from runtime.ids import new_id
from runtime.system import SystemDatabase
from runtime.unit import violated

_TAKEN = "uq_linked_sign_ins_issuer_subject"


async def person_of(system: SystemDatabase, provider: str, identity: Identity, *, network: str = "") -> UUID:
    """The person, who is made where nobody has the address; the provider must have verified it.

    NOT_ALLOWED where it has not, and where the person here has not: they sign in otherwise and link the account
    themselves, or whoever registers with somebody else's address first would be let in to what they do later. The same
    where they have another account at this provider: addresses there are given to new people, accounts are not.
    """
    async with system.system_session() as session:
        of_account = LinkedSignIn.issuer == identity.issuer, LinkedSignIn.subject == identity.subject
        used = update(LinkedSignIn).where(*of_account).values(used_at=clock.now())
        known: UUID | None = await session.scalar(used.returning(LinkedSignIn.user_id))
        if known is not None:
            return known
    email = identity.email
    if email is None or not identity.email_is_verified or not is_address(email):
        raise not_allowed("Sign in another way first, then link this account in your settings.", "input")
    async with system.system_session() as session:
        knows = exists().where(LinkedSignIn.user_id == User.id, LinkedSignIn.issuer == identity.issuer).label("knows")
        found = select(User.id, User.email, User.email_verified_at, knows).where(User.email_key == email_key(email))
        person = (await session.execute(found)).one_or_none()
    if person is not None and not (person.email_verified_at and _is_same(person.email, email) and not person.knows):
        raise not_allowed("Sign in another way first, then link this account in your settings.", "input")
    if person is None:
        user_id = (await register_verified(system, email, identity.name or email.partition("@")[0])).user_id
    else:
        user_id = person.id
    await link(system, user_id, provider, identity, network=network)
    return user_id


def _is_same(ours: str, theirs: str) -> bool:
    """Letter by letter but for case: Unicode's other spellings of an address may be somebody else's mailbox."""
    return ours.lower() == theirs.lower()


async def link(system: SystemDatabase, user_id: UUID, provider: str, identity: Identity, *, network: str = "") -> UUID:
    """The link. CONFLICT where the account is linked already, to whomever."""
    id = new_id()
    try:
        async with system.system_session() as session:
            await _insert(session, id, user_id, provider, identity)
            detail = provider if identity.email is None else f"{provider}: {identity.email}"
            await note(session, user_id, SecurityEventKind.SIGN_IN_JOINED, network=network, detail=detail)
    except IntegrityError as error:
        if violated(error) != _TAKEN:
            raise
        raise conflict("This account is linked already.", "input") from None
    return id


async def _insert(session: AsyncSession, id: UUID, user_id: UUID, provider: str, identity: Identity) -> None:
    row = {"id": id, "user_id": user_id, "provider": provider, "issuer": identity.issuer, "subject": identity.subject}
    await session.execute(insert(LinkedSignIn).values(**row, email=identity.email, created_at=clock.now()))
