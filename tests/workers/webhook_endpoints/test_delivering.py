"""What happens in a household is told to its endpoints: signed, in order, once it is acknowledged no more."""

import asyncio
from collections.abc import Awaitable, Callable
from dataclasses import replace

import asyncpg
import pytest

from api import ids
from domain.webhook_endpoints.delivering import deliver
from domain.webhook_endpoints.messenger import Answer, Message
from domain.webhook_endpoints.turns import MOST_OF_ONE, claim_endpoint
from integrations.world import World
from tests.api import books
from tests.api.client import Person
from tests.workers.webhook_endpoints.documents import (
    DELETE,
    REPLAY,
    delivering,
    endpoint_at,
    endpoints,
    log_of,
    sequence,
    take_turn,
)
from tests.workers.webhook_endpoints.receiver import Receiver

DUE = "update webhook_deliveries set next_attempt_at = now() where status = 'PENDING'"


async def test_a_change_is_told_as_standard_webhooks_has_it(world: World, person: Person, receiver: Receiver) -> None:
    endpoint, secret = await endpoint_at(person, receiver.url)
    before = await sequence(person)
    account = await books.open_account(person)

    assert await take_turn(world, endpoint)

    (received,) = receiver.received
    assert received.path == "/hooks?from=coffer"
    assert received.headers["content-type"] == "application/json"
    message = received.verified(secret)
    (opened,) = message["data"].pop("changes")
    assert message == {
        "type": "changes",
        "timestamp": message["timestamp"],
        "data": {
            "endpointId": endpoint,
            "householdId": person.household_id,
            "after": before,
            "position": await sequence(person),
        },
    }
    assert {name: opened[name] for name in ("event", "type", "kind", "ids", "position")} == {
        "event": "AccountOpened",
        "type": "Account",
        "kind": "CREATED",
        "ids": [account],
        "position": message["data"]["position"],
    }


async def test_neither_money_nor_words_are_told(world: World, person: Person, receiver: Receiver) -> None:
    endpoint, _ = await endpoint_at(person, receiver.url)
    account = await books.open_account(person, name="Secret savings")

    await books.book(person, account, "-77.13", "Corner shop")
    await take_turn(world, endpoint)

    (received,) = receiver.received
    assert "TransactionsAdded" in received.events
    assert all(word not in received.body for word in (b"77.13", b"Corner", b"Secret"))


async def test_values_are_told_where_the_person_allowed_it(world: World, person: Person, receiver: Receiver) -> None:
    endpoint, _ = await endpoint_at(person, receiver.url, includeValues=True)
    account = await books.open_account(person)
    booked = await books.book(person, account, "-77.10")

    await take_turn(world, endpoint)

    (received,) = receiver.received
    assert received.message["data"]["values"] == {
        account: {"name": "Cash", "type": "CASH", "balance": {"amount": "-77.10", "currency": "USD"}},
        booked: {
            "accountId": account,
            "date": "2026-03-10",
            "amount": {"amount": "-77.10", "currency": "USD"},
            "description": "Corner shop",
            "status": "POSTED",
        },
    }


async def test_only_the_types_that_were_asked_for_are_told(world: World, person: Person, receiver: Receiver) -> None:
    endpoint, _ = await endpoint_at(person, receiver.url, types=["Transaction"])
    account = await books.open_account(person)
    await take_turn(world, endpoint)
    await books.book(person, account, "-1.00")

    await take_turn(world, endpoint)

    assert [received.events for received in receiver.received] == [["TransactionsAdded"]]


async def test_what_was_told_is_not_told_again(world: World, person: Person, receiver: Receiver) -> None:
    endpoint, _ = await endpoint_at(person, receiver.url)
    await books.open_account(person)
    await take_turn(world, endpoint)

    await take_turn(world, endpoint)

    assert len(receiver.received) == 1
    (told,) = await endpoints(person)
    assert told["position"] == await sequence(person)


async def test_many_lines_are_told_in_messages_of_fifty(world: World, person: Person, receiver: Receiver) -> None:
    endpoint, _ = await endpoint_at(person, receiver.url, types=["Account"])
    opened = [await books.open_account(person, name=f"Account {number}") for number in range(60)]

    await take_turn(world, endpoint)

    told = [[id for change in one.message["data"]["changes"] for id in change["ids"]] for one in receiver.received]
    assert [len(each) for each in told] == [50, 10]
    assert [id for each in told for id in each] == opened


async def test_what_follows_waits_until_the_one_before_is_acknowledged(
    world: World, person: Person, receiver: Receiver, owner: asyncpg.Connection
) -> None:
    endpoint, secret = await endpoint_at(person, receiver.url)
    receiver.answer(500, body="broken", times=2)
    first = await books.open_account(person, name="First")
    await take_turn(world, endpoint)
    second = await books.open_account(person, name="Second")

    await take_turn(world, endpoint)  # not due yet
    for _ in range(3):
        await owner.execute(DUE)
        await take_turn(world, endpoint)

    changed = [one.verified(secret)["data"]["changes"] for one in receiver.received]
    assert [[id for change in each for id in change["ids"]] for each in changed] == [
        [first],
        [first],
        [first],
        [second],
    ]
    a, b, c, d = receiver.received
    assert a.id == b.id == c.id != d.id
    assert a.body == b.body == c.body


async def test_a_failure_stands_in_the_log(world: World, person: Person, receiver: Receiver) -> None:
    endpoint, _ = await endpoint_at(person, receiver.url)
    before = await sequence(person)
    receiver.answer(503, "Retry-After: 60", body="down\x00 for Bearer abcdefghijkl")
    await books.open_account(person)

    await take_turn(world, endpoint)

    (failed,) = await log_of(person)
    assert failed.pop("durationMs") >= 0
    assert failed.pop("nextAttemptAt") is not None
    assert failed == {
        "id": receiver.received[0].id,
        "kind": "CHANGES",
        "status": "PENDING",
        "after": before,
        "position": await sequence(person),
        "attempts": 1,
        "responseStatus": 503,
        "responseText": "down  for Bearer …",
        "problem": "The receiver answered 503.",
    }


async def test_a_success_stands_in_the_log(world: World, person: Person, receiver: Receiver) -> None:
    endpoint, _ = await endpoint_at(person, receiver.url)
    receiver.answer(500)
    receiver.answer(200, body="thank you")
    await books.open_account(person)
    await take_turn(world, endpoint)

    async with asyncio.timeout(10):
        await world.system.system_rows(DUE)
        await take_turn(world, endpoint)

    (done,) = await log_of(person)
    assert (done["status"], done["attempts"], done["responseStatus"]) == ("DELIVERED", 2, 200)
    assert (done["nextAttemptAt"], done["responseText"], done["problem"]) == (None, None, None)


async def test_a_redirect_is_not_followed(world: World, person: Person, receiver: Receiver) -> None:
    endpoint, _ = await endpoint_at(person, receiver.url)
    receiver.answer(307, f"Location: {receiver.url}")
    await books.open_account(person)

    await take_turn(world, endpoint)

    assert len(receiver.received) == 1
    (failed,) = await log_of(person)
    assert failed["problem"] == "The receiver answered 307, a redirect, which is not followed."


class Dying:
    """Sends, and does not live to see the answer."""

    def __init__(self, world: World) -> None:
        self._world = world

    async def send(self, message: Message) -> Answer:
        await self._world.messenger.send(message)
        raise ConnectionAbortedError


async def test_a_worker_that_dies_before_the_answer_sends_the_same_message_again(
    world: World, person: Person, receiver: Receiver
) -> None:
    endpoint, _ = await endpoint_at(person, receiver.url)
    await books.open_account(person)
    with pytest.raises(ConnectionAbortedError):
        await deliver(replace(delivering(world), messenger=Dying(world)), ids.decode_as("whe", endpoint))

    await take_turn(world, endpoint)

    first, second = receiver.received
    assert (first.id, first.body) == (second.id, second.body)
    (done,) = await log_of(person)
    assert (done["status"], done["attempts"]) == ("DELIVERED", 2)


async def test_a_killed_worker_keeps_an_endpoint_for_seconds_only(
    world: World, person: Person, receiver: Receiver, owner: asyncpg.Connection
) -> None:
    endpoint, _ = await endpoint_at(person, receiver.url)
    await books.open_account(person)
    endpoint_id = ids.decode_as("whe", endpoint)
    assert await claim_endpoint(world.system, endpoint_id) is not None

    assert await take_turn(world, endpoint) is False
    await owner.execute("update webhook_endpoints set leased_until = now() where id = $1", endpoint_id)
    assert await take_turn(world, endpoint) is True

    assert len(receiver.received) == 1


async def test_workers_at_once_send_each_message_once(world: World, person: Person, receiver: Receiver) -> None:
    endpoint, _ = await endpoint_at(person, receiver.url)
    for number in range(3):
        await books.open_account(person, name=f"Account {number}")

    await asyncio.gather(*[take_turn(world, endpoint) for _ in range(5)])

    assert len(receiver.received) == 1


async def test_somebody_elses_endpoint_is_told_nothing(
    world: World, person: Person, stranger: Person, receiver: Receiver
) -> None:
    endpoint, _ = await endpoint_at(stranger, receiver.url)
    await books.open_account(person)

    await take_turn(world, endpoint)

    assert receiver.received == []


async def test_one_person_s_receivers_leave_room_for_others(
    world: World, person: Person, stranger: Person, receiver: Receiver
) -> None:
    mine = [(await endpoint_at(person, receiver.url))[0] for _ in range(MOST_OF_ONE + 1)]
    theirs, _ = await endpoint_at(stranger, receiver.url)

    claimed = [await claim_endpoint(world.system, ids.decode_as("whe", endpoint)) for endpoint in [*mine, theirs]]

    assert [one is not None for one in claimed] == [*[True] * MOST_OF_ONE, False, True]


class Interrupted:
    """Something happens while a message is on its way."""

    def __init__(self, world: World, meanwhile: Callable[[], Awaitable[object]]) -> None:
        self._world = world
        self._meanwhile = meanwhile

    async def send(self, message: Message) -> Answer:
        answer = await self._world.messenger.send(message)
        await self._meanwhile()
        return answer


async def test_what_is_sent_back_meanwhile_is_not_moved_on_by_an_answer(
    world: World, person: Person, receiver: Receiver
) -> None:
    endpoint, _ = await endpoint_at(person, receiver.url)
    before = await sequence(person)
    account = await books.open_account(person)
    times = iter(range(1))

    async def send_back() -> None:
        if next(times, None) is not None:
            await person.change(REPLAY, id=endpoint, after=before)

    await deliver(replace(delivering(world), messenger=Interrupted(world, send_back)), ids.decode_as("whe", endpoint))

    assert [one.message["data"]["changes"][0]["ids"] for one in receiver.received] == [[account], [account]]
    assert [one["status"] for one in await log_of(person)] == ["DELIVERED", "WITHDRAWN"]


async def test_an_endpoint_that_is_deleted_meanwhile_is_gone(world: World, person: Person, receiver: Receiver) -> None:
    endpoint, _ = await endpoint_at(person, receiver.url)
    await books.open_account(person)

    async def delete() -> None:
        await person.change(DELETE, id=endpoint)

    await deliver(replace(delivering(world), messenger=Interrupted(world, delete)), ids.decode_as("whe", endpoint))

    assert await endpoints(person) == []


async def test_a_secret_that_cannot_be_read_is_said(
    world: World, person: Person, receiver: Receiver, owner: asyncpg.Connection
) -> None:
    endpoint, _ = await endpoint_at(person, receiver.url)
    endpoint_id = ids.decode_as("whe", endpoint)
    await owner.execute("update webhook_secrets set key_id = 'lost' where endpoint_id = $1", endpoint_id)
    await books.open_account(person)

    await take_turn(world, endpoint)

    assert receiver.received == []
    (failed,) = await log_of(person)
    assert failed["problem"] == "Coffer cannot read this endpoint's secret any more: rotate it."
