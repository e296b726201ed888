"""A test is sent once and soon, whatever else waits; and the whole way, from the commit to the receiver."""

import asyncio

from integrations.world import World
from runtime.jobs import queue_name
from runtime.tasks import end
from tests.api import books
from tests.api.client import Person
from tests.workers.webhook_endpoints.documents import TEST, UPDATE, endpoint_at, log_of, take_turn
from tests.workers.webhook_endpoints.receiver import Receiver
from workers.main import serve_queue
from workers.relay import run_relay


async def test_a_ping_is_sent(world: World, person: Person, receiver: Receiver) -> None:
    endpoint, secret = await endpoint_at(person, receiver.url)
    delivery = (await person.change(TEST, id=endpoint))["delivery"]
    assert delivery == {"id": delivery["id"], "kind": "PING", "status": "PENDING", "after": None, "position": None}

    await take_turn(world, endpoint)

    (received,) = receiver.received
    message = received.verified(secret)
    assert (received.id, message["type"]) == (delivery["id"], "ping")
    assert message["data"] == {"endpointId": endpoint, "householdId": person.household_id}
    assert [one["status"] for one in await log_of(person)] == ["DELIVERED"]


async def test_a_ping_waits_for_nothing(world: World, person: Person, receiver: Receiver) -> None:
    endpoint, _ = await endpoint_at(person, receiver.url)
    receiver.answer(500)
    await books.open_account(person)
    await take_turn(world, endpoint)

    await person.change(TEST, id=endpoint)
    await take_turn(world, endpoint)

    assert [one.message["type"] for one in receiver.received] == ["changes", "ping"]


async def test_a_ping_is_tried_once(world: World, person: Person, receiver: Receiver) -> None:
    endpoint, _ = await endpoint_at(person, receiver.url)
    receiver.answer(500)
    await person.change(TEST, id=endpoint)

    await take_turn(world, endpoint)
    await take_turn(world, endpoint)

    assert len(receiver.received) == 1
    (failed,) = await log_of(person)
    assert (failed["status"], failed["problem"]) == ("DEAD", "The receiver answered 500.")


async def test_one_test_at_a_time(person: Person, receiver: Receiver) -> None:
    endpoint, _ = await endpoint_at(person, receiver.url)
    await person.change(TEST, id=endpoint)

    assert await person.refused(TEST, id=endpoint) == [("TOO_MANY", ["input", "endpointId"])]
    assert len(await log_of(person)) == 1


async def test_a_disabled_endpoint_is_not_tested(person: Person, receiver: Receiver) -> None:
    endpoint, _ = await endpoint_at(person, receiver.url)
    await person.change(UPDATE, input={"endpointId": endpoint, "isEnabled": False})

    assert await person.refused(TEST, id=endpoint) == [("CONFLICT", ["input", "endpointId"])]
    assert await log_of(person) == []


async def test_the_relay_wakes_a_worker_that_tells_the_receiver(
    world: World, person: Person, receiver: Receiver
) -> None:
    await world.redis.delete(queue_name(world.settings.redis_prefix))
    _, secret = await endpoint_at(person, receiver.url, types=["Account"])
    tasks = [asyncio.create_task(run_relay(world.settings)), asyncio.create_task(serve_queue(world))]
    try:
        first = await books.open_account(person, name="First")
        await receiver.wait_for(1)
        second = await books.open_account(person, name="Second")
        await receiver.wait_for(2)
    finally:
        for task in tasks:
            await end(task)

    told = [one.verified(secret)["data"]["changes"][0]["ids"] for one in receiver.received]
    assert told == [[first], [second]]
