"""Accounts that are deleted after a week, unless their person changes their mind."""

import asyncio
from datetime import datetime, timedelta
from typing import Any

import asyncpg
import pytest
from sqlalchemy import select, update

from api import ids
from domain.households.models import HouseholdMember
from domain.identity.deletion import GRACE
from domain.identity.models import User
from integrations.world import World
from runtime import clock
from tests.api.books import open_account
from tests.api.client import Client, Person
from tests.api.identity.mailbox import mails_to
from tests.api.identity.test_addresses import can_sign_in, forget_proof
from tests.cluster import DatabaseUrls
from workers.eraser import erase_due

REQUEST = """
mutation ($email: String!) { requestAccountDeletion(input: {email: $email}) { dueAt userErrors { code path } } }
"""
CANCEL = "mutation ($email: String!) { cancelAccountDeletion(input: {email: $email}) { userErrors { code path } } }"
DUE = "{ viewer { accountDeletionDueAt } }"


async def due_of(person: Person) -> Any:
    return (await person.data(DUE))["viewer"]["accountDeletionDueAt"]


async def let_the_week_pass(world: World, person: Person) -> None:
    async with world.system.system_session() as session:
        due = User.email == person.email, User.deletion_due_at.is_not(None)
        past = clock.now() - timedelta(seconds=1)
        await session.execute(update(User).where(*due).values(deletion_due_at=past))


async def test_an_account_is_erased_after_a_week(
    person: Person, nobody: Client, world: World, database_urls: DatabaseUrls
) -> None:
    await open_account(person)
    before = clock.now()

    payload = await person.change(REQUEST, email=person.email.upper())
    kept = await erase_due(database_urls.owner)
    await let_the_week_pass(world, person)
    erased = await erase_due(database_urls.owner)

    assert (
        GRACE - timedelta(minutes=1) < datetime.fromisoformat(payload["dueAt"]) - before < GRACE + timedelta(minutes=1)
    )
    assert kept == []
    assert len(erased) == 1
    assert not await can_sign_in(nobody, person.email, person.password)
    assert await erase_due(database_urls.owner) == []


async def test_until_then_all_goes_on_and_it_can_be_taken_back(
    person: Person, nobody: Client, world: World, database_urls: DatabaseUrls
) -> None:
    await person.change(REQUEST, email=person.email)
    due = await due_of(person)
    assert await can_sign_in(nobody, person.email, person.password)

    await person.change(CANCEL, email=person.email)
    await let_the_week_pass(world, person)

    assert due is not None
    assert await due_of(person) is None
    assert await erase_due(database_urls.owner) == []
    assert "Coffer: somebody asked to delete the account" in dict(await mails_to(world, person.email))


async def test_asking_twice_puts_nothing_off(person: Person) -> None:
    first = await person.change(REQUEST, email=person.email)

    assert await person.change(REQUEST, email=person.email) == first


async def test_it_needs_fresh_proof(person: Person, world: World) -> None:
    await forget_proof(world, person)

    assert await person.refused(REQUEST, email=person.email) == [("PROOF_NEEDED", ["input"])]

    assert await due_of(person) is None


@pytest.mark.parametrize("document", [REQUEST, CANCEL])
async def test_it_needs_the_persons_own_address(person: Person, stranger: Person, document: str) -> None:
    assert await person.refused(document, email=stranger.email) == [("INVALID", ["input", "email"])]

    assert await due_of(person) is None
    assert await due_of(stranger) is None


async def test_a_household_is_not_left_without_an_owner(person: Person, stranger: Person, world: World) -> None:
    async with world.system.system_session() as session:
        ids = {
            user.email: user.id
            for user in await session.scalars(select(User).where(User.email.in_([person.email, stranger.email])))
        }
        home = await session.scalar(
            select(HouseholdMember.household_id).where(HouseholdMember.user_id == ids[person.email])
        )
        member = {"user_id": ids[stranger.email], "role": "MEMBER", "joined_at": clock.now()}
        session.add(HouseholdMember(household_id=home, **member))

    assert await person.refused(REQUEST, email=person.email) == [("CONFLICT", ["input"])]
    assert await due_of(person) is None

    # Who is no owner may go.
    await stranger.change(REQUEST, email=stranger.email)


async def test_who_takes_it_back_while_others_are_erased_stays(
    person: Person, stranger: Person, world: World, database_urls: DatabaseUrls
) -> None:
    for one in (person, stranger):
        await one.change(REQUEST, email=one.email)
        await let_the_week_pass(world, one)

    # The eraser has looked who is due, and waits for the first of them.
    async with world.system.system_session() as session:
        await session.execute(select(User.id).where(User.email == person.email).with_for_update())
        erasing = asyncio.create_task(erase_due(database_urls.owner))
        await until_somebody_waits(database_urls.owner)
        await stranger.change(CANCEL, email=stranger.email)
    erased = await erasing

    assert erased == [ids.decode_as("usr", person.user_id)]
    assert await due_of(stranger) is None
    assert (await stranger.data("{ viewer { user { email } } }"))["viewer"]["user"]["email"] == stranger.email


async def until_somebody_waits(url: str) -> None:
    """For a lock, in this database and role: what others do is not shown."""
    looking = await asyncpg.connect(url)
    waiting = "select count(*) from pg_stat_activity where wait_event_type = 'Lock' and datname = current_database()"
    try:
        async with asyncio.timeout(30):
            while not await looking.fetchval(waiting):  # noqa: ASYNC110 (nobody tells us: PostgreSQL is asked)
                await asyncio.sleep(0.01)
    finally:
        await looking.close()
