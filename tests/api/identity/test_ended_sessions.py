"""A session that is over makes nothing that outlives it, in a process that has not heard of its end either."""

import asyncio
from collections.abc import AsyncIterator
from dataclasses import replace
from typing import Any

import pytest

from api import ids
from api.app import open_app
from domain.identity.locking import lock_admitted
from domain.identity.sessions import open_session
from integrations.world import World
from runtime import clock
from runtime.settings import Settings
from runtime.unit import Unit, in_unit
from runtime.viewer import OWNER, Viewer
from tests.api.apps.tokens import CREATE as CREATE_TOKEN
from tests.api.apps.tokens import token_input
from tests.api.client import Client, Person, http_client
from tests.api.factors.authenticator import Browser
from tests.api.factors.documents import ENROL, RENEW, switch_on
from tests.api.factors.passkeys import REGISTER, options_for
from tests.api.identity.mailbox import mails_to, token_to
from tests.api.identity.test_addresses import ASK_RESET, CHANGE_EMAIL, CHANGE_PASSWORD, NEW, PASSWORD, RESET, VERIFY
from tests.api.identity.test_deletion import until_somebody_waits
from tests.api.identity.test_own_sessions import END_OTHERS
from tests.api.identity.test_sessions import SIGN_IN
from tests.boundless import UNHURRIED
from tests.cluster import DatabaseUrls

CREATE_HOUSEHOLD = """
mutation { createHousehold(input: {name: "Second"}) { household { id } userErrors { code path } } }
"""
SWITCH = """
mutation ($id: ID!) { switchHousehold(input: {householdId: $id}) { session { accessToken } userErrors { code path } } }
"""
FACTORS = "select id from factors where user_id = $1 and kind = 'PASSKEY'"
OPEN = "select id from sessions where user_id = $1 and ended_at is null"
OVER = [("NOT_ALLOWED", ["input"])]


@pytest.fixture
async def late(settings: Settings, person: Person, monkeypatch: pytest.MonkeyPatch) -> AsyncIterator[Person]:
    """The person at another process, which has asked about their session just now, and asks no more in this test."""
    monkeypatch.setattr("api.sessions.REMEMBERED_SECONDS", 600.0)
    monkeypatch.setattr("api.sessions.ROUND_SECONDS", 600.0)
    async with open_app(settings, UNHURRIED) as app, http_client(app) as http:
        late = replace(person, http=http)
        await late.data("{ viewer { household { id } } }")
        yield late


async def reset(world: World, nobody: Client, person: Person) -> None:
    await nobody.data(ASK_RESET, email=person.email)
    token = await token_to(world, person.email, PASSWORD)
    assert (await nobody.data(RESET, token=token, password=NEW))["resetPassword"]["userErrors"] == []


async def rows(world: World, statement: str, person: Person) -> int:
    return len(await world.system.system_rows(statement, ids.decode_as("usr", person.user_id)))


async def test_no_session_of_another_household(person: Person, late: Person, nobody: Client, world: World) -> None:
    other = (await person.change(CREATE_HOUSEHOLD))["household"]["id"]
    await reset(world, nobody, person)

    assert await late.refused(SWITCH, id=other) == OVER

    assert await rows(world, OPEN, person) == 0


@pytest.mark.parametrize(
    ("document", "given"),
    [
        (CREATE_TOKEN, {"input": token_input("accounts:read")}),
        (CHANGE_PASSWORD, {"password": "yet another password"}),
        (CHANGE_EMAIL, {"email": "late.thief@example.com"}),
        (ENROL, {"input": {}}),
        (END_OTHERS, {}),
    ],
    ids=["token", "password", "address", "authenticator", "other sessions"],
)
async def test_nothing_that_takes_proof(
    person: Person, late: Person, nobody: Client, world: World, document: str, given: dict[str, Any]
) -> None:
    await reset(world, nobody, person)
    kept = (await nobody.data(SIGN_IN, email=person.email, password=NEW))["signIn"]["session"]

    assert await late.refused(document, **given) == OVER

    assert await rows(world, OPEN, person) == 1
    assert await mails_to(world, "late.thief@example.com") == []
    assert "errors" not in await Client(person.http, kept["accessToken"]).send("{ viewer { household { id } } }")
    again = (await nobody.data(SIGN_IN, email=person.email, password=NEW))["signIn"]
    assert (again["session"] is not None, again["userErrors"]) == (True, [])


async def test_no_passkey(person: Person, late: Person, nobody: Client, world: World) -> None:
    options = await options_for(late, "REGISTER")
    _, credential = Browser().create(options)
    await reset(world, nobody, person)

    assert await late.refused(REGISTER, input={"credential": credential, "name": "Theirs"}) == OVER

    assert await rows(world, FACTORS, person) == 0


async def test_no_backup_codes(person: Person, late: Person, nobody: Client) -> None:
    await switch_on(person)
    factors = (await person.data("{ viewer { secondFactors { id kind } } }"))["viewer"]["secondFactors"]
    (codes,) = [one["id"] for one in factors if one["kind"] == "BACKUP_CODES"]
    other = replace(person, access_token=await _another_session(person))
    await other.change(END_OTHERS)

    assert await late.refused(RENEW, input={"factorId": codes}) == OVER


async def _another_session(person: Person) -> str:
    other = (await person.change(CREATE_HOUSEHOLD))["household"]["id"]
    token: str = (await person.change(SWITCH, id=other))["session"]["accessToken"]
    return token


async def test_no_change_of_address_that_was_asked_for_before(person: Person, nobody: Client, world: World) -> None:
    new = f"new.{person.email}"
    await nobody.data(ASK_RESET, email=person.email)
    token = await token_to(world, person.email, PASSWORD)
    await person.change(CHANGE_EMAIL, email=new)

    await nobody.data(RESET, token=token, password=NEW)

    assert await mails_to(world, new) == []


async def test_no_change_of_address_that_was_mailed_before(person: Person, nobody: Client, world: World) -> None:
    new = f"new.{person.email}"
    other = replace(person, access_token=await _another_session(person))
    await person.change(CHANGE_EMAIL, email=new)
    token = await token_to(world, new, "sign in with this")
    await other.change(END_OTHERS)

    payload = (await nobody.data(VERIFY, token=token))["verifyEmail"]

    assert payload["userErrors"] == [{"code": "INVALID", "path": ["input", "token"]}]
    assert (await other.data("{ viewer { user { email } } }"))["viewer"]["user"]["email"] == person.email


async def test_no_session_for_a_password_that_was_reset_while_it_was_looked_at(
    person: Person, nobody: Client, world: World, monkeypatch: pytest.MonkeyPatch
) -> None:
    verify = world.passwords.verify

    async def slow(stored: str | None, password: str) -> bool:
        is_right = await verify(stored, password)
        await reset(world, nobody, person)
        return is_right

    monkeypatch.setattr(world.passwords, "verify", slow)

    payload = (await nobody.data(SIGN_IN, email=person.email, password=person.password))["signIn"]

    assert (payload["session"], payload["userErrors"]) == (None, [{"code": "NOT_ALLOWED", "path": ["input"]}])
    assert await rows(world, OPEN, person) == 0


async def test_none_of_many_that_are_made_meanwhile(person: Person, late: Person, nobody: Client, world: World) -> None:
    other = (await person.change(CREATE_HOUSEHOLD))["household"]["id"]

    await asyncio.gather(reset(world, nobody, person), *(late.send(SWITCH, id=other) for _ in range(20)))

    assert await rows(world, OPEN, person) == 0


async def test_a_reset_waits_for_who_makes_a_session_and_ends_that(
    person: Person, nobody: Client, world: World, database_urls: DatabaseUrls
) -> None:
    await nobody.data(ASK_RESET, email=person.email)
    token = await token_to(world, person.email, PASSWORD)
    user_id, household_id = (ids.decode(id)[1] for id in (person.user_id, person.household_id))
    viewer = Viewer(user_id, household_id, OWNER)

    async def work(unit: Unit) -> asyncio.Task[dict[str, Any]]:
        await lock_admitted(unit.session, user_id, clock.now(), "input")
        await open_session(unit, days=1)
        await unit.session.flush()
        resetting = asyncio.create_task(nobody.data(RESET, token=token, password=NEW))
        await until_somebody_waits(database_urls.system)
        return resetting

    payload = (await (await in_unit(world.database, viewer, work)))["resetPassword"]

    assert payload["userErrors"] == []
    assert await rows(world, OPEN, person) == 0
