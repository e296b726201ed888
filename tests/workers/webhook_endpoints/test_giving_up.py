"""Receivers that do not answer, want nothing more, or ask for time; what was given up can be sent again."""

from datetime import UTC, datetime, timedelta
from typing import Any

import asyncpg
import pytest

from api import ids
from integrations.world import World
from tests.api import books
from tests.api.client import Person
from tests.workers.webhook_endpoints.documents import (
    REPLAY,
    UPDATE,
    endpoint_at,
    endpoints,
    log_of,
    sequence,
    take_turn,
)
from tests.workers.webhook_endpoints.receiver import Receiver

OVERDUE = """
update webhook_deliveries set next_attempt_at = now(), created_at = now() - interval '73 hours'
where status = 'PENDING'
"""
EVENTS = "{ viewer { securityEvents { nodes { kind detail } } } }"


async def fail_for_days(world: World, endpoint: str, receiver: Receiver, owner: asyncpg.Connection) -> None:
    """The next message is tried, fails, is tried for the last time and given up."""
    receiver.answer(500, times=2)
    await take_turn(world, endpoint)
    await owner.execute(OVERDUE)
    await take_turn(world, endpoint)


async def test_after_three_days_it_is_given_up_and_the_next_one_goes_on(
    world: World, person: Person, receiver: Receiver, owner: asyncpg.Connection
) -> None:
    endpoint, _ = await endpoint_at(person, receiver.url)
    await books.open_account(person)
    receiver.answer(500, times=2)
    await take_turn(world, endpoint)
    second = await books.open_account(person)

    await owner.execute(OVERDUE)
    await take_turn(world, endpoint)

    assert receiver.received[-1].message["data"]["changes"][0]["ids"] == [second]
    assert [(one["status"], one["nextAttemptAt"]) for one in await log_of(person)] == [
        ("DELIVERED", None),
        ("DEAD", None),
    ]
    assert [one["isEnabled"] for one in await endpoints(person)] == [True]


async def test_a_dead_letter_is_sent_again_from_its_position(
    world: World, person: Person, receiver: Receiver, owner: asyncpg.Connection
) -> None:
    endpoint, _ = await endpoint_at(person, receiver.url)
    first = await books.open_account(person)
    await fail_for_days(world, endpoint, receiver, owner)
    (dead,) = await log_of(person)

    await person.change(REPLAY, id=endpoint, after=dead["after"])
    await take_turn(world, endpoint)

    again = receiver.received[-1]
    assert again.message["data"]["changes"][0]["ids"] == [first]
    assert again.id != dead["id"]


async def test_three_dead_letters_in_a_row_disable_and_the_person_is_told(
    world: World, person: Person, receiver: Receiver, owner: asyncpg.Connection
) -> None:
    endpoint, _ = await endpoint_at(person, receiver.url)
    for _ in range(3):
        await books.open_account(person)
        await fail_for_days(world, endpoint, receiver, owner)
    await books.open_account(person)

    await take_turn(world, endpoint)

    assert len(receiver.received) == 6
    (disabled,) = await endpoints(person)
    assert (disabled["isEnabled"], disabled["problem"]) == (
        False,
        "3 deliveries in a row were tried for 3 days each without success.",
    )
    events = (await person.data(EVENTS))["viewer"]["securityEvents"]["nodes"]
    assert {"kind": "WEBHOOK_DISABLED", "detail": "127.0.0.1"} in events
    subjects = await owner.fetch(
        "select subject from outgoing_mails where recipient = $1 order by created_at", person.email
    )
    assert [row["subject"] for row in subjects] == [
        "Coffer: a webhook endpoint was made or moved",
        "Coffer: a webhook endpoint was disabled",
    ]


async def test_a_success_between_dead_letters_counts_anew(
    world: World, person: Person, receiver: Receiver, owner: asyncpg.Connection
) -> None:
    endpoint, _ = await endpoint_at(person, receiver.url)
    for fails in (True, True, False, True):
        await books.open_account(person)
        if fails:
            await fail_for_days(world, endpoint, receiver, owner)
        else:
            await take_turn(world, endpoint)

    assert [one["isEnabled"] for one in await endpoints(person)] == [True]


async def test_a_receiver_that_is_gone_is_asked_nothing_more_and_nothing_is_lost(
    world: World, person: Person, receiver: Receiver
) -> None:
    endpoint, _ = await endpoint_at(person, receiver.url)
    receiver.answer(410)
    account = await books.open_account(person)
    await take_turn(world, endpoint)
    await take_turn(world, endpoint)
    assert len(receiver.received) == 1
    assert [one["problem"] for one in await endpoints(person)] == ["The receiver answered 410: it wants nothing more."]

    await person.change(UPDATE, input={"endpointId": endpoint, "isEnabled": True})
    await take_turn(world, endpoint)

    assert [change["ids"] for change in receiver.received[1].message["data"]["changes"]] == [[account]]


async def next_wait(world: World, person: Person, receiver: Receiver, *headers: str) -> timedelta:
    endpoint, _ = await endpoint_at(person, receiver.url)
    receiver.answer(429, *headers)
    await books.open_account(person)
    await take_turn(world, endpoint)
    (waiting,) = await log_of(person)
    return datetime.fromisoformat(waiting["nextAttemptAt"]) - datetime.now(UTC)


async def test_a_receiver_may_ask_for_time(world: World, person: Person, receiver: Receiver) -> None:
    wait = await next_wait(world, person, receiver, "Retry-After: 3600")

    assert timedelta(minutes=59) < wait <= timedelta(minutes=60)


async def test_a_receiver_is_not_given_more_than_six_hours(world: World, person: Person, receiver: Receiver) -> None:
    wait = await next_wait(world, person, receiver, "Retry-After: 99999999999")

    assert timedelta(hours=5, minutes=59) < wait <= timedelta(hours=6)


@pytest.mark.parametrize("header", ["Retry-After: soon", "Retry-After: -5", "X-Nothing: 1"])
async def test_what_is_no_time_is_not_waited_for(world: World, person: Person, receiver: Receiver, header: str) -> None:
    assert await next_wait(world, person, receiver, header) <= timedelta(seconds=6)


@pytest.mark.parametrize(
    "answer",
    [b"", b"not HTTP at all\r\n\r\n", b"HTTP/1.1 200", b"HTTP/1.1 abc Word\r\n\r\n", b"\0" * 100],
    ids=["nothing", "words", "cut off", "no status", "zeros"],
)
async def test_what_is_no_answer_is_a_failure(world: World, person: Person, receiver: Receiver, answer: bytes) -> None:
    endpoint, _ = await endpoint_at(person, receiver.url)
    receiver.answers.append(answer)
    await books.open_account(person)

    await take_turn(world, endpoint)

    (failed,) = await log_of(person)
    assert (failed["status"], failed["responseStatus"], failed["problem"]) == (
        "PENDING",
        None,
        "The answer was not HTTP.",
    )


async def test_a_position_that_was_not_reached_is_skipped_to(
    world: World, person: Person, receiver: Receiver, owner: asyncpg.Connection
) -> None:
    endpoint, _ = await endpoint_at(person, receiver.url)
    receiver.answer(500)
    await books.open_account(person)
    await take_turn(world, endpoint)

    changed: dict[str, Any] = await person.change(REPLAY, id=endpoint, after=await sequence(person))
    await take_turn(world, endpoint)

    assert changed["webhookEndpoint"]["position"] == await sequence(person)
    assert len(receiver.received) == 1
    assert [one["status"] for one in await log_of(person)] == ["WITHDRAWN"]


async def test_old_lines_are_not_replayed_beyond_ten_thousand(
    world: World, person: Person, receiver: Receiver, owner: asyncpg.Connection
) -> None:
    endpoint, _ = await endpoint_at(person, receiver.url)
    before = await sequence(person)
    household_id = ids.decode_as("hsh", person.household_id)
    await owner.execute("update streams set head_seq = head_seq + 10001 where stream_id = $1", household_id)

    refused = await person.refused(REPLAY, id=endpoint, after=before)

    assert refused == [("INVALID", ["input", "after"])]
    (unchanged,) = await endpoints(person)
    assert unchanged["position"] == before
