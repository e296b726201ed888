"""An app's endpoints: made with a person's consent, ended with it, taken up again by the next one."""

from collections.abc import AsyncIterator

import pytest
from starlette.applications import Starlette

from integrations.world import World
from tests.api import books
from tests.api.client import Person
from tests.api.oauth.browser import Browser, Maker, register_app
from tests.workers.webhook_endpoints.documents import UPDATE, endpoint_at, endpoints, take_turn
from tests.workers.webhook_endpoints.receiver import Receiver
from workers.webhook_deliveries import sweep_webhooks

SCOPES = ("webhook_endpoints:write", "webhook_endpoints:read", "changes:read", "accounts:read")
GRANTS = "{ viewer { grants { id } } }"
REVOKE = "mutation ($id: ID!) { revokeGrant(input: {grantId: $id}) { revokedId userErrors { code path } } }"


@pytest.fixture
async def browser(app: Starlette) -> AsyncIterator[Browser]:
    browser = Browser(app)
    yield browser
    await browser.http.aclose()


@pytest.fixture
async def maker(stranger: Person) -> Maker:
    return await register_app(stranger)


async def granted(person: Person, maker: Maker, browser: Browser, *scopes: str) -> Person:
    """The app, as what the person allows it."""
    told = await browser.allow(person, maker.request(*scopes))
    answer = await maker.redeem(told["code"])
    assert answer.status_code == 200, answer.text
    return Person(**{**vars(person), "access_token": answer.json()["access_token"]})


async def revoke(person: Person) -> None:
    for grant in (await person.data(GRANTS))["viewer"]["grants"]:
        await person.change(REVOKE, id=grant["id"])


async def test_an_app_is_told_until_its_grant_ends(
    world: World, person: Person, maker: Maker, browser: Browser, receiver: Receiver
) -> None:
    app = await granted(person, maker, browser, *SCOPES)
    endpoint, secret = await endpoint_at(app, receiver.url)
    first = await books.open_account(person)
    await take_turn(world, endpoint)
    await revoke(person)
    await books.open_account(person)

    await sweep_webhooks(world)
    await take_turn(world, endpoint)

    (received,) = receiver.received
    assert received.verified(secret)["data"]["changes"][0]["ids"] == [first]
    assert [one["isEnabled"] for one in await endpoints(person)] == [False]


async def test_the_next_grant_takes_it_up_where_it_stopped_without_values(
    world: World, person: Person, maker: Maker, browser: Browser, receiver: Receiver
) -> None:
    app = await granted(person, maker, browser, *SCOPES)
    endpoint, _ = await endpoint_at(app, receiver.url)
    await person.change(UPDATE, input={"endpointId": endpoint, "includeValues": True})
    await revoke(person)
    await sweep_webhooks(world)
    missed = await books.open_account(person)

    again = await granted(person, maker, browser, *SCOPES)
    enabled = await again.change(UPDATE, input={"endpointId": endpoint, "isEnabled": True})
    await take_turn(world, endpoint)

    assert (enabled["webhookEndpoint"]["isEnabled"], enabled["webhookEndpoint"]["includeValues"]) == (True, False)
    (received,) = receiver.received
    assert received.message["data"]["changes"][0]["ids"] == [missed]


async def test_another_app_of_the_same_person_does_not_know_of_it(
    person: Person, stranger: Person, maker: Maker, browser: Browser, receiver: Receiver
) -> None:
    app = await granted(person, maker, browser, *SCOPES)
    other = await granted(person, await register_app(stranger), browser, *SCOPES)
    endpoint, _ = await endpoint_at(app, receiver.url)

    refused = await other.refused(UPDATE, input={"endpointId": endpoint, "url": f"{receiver.url}2"})

    assert refused == [("NOT_FOUND", ["input", "endpointId"])]
    assert await endpoints(other) == []
    assert len(await endpoints(app)) == 1
