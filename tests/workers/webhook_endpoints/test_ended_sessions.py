"""A person's own endpoint ends when all of their sessions are ended at once: somebody else may have made it."""

from dataclasses import replace

import asyncpg
import pytest

from integrations.world import World
from tests.api import books
from tests.api.client import Client, Person
from tests.api.identity.mailbox import token_to
from tests.api.identity.test_addresses import ASK_RESET, NEW, PASSWORD, RESET
from tests.api.identity.test_sessions import SIGN_IN
from tests.workers.webhook_endpoints.documents import UPDATE, endpoint_at, endpoints, take_turn
from tests.workers.webhook_endpoints.receiver import Receiver
from tests.workers.webhook_endpoints.test_rights import ENDED
from workers.webhook_deliveries import sweep_webhooks


async def reset(world: World, person: Person) -> Person:
    """As they are afterwards."""
    nobody = Client(person.http)
    await nobody.data(ASK_RESET, email=person.email)
    token = await token_to(world, person.email, PASSWORD)
    assert (await nobody.data(RESET, token=token, password=NEW))["resetPassword"]["userErrors"] == []
    session = (await nobody.data(SIGN_IN, email=person.email, password=NEW))["signIn"]["session"]
    return replace(person, access_token=session["accessToken"])


@pytest.mark.parametrize("found_by", ["try", "sweep"])
async def test_a_reset_ends_it(
    world: World, person: Person, receiver: Receiver, owner: asyncpg.Connection, found_by: str
) -> None:
    endpoint, _ = await endpoint_at(person, receiver.url)
    receiver.answer(500)
    await books.open_account(person)
    await take_turn(world, endpoint)
    before = len(receiver.received)

    back = await reset(world, person)
    await owner.execute("update webhook_deliveries set next_attempt_at = now() where status = 'PENDING'")
    if found_by == "try":
        await take_turn(world, endpoint)
    else:
        await sweep_webhooks(world)

    assert len(receiver.received) == before == 1
    (disabled,) = await endpoints(back)
    assert (disabled["isEnabled"], disabled["problem"], disabled["madeBy"]) == (False, ENDED, None)


async def test_the_person_has_it_go_on(world: World, person: Person, receiver: Receiver) -> None:
    endpoint, _ = await endpoint_at(person, receiver.url)
    back = await reset(world, person)
    await sweep_webhooks(world)
    await books.open_account(back)

    await back.change(UPDATE, input={"endpointId": endpoint, "isEnabled": True})
    await take_turn(world, endpoint)

    (received,) = receiver.received
    assert received.events == ["AccountOpened"]
