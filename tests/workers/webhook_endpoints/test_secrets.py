"""Two secrets are good while they are changed over, and none of them can be read from the tables."""

import asyncpg
import pytest
from standardwebhooks import WebhookVerificationError

from api import ids
from integrations.world import World
from tests.api import books
from tests.api.client import Person
from tests.cluster import DatabaseUrls
from tests.workers.webhook_endpoints.documents import ROTATE, endpoint_at, take_turn
from tests.workers.webhook_endpoints.receiver import Receiver


async def rotated(person: Person, endpoint: str) -> str:
    secret: str = (await person.change(ROTATE, id=endpoint))["secret"]
    return secret


async def test_both_secrets_sign_while_they_are_changed_over(world: World, person: Person, receiver: Receiver) -> None:
    endpoint, old = await endpoint_at(person, receiver.url)
    new = await rotated(person, endpoint)
    await books.open_account(person)

    await take_turn(world, endpoint)

    (received,) = receiver.received
    assert received.verified(old) == received.verified(new)
    assert len(received.headers["webhook-signature"].split(" ")) == 2


async def test_after_a_day_only_the_new_one_signs(
    world: World, person: Person, receiver: Receiver, owner: asyncpg.Connection
) -> None:
    endpoint, old = await endpoint_at(person, receiver.url)
    new = await rotated(person, endpoint)
    await owner.execute("update webhook_secrets set created_at = created_at - interval '25 hours'")
    await books.open_account(person)

    await take_turn(world, endpoint)

    (received,) = receiver.received
    received.verified(new)
    with pytest.raises(WebhookVerificationError):
        received.verified(old)


async def test_the_one_before_the_last_is_good_no_more(world: World, person: Person, receiver: Receiver) -> None:
    endpoint, first = await endpoint_at(person, receiver.url)
    await rotated(person, endpoint)
    await rotated(person, endpoint)
    await books.open_account(person)

    await take_turn(world, endpoint)

    with pytest.raises(WebhookVerificationError):
        receiver.received[0].verified(first)


async def test_an_altered_message_is_not_verified(world: World, person: Person, receiver: Receiver) -> None:
    endpoint, secret = await endpoint_at(person, receiver.url)
    await books.open_account(person)
    await take_turn(world, endpoint)
    (received,) = receiver.received
    received.body = received.body.replace(b"CREATED", b"DELETED")

    with pytest.raises(WebhookVerificationError):
        received.verified(secret)


async def test_secrets_are_sealed_and_out_of_the_reach_of_app(
    person: Person, receiver: Receiver, owner: asyncpg.Connection, database_urls: DatabaseUrls
) -> None:
    endpoint, secret = await endpoint_at(person, receiver.url)

    sealed = await owner.fetchval(
        "select secret from webhook_secrets where endpoint_id = $1", ids.decode_as("whe", endpoint)
    )
    app = await asyncpg.connect(database_urls.app)
    try:
        with pytest.raises(asyncpg.InsufficientPrivilegeError):
            await app.fetch("select secret from webhook_secrets")
    finally:
        await app.close()

    assert secret.startswith("whsec_")
    assert secret.encode() not in sealed
