"""Who is erased leaves what they shared, and takes what they did not."""

import asyncpg

from api import ids
from domain.erasure import erase_person
from runtime.verification import verify
from tests.api.books import book, open_account
from tests.api.client import Person
from tests.api.households.company import INVITE, join, share
from tests.api.households.test_members import roles

ACCOUNTS = "{ viewer { accounts { id owner { id } } } }"


async def test_what_was_withheld_is_gone_and_told_to_nobody(
    person: Person, stranger: Person, owner: asyncpg.Connection
) -> None:
    member = await join(person, stranger)
    shown, kept = await open_account(member, name="Shown"), await open_account(member, name="Kept")
    await book(member, kept, "-5.00")
    await share(member, kept, "BALANCE_ONLY")

    await erase_person(owner, email=member.email, user_id=None)

    assert (await person.data(ACCOUNTS))["viewer"]["accounts"] == [{"id": shown, "owner": None}]
    left = await owner.fetchval(
        "select count(*) from journal where account_id = $1 and data is not null", ids.decode_as("acc", kept)
    )
    assert left == 0
    assert (await verify(owner)).damages == []


async def test_somebody_owns_the_household_afterwards(
    person: Person, stranger: Person, owner: asyncpg.Connection
) -> None:
    member = await join(person, stranger, "VIEWER")

    await erase_person(owner, email=person.email, user_id=None)

    assert await roles(member) == {member.user_id: "OWNER"}


async def test_an_address_stays_in_no_invitation(person: Person, stranger: Person, owner: asyncpg.Connection) -> None:
    await person.change(INVITE, input={"role": "MEMBER", "email": stranger.email})

    await erase_person(owner, email=stranger.email, user_id=None)

    assert await owner.fetchval("select count(*) from invitations where email = $1", stranger.email) == 0
