"""One's sessions, and what happened to one's account: listed, ended, told by mail."""

import asyncio
from datetime import timedelta
from typing import Any

import pytest
from sqlalchemy import select, update

from api.identity.security_types import SecurityEventKind as Shown
from api.sessions import LiveSessions
from domain.identity.models import Session
from domain.identity.security import SecurityEventKind
from integrations.world import World
from runtime import clock
from tests.api.client import Client, Person
from tests.api.identity.mailbox import mails_to
from tests.api.identity.test_sessions import ME, SIGN_IN, session_of

SESSIONS = "{ viewer { sessions { nodes { id device network isCurrent } } } }"
EVENTS = "{ viewer { securityEvents { nodes { kind network detail } } } }"
END = "mutation ($id: ID!) { endSession(input: {sessionId: $id}) { endedId userErrors { code path } } }"
END_OTHERS = "mutation { endOtherSessions(input: {}) { count userErrors { code path } } }"
FIREFOX = "Mozilla/5.0 (X11; Linux x86_64; rv:140.0) Gecko/20100101 Firefox/140.0"
HOME = "127.0.0.0/24"


async def sign_in(person: Person, agent: str) -> Client:
    """Somewhere else, by the same person."""
    answer = await person.http.post(
        "/graphql",
        json={"query": SIGN_IN, "variables": {"email": person.email, "password": person.password}},
        headers={"User-Agent": agent},
    )
    token: str = answer.json()["data"]["signIn"]["session"]["accessToken"]
    return Client(person.http, token)


async def sessions_of(client: Client) -> list[dict[str, Any]]:
    nodes: list[dict[str, Any]] = (await client.data(SESSIONS))["viewer"]["sessions"]["nodes"]
    return nodes


async def is_over(client: Client) -> bool:
    answer = await client.send(ME)
    return [error["extensions"]["code"] for error in answer.get("errors", [])] == ["UNAUTHENTICATED"]


async def test_sessions_are_told_by_device_and_network(person: Person) -> None:
    firefox = await sign_in(person, FIREFOX)

    newest, first = await sessions_of(firefox)

    assert (newest["device"], newest["network"], newest["isCurrent"]) == ("Firefox on Linux", HOME, True)
    assert (first["device"], first["network"], first["isCurrent"]) == ("Python", HOME, False)


async def test_nobody_sees_or_ends_anothers(person: Person, stranger: Person) -> None:
    ((own), (theirs)) = (await sessions_of(person), await sessions_of(stranger))
    assert [one["id"] for one in own] != [one["id"] for one in theirs]

    assert await stranger.refused(END, id=own[0]["id"]) == [("NOT_FOUND", ["input", "sessionId"])]

    found = await stranger.data("query ($id: ID!) { node(id: $id) { id } }", id=own[0]["id"])
    assert found == {"node": None}
    assert not await is_over(person)


@pytest.mark.parametrize("id", ["", "ses_", "usr_00000000000000000000000000", "ses_00000000000000000000000000", "x"])
async def test_what_is_no_session_is_not_there(person: Person, id: str) -> None:
    assert await person.refused(END, id=id) == [("NOT_FOUND", ["input", "sessionId"])]


async def test_one_session_is_ended(person: Person) -> None:
    other = await sign_in(person, FIREFOX)
    newest, _ = await sessions_of(person)

    await person.change(END, id=newest["id"])

    assert await is_over(other)
    assert not await is_over(person)
    assert [one["isCurrent"] for one in await sessions_of(person)] == [True]
    assert await person.refused(END, id=newest["id"]) == [("NOT_FOUND", ["input", "sessionId"])]


async def test_all_others_are_ended(person: Person) -> None:
    others = [await sign_in(person, FIREFOX) for _ in range(3)]

    payload = await person.change(END_OTHERS)

    assert payload["count"] == 3
    assert [await is_over(other) for other in others] == [True] * 3
    assert not await is_over(person)


async def test_third_parties_go_on_unless_they_are_meant(person: Person, world: World) -> None:
    other = await sign_in(person, FIREFOX)
    which = Session.id == session_of(Person(person.http, other.access_token), world)
    async with world.system.system_session() as session:
        await session.execute(update(Session).where(which).values(kind="TOKEN", scopes=["accounts:read"]))

    async def ended() -> bool:
        async with world.system.system_session() as session:
            return await session.scalar(select(Session.ended_at).where(which)) is not None

    await person.change(END_OTHERS)
    assert not await ended()
    await person.change(END_OTHERS.replace("{}", "{includingApps: true}"))
    assert await ended()


async def test_expired_ones_are_not_shown(person: Person, world: World) -> None:
    await sign_in(person, FIREFOX)
    async with world.system.system_session() as session:
        past = clock.now() - timedelta(seconds=1)
        await session.execute(update(Session).where(Session.label == "Firefox on Linux").values(expires_at=past))

    assert [one["device"] for one in await sessions_of(person)] == ["Python"]


async def test_a_new_device_is_told_by_mail_and_a_known_one_is_not(person: Person, world: World) -> None:
    await sign_in(person, FIREFOX)
    await sign_in(person, FIREFOX)

    subjects = [subject for subject, _ in await mails_to(world, person.email)]
    texts = [text for subject, text in await mails_to(world, person.email) if "device" in subject]

    assert subjects.count("Coffer: somebody signed in from a device that was not seen before") == 1
    assert "Firefox on Linux" in texts[0]
    assert HOME in texts[0]


async def test_events_are_read_newest_first_and_by_their_person_alone(person: Person, stranger: Person) -> None:
    await sign_in(person, FIREFOX)

    events = (await person.data(EVENTS))["viewer"]["securityEvents"]["nodes"]
    others = (await stranger.data(EVENTS))["viewer"]["securityEvents"]["nodes"]

    assert events == [
        {"kind": "NEW_DEVICE", "network": HOME, "detail": "Firefox on Linux"},
        {"kind": "SIGNED_IN", "network": HOME, "detail": "Python"},
    ]
    assert [event["kind"] for event in others] == ["SIGNED_IN"]


async def test_what_a_client_says_of_itself_goes_nowhere_as_it_is(person: Person) -> None:
    other = await sign_in(person, "<script>alert(1)</script>\x7f" + "x" * 5000)

    assert (await sessions_of(other))[0]["device"] == "Unknown device"


async def test_use_is_written_down_off_the_hot_path(person: Person, world: World) -> None:
    session_id = session_of(person, world)
    long_ago = clock.now() - timedelta(minutes=5)
    async with world.system.system_session() as session:
        values = {"used_at": long_ago, "created_at": long_ago, "refreshed_at": long_ago}
        await session.execute(update(Session).where(Session.id == session_id).values(**values))
    sessions = LiveSessions(world.system)

    async def used_at() -> Any:
        async with world.system.system_session() as session:
            return await session.scalar(select(Session.used_at).where(Session.id == session_id))

    async with asyncio.timeout(10):
        while await used_at() == long_ago:
            assert await sessions.viewer(session_id)
            await asyncio.sleep(0.1)
    first = await used_at()
    for _ in range(15):
        assert await sessions.viewer(session_id)
        await asyncio.sleep(0.1)
    await sessions.close()

    assert await used_at() == first


def test_every_event_can_be_shown() -> None:
    assert {kind.name for kind in Shown} == {kind.value for kind in SecurityEventKind}
