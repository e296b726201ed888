"""Registering people and finding them again: the one part of identity that works across households."""

from dataclasses import dataclass
from uuid import UUID

from sqlalchemy import select, update
from sqlalchemy.exc import IntegrityError

from domain import text
from domain.currencies import minor_digits
from domain.households.acting import member_as_viewer
from domain.households.models import Household, HouseholdMember
from domain.identity.models import Credential, User
from domain.identity.passwords import USUAL, Passwords, check_password
from domain.mail.address import LONGEST as LONGEST_EMAIL
from domain.mail.address import checked_address, email_key
from domain.mistakes import conflict, invalid, invalid_at
from domain.zones import check_zone
from runtime import clock
from runtime.ids import new_id
from runtime.journal import GENESIS, Stream
from runtime.system import SystemDatabase
from runtime.unit import violated
from runtime.viewer import OWNER, Viewer

LONGEST_NAME = 100


LONGEST_TRIED = 10_000
"""Letters of a password that is looked at."""


@dataclass(frozen=True)
class Registration:
    email: str
    password: str
    display_name: str
    currency: str = "USD"
    timezone: str = "UTC"


async def register(system: SystemDatabase, given: Registration, passwords: Passwords = USUAL) -> Viewer:
    """A new person with a household of their own; the viewer has no session yet.

    INVALID for an address, password, name, currency or zone that is none; CONFLICT where the address is taken.
    """
    email = checked_address(given.email, "input", "email")
    check_password(given.password, "input", "password")
    name = text.line(given.display_name, "input", "displayName", most=LONGEST_NAME)
    with invalid_at("input", "currency"):
        minor_digits(given.currency)
    with invalid_at("input", "timezone"):
        check_zone(given.timezone)
    return await _add(system, given, email, name, password_hash=await passwords.hash(given.password))


async def register_verified(system: SystemDatabase, email: str, display_name: str) -> Viewer:
    """A new person who has no password, for an address that is verified: somebody has vouched for it.

    CONFLICT where the address is taken.
    """
    name = " ".join(display_name.split())[:LONGEST_NAME] or email
    return await _add(system, Registration(email, "", name), email, name, is_verified=True)


async def _add(
    system: SystemDatabase,
    given: Registration,
    email: str,
    name: str,
    *,
    password_hash: str | None = None,
    is_verified: bool = False,
) -> Viewer:
    viewer = Viewer(user_id=new_id(), household_id=new_id(), role=OWNER)
    at = clock.now()
    try:
        async with system.system_session() as session:
            session.add(
                User(
                    id=viewer.user_id,
                    email=email,
                    email_key=email_key(email),
                    display_name=name,
                    timezone=given.timezone,
                    locale="en",
                    created_at=at,
                    email_verified_at=at if is_verified else None,
                    email_owned_at=at if is_verified else None,
                )
            )
            session.add(
                Household(
                    id=viewer.household_id, name=name, currency=given.currency, timezone=given.timezone, created_at=at
                )
            )
            session.add(Stream(stream_id=viewer.household_id, kind="HOUSEHOLD", head_seq=0, head_hash=GENESIS))
            await session.flush()
            if password_hash is not None:
                session.add(Credential(user_id=viewer.user_id, password_hash=password_hash, changed_at=at))
            session.add(
                HouseholdMember(household_id=viewer.household_id, user_id=viewer.user_id, role=OWNER, joined_at=at)
            )
            await session.flush()
    except IntegrityError as error:
        if violated(error) != "uq_users_email_key":
            raise
        raise conflict("Somebody has registered with this address already.", "input", "email") from None
    return viewer


async def find_by_password(system: SystemDatabase, email: str, password: str, passwords: Passwords = USUAL) -> Viewer:
    """The person's viewer in their first household, without a session.

    INVALID, in the same words and time, for a wrong address and a wrong password.
    """
    if len(email) > LONGEST_EMAIL * 2 or len(password) > LONGEST_TRIED:
        raise invalid("No person signs in with this.", "input")
    async with system.system_session() as session:
        found = (
            await session.execute(
                select(User.id, Credential.password_hash)
                .outerjoin(Credential, Credential.user_id == User.id)
                .where(User.email_key == email_key(email))
            )
        ).first()
    stored: str | None = found.password_hash if found else None
    if not await passwords.verify(stored, password) or found is None or stored is None:
        raise invalid("The address or the password is wrong.", "input")
    if passwords.is_outdated(stored):
        await _hash_again(system, found.id, stored, await passwords.hash(password))
    return await first_household(system, found.id)


async def has_password(system: SystemDatabase, user_id: UUID, password: str, passwords: Passwords = USUAL) -> bool:
    """Whether this is the person's password."""
    if len(password) > LONGEST_TRIED:
        return False
    async with system.system_session() as session:
        stored = await session.scalar(select(Credential.password_hash).where(Credential.user_id == user_id))
    return await passwords.verify(stored, password)


async def _hash_again(system: SystemDatabase, user_id: UUID, stored: str, password_hash: str) -> None:
    """At today's cost, unless the password was changed meanwhile."""
    async with system.system_session() as session:
        await session.execute(
            update(Credential)
            .where(Credential.user_id == user_id, Credential.password_hash == stored)
            .values(password_hash=password_hash)
        )


async def first_household(system: SystemDatabase, user_id: UUID) -> Viewer:
    """As whom they sign in, without what others of the household withhold."""
    first = (
        select(HouseholdMember.household_id)
        .where(HouseholdMember.user_id == user_id)
        .order_by(HouseholdMember.joined_at, HouseholdMember.household_id)
        .limit(1)
    )
    async with system.system_session() as session:
        household_id = (await session.scalars(first)).one()
    viewer = await member_as_viewer(system, household_id, user_id)
    if viewer is None:
        raise LookupError("they have left it just now")
    return viewer
