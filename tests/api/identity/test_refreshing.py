"""Refresh tokens rotate: a lost answer is made good, an old token ends the session."""

import asyncio
from datetime import timedelta
from typing import Any

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from sqlalchemy import select, update

from domain.identity.models import Session
from domain.identity.refreshing import forget_pairs
from integrations.world import World
from runtime import clock
from tests.api.client import Client, Person, register
from tests.api.identity.test_sessions import ME, REFRESH, session_of

REFUSED = [{"code": "INVALID", "path": ["input", "refreshToken"]}]
EVENTS = "{ viewer { securityEvents { nodes { kind } } } }"
SIGN_IN = """
mutation ($email: String!, $password: String!) {
  signIn(input: {email: $email, password: $password}) { session { accessToken } }
}
"""


async def refresh(nobody: Client, token: str) -> dict[str, Any]:
    payload: dict[str, Any] = (await nobody.data(REFRESH, token=token))["refreshSession"]
    return payload


async def let_pass(world: World, person: Person) -> None:
    """The ten seconds in which a pair may be asked for again."""
    async with world.system.system_session() as session:
        passed = clock.now() - timedelta(seconds=1)
        which = Session.id == session_of(person, world)
        await session.execute(update(Session).where(which).values(pair_until=passed))


async def session_row(world: World, person: Person) -> Session:
    async with world.system.system_session() as session:
        return (await session.scalars(select(Session).where(Session.id == session_of(person, world)))).one()


async def test_twenty_at_once_get_one_and_the_same_new_pair(person: Person, nobody: Client) -> None:
    payloads = await asyncio.gather(*[refresh(nobody, person.refresh_token) for _ in range(20)])

    assert [payload["userErrors"] for payload in payloads] == [[]] * 20
    pairs = {(one["session"]["accessToken"], one["session"]["refreshToken"]) for one in payloads}
    assert len(pairs) == 1
    ((_, newest),) = pairs
    assert (await refresh(nobody, newest))["userErrors"] == []


async def test_a_repeat_gets_the_same_pair(person: Person, nobody: Client) -> None:
    first = await refresh(nobody, person.refresh_token)

    assert await refresh(nobody, person.refresh_token) == first
    assert "errors" not in await Client(person.http, first["session"]["accessToken"]).send(ME)


async def test_the_pair_is_sealed_and_forgotten(person: Person, nobody: Client, world: World) -> None:
    renewed = (await refresh(nobody, person.refresh_token))["session"]
    kept = await session_row(world, person)
    await let_pass(world, person)

    await forget_pairs(world.system)

    assert kept.pair is not None
    assert renewed["refreshToken"].encode() not in kept.pair
    after = await session_row(world, person)
    assert (after.pair, after.pair_key_id, after.pair_until) == (None, None, None)


async def test_an_old_token_ends_the_session(person: Person, nobody: Client, world: World) -> None:
    renewed = (await refresh(nobody, person.refresh_token))["session"]
    await let_pass(world, person)

    replay = await refresh(nobody, person.refresh_token)

    assert (replay["session"], replay["userErrors"]) == (None, REFUSED)
    assert (await refresh(nobody, renewed["refreshToken"]))["userErrors"] == REFUSED
    assert [error["extensions"]["code"] for error in (await person.send(ME))["errors"]] == ["UNAUTHENTICATED"]


async def test_the_person_is_told_of_an_old_token(person: Person, nobody: Client, world: World) -> None:
    await refresh(nobody, person.refresh_token)
    await let_pass(world, person)
    await refresh(nobody, person.refresh_token)

    session = (await nobody.data(SIGN_IN, email=person.email, password=person.password))["signIn"]["session"]

    events = (await Client(person.http, session["accessToken"]).data(EVENTS))["viewer"]["securityEvents"]["nodes"]
    assert [event["kind"] for event in events] == ["SIGNED_IN", "REFRESH_TOKEN_REUSED", "SIGNED_IN"]


async def test_any_older_one_ends_it_however_soon(person: Person, nobody: Client) -> None:
    """Whoever stole one and renewed it twice must not outlive the person's own attempt."""
    newest = person.refresh_token
    for _ in range(2):
        newest = (await refresh(nobody, newest))["session"]["refreshToken"]

    replay = await refresh(nobody, person.refresh_token)

    assert replay["userErrors"] == REFUSED
    assert (await refresh(nobody, newest))["session"] is None


async def test_a_made_up_token_of_the_family_ends_it(person: Person, nobody: Client) -> None:
    family = person.refresh_token.partition(".")[0]

    assert (await refresh(nobody, f"{family}.{'x' * 43}"))["userErrors"] == REFUSED

    assert (await refresh(nobody, person.refresh_token))["userErrors"] == REFUSED


@pytest.mark.parametrize("kind", ["APP", "TOKEN"])
async def test_a_third_partys_token_is_none_of_a_person(
    person: Person, nobody: Client, world: World, kind: str
) -> None:
    async with world.system.system_session() as session:
        which = Session.id == session_of(person, world)
        await session.execute(update(Session).where(which).values(kind=kind, scopes=["accounts:read"]))

    assert (await refresh(nobody, person.refresh_token))["userErrors"] == REFUSED

    assert (await session_row(world, person)).ended_at is None


# What clients may do one after the other: show the newest token, the one before, an older one; wait.
STEPS = st.lists(st.sampled_from(["newest", "previous", "older", "wait"]), max_size=8)


@settings(max_examples=25, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(steps=STEPS)
async def test_whatever_comes_there_is_at_most_one_good_token(nobody: Client, world: World, steps: list[str]) -> None:
    """A model beside it: the tokens given so far, whether the last answer may be repeated, whether all is over."""
    person = await register(nobody.http)
    given, repeatable, over = [person.refresh_token], False, False
    for step in steps:
        if step == "wait":
            await let_pass(world, person)
            repeatable = False
            continue
        places = {"newest": -1, "previous": -2, "older": -3}
        if len(given) < -places[step]:
            continue
        session = (await refresh(nobody, given[places[step]]))["session"]
        if over or step == "older" or (step == "previous" and not repeatable):
            over = True
            assert session is None
        elif step == "previous":
            assert session["refreshToken"] == given[-1]
        else:
            assert session["refreshToken"] not in given
            given.append(session["refreshToken"])
            repeatable = True
    assert ((await session_row(world, person)).ended_at is not None) == over
