"""Registering, signing in, renewing and ending sessions."""

import asyncio
import time
from uuid import UUID

from api.sessions import REMEMBERED_SECONDS, LiveSessions
from domain.identity.live_sessions import live_sessions
from domain.identity.sessions import end_by_token
from integrations.world import World
from runtime import tokens
from tests.api.client import Client, Person

ME = """
{ viewer { user { id email displayName } household { id currency members { user { id } role } } households { id } } }
"""
SIGN_IN = """
mutation ($email: String!, $password: String!) {
  signIn(input: {email: $email, password: $password}) {
    session { accessToken } viewer { user { id } } userErrors { code path }
  }
}
"""
REFRESH = """
mutation ($token: String!) {
  refreshSession(input: {refreshToken: $token}) {
    session { accessToken refreshToken } viewer { user { id } } userErrors { code path }
  }
}
"""
SIGN_OUT = "mutation ($token: String!) { signOut(input: {refreshToken: $token}) { userErrors { code } } }"


async def test_nobody_sees_nothing(nobody: Client) -> None:
    assert await nobody.send(ME) == {"data": {"viewer": None}}


async def test_a_new_person_owns_a_household_alone(person: Person) -> None:
    viewer = (await person.data(ME))["viewer"]

    assert viewer == {
        "user": {"id": person.user_id, "email": person.email, "displayName": viewer["user"]["displayName"]},
        "household": {
            "id": person.household_id,
            "currency": "USD",
            "members": [{"user": {"id": person.user_id}, "role": "OWNER"}],
        },
        "households": [{"id": person.household_id}],
    }


async def test_the_case_of_an_address_does_not_matter(person: Person, nobody: Client) -> None:
    payload = (await nobody.data(SIGN_IN, email=person.email.upper(), password=person.password))["signIn"]

    assert payload["userErrors"] == []
    assert payload["viewer"] == {"user": {"id": person.user_id}}
    assert await Client(person.http, payload["session"]["accessToken"]).data("{ viewer { user { id } } }") == {
        "viewer": {"user": {"id": person.user_id}}
    }


async def test_a_wrong_password_and_an_unknown_address_get_the_same_answer(person: Person, nobody: Client) -> None:
    wrong = await nobody.send(SIGN_IN, email=person.email, password="not the password")
    unknown = await nobody.send(SIGN_IN, email="nobody@example.com", password="not the password")

    assert wrong == unknown
    assert wrong["data"]["signIn"]["userErrors"] == [{"code": "INVALID", "path": ["input"]}]


async def test_an_address_is_registered_once(person: Person, nobody: Client) -> None:
    again = await nobody.data(
        'mutation ($email: String!) { register(input: {email: $email, password: "long enough", displayName: "X"})'
        " { session { accessToken } viewer { user { id } } userErrors { code path } } }",
        email=f" {person.email.upper()} ",
    )

    assert again["register"] == {
        "session": None,
        "viewer": None,
        "userErrors": [{"code": "CONFLICT", "path": ["input", "email"]}],
    }


async def test_refreshing_gives_new_tokens(person: Person, nobody: Client) -> None:
    payload = (await nobody.data(REFRESH, token=person.refresh_token))["refreshSession"]

    assert payload["userErrors"] == []
    assert payload["viewer"] == {"user": {"id": person.user_id}}
    assert payload["session"]["refreshToken"] != person.refresh_token


async def test_signing_out_ends_the_access_token_too(person: Person, nobody: Client) -> None:
    assert (await nobody.data(SIGN_OUT, token=person.refresh_token))["signOut"] == {"userErrors": []}

    answer = await person.send(ME)

    assert [error["extensions"]["code"] for error in answer["errors"]] == ["UNAUTHENTICATED"]


async def test_a_bad_token_is_no_silent_stranger(nobody: Client) -> None:
    answer = await Client(nobody.http, "no.such.token").send(ME)

    assert "data" not in answer or answer["data"] is None
    assert [error["extensions"]["code"] for error in answer["errors"]] == ["UNAUTHENTICATED"]


async def test_a_token_that_was_never_given_ends_nothing(person: Person, nobody: Client) -> None:
    made_up = [person.refresh_token[5:], "cfr_", "cfr_.", "", "x" * 100_000, "cfr_é.", f"cfr_.{person.refresh_token}"]
    for token in made_up:
        payload = (await nobody.data(REFRESH, token=token))["refreshSession"]
        assert payload["userErrors"] == [{"code": "INVALID", "path": ["input", "refreshToken"]}]

    assert (await nobody.data(REFRESH, token=person.refresh_token))["refreshSession"]["userErrors"] == []


async def test_any_token_of_a_session_signs_it_out(person: Person, nobody: Client) -> None:
    await nobody.data(REFRESH, token=person.refresh_token)

    await nobody.data(SIGN_OUT, token=person.refresh_token)

    assert [error["extensions"]["code"] for error in (await person.send(ME))["errors"]] == ["UNAUTHENTICATED"]


async def test_other_sessions_of_the_person_go_on(person: Person, nobody: Client) -> None:
    other = (await nobody.data(SIGN_IN, email=person.email, password=person.password))["signIn"]["session"]

    await nobody.data(SIGN_OUT, token=person.refresh_token)

    assert "errors" not in await Client(person.http, other["accessToken"]).send(ME)


async def test_each_payload_shows_what_its_own_mutation_made(person: Person) -> None:
    changed = "{ user { displayName } userErrors { code } }"

    data = await person.data(
        f'mutation {{ one: updateProfile(input: {{displayName: "One"}}) {changed}'
        f' refused: updateProfile(input: {{displayName: " "}}) {changed}'
        f' two: updateProfile(input: {{displayName: "Two"}}) {changed} }}'
    )

    assert data == {
        "one": {"user": {"displayName": "One"}, "userErrors": []},
        "refused": {"user": None, "userErrors": [{"code": "INVALID"}]},
        "two": {"user": {"displayName": "Two"}, "userErrors": []},
    }


async def test_who_signs_somebody_in_stays_who_they_are(person: Person, stranger: Person) -> None:
    data = await person.data(
        "mutation ($email: String!, $password: String!) {"
        " signIn(input: {email: $email, password: $password}) { viewer { user { id } } userErrors { code } }"
        ' updateProfile(input: {displayName: "Me"}) { user { id } userErrors { code } } }',
        email=stranger.email,
        password=stranger.password,
    )

    assert data["signIn"] == {"viewer": {"user": {"id": stranger.user_id}}, "userErrors": []}
    assert data["updateProfile"] == {"user": {"id": person.user_id}, "userErrors": []}


async def test_an_ended_session_is_told_to_those_who_wait_for_its_end(
    person: Person, nobody: Client, world: World
) -> None:
    elsewhere = LiveSessions(world.system)  # another process
    viewer = await elsewhere.viewer(session_of(person, world))
    assert viewer is not None
    waiting = asyncio.create_task(elsewhere.ended(viewer))
    await asyncio.sleep(0)

    await nobody.data(SIGN_OUT, token=person.refresh_token)

    async with asyncio.timeout(5):
        await waiting
    await elsewhere.close()


def session_of(person: Person, world: World) -> UUID:
    assert person.access_token is not None
    return tokens.verify(world.keys, person.access_token)[0]


async def test_a_session_in_use_ends_at_once_where_it_is_signed_out(person: Person, nobody: Client) -> None:
    assert "errors" not in await person.send(ME)

    await nobody.data(SIGN_OUT, token=person.refresh_token)

    assert [error["extensions"]["code"] for error in (await person.send(ME))["errors"]] == ["UNAUTHENTICATED"]


async def test_a_session_in_use_ends_soon_when_another_process_ends_it(person: Person, world: World) -> None:
    assert "errors" not in await person.send(ME)

    await end_by_token(world.system, person.refresh_token)

    # In use all the time: no request may prolong what is remembered.
    async with asyncio.timeout(REMEMBERED_SECONDS + 2):
        while "errors" not in (answer := await person.send(ME)):  # noqa: ASYNC110 (nothing tells of it)
            await asyncio.sleep(0.05)
    assert [error["extensions"]["code"] for error in answer["errors"]] == ["UNAUTHENTICATED"]


async def test_a_live_session_stays_alive(person: Person, world: World) -> None:
    sessions, session_id = LiveSessions(world.system), session_of(person, world)
    asked = time.monotonic()

    while time.monotonic() - asked < 1.5 * REMEMBERED_SECONDS:
        assert await sessions.viewer(session_id)
        await asyncio.sleep(0.05)

    await sessions.close()


async def test_what_ends_here_while_it_is_asked_about_is_over(person: Person, world: World) -> None:
    sessions, session_id = LiveSessions(world.system), session_of(person, world)
    asking = asyncio.create_task(sessions.viewer(session_id))
    await asyncio.sleep(0)

    sessions.end(session_id)

    assert not await asking
    assert not await sessions.viewer(session_id)
    await sessions.close()


async def test_sessions_are_asked_about_together(person: Person, stranger: Person, world: World) -> None:
    live, over = session_of(person, world), session_of(stranger, world)
    await end_by_token(world.system, stranger.refresh_token)

    assert list(await live_sessions(world.system, [live, over, UUID(int=0)])) == [live]
