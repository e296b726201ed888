"""Endpoints in the hands of whoever has stolen a session: where values go needs proof, and the person is told."""

from dataclasses import replace
from typing import Any

from api.app import open_app
from domain.identity.security import MOST_TOLD, SecurityEventKind
from integrations.world import World
from runtime.settings import Settings
from tests.api.apps.tokens import token_of
from tests.api.client import Client, Person, http_client
from tests.api.identity.mailbox import mails_to, token_to
from tests.api.identity.test_addresses import ASK_RESET, NEW, PASSWORD, RESET, forget_proof
from tests.boundless import UNHURRIED
from tests.workers.webhook_endpoints.documents import CREATE, DELETE, UPDATE, endpoint_at, endpoints

URL, ELSEWHERE = "https://hooks.example.com/coffer", "https://evil.example.com/coffer"
SCOPES = ("webhook_endpoints:write", "webhook_endpoints:read", "changes:read")
WHERE = "{ viewer { webhookEndpoints { url includeValues } } }"
MADE = "a webhook endpoint was made"


async def where(person: Person) -> list[dict[str, Any]]:
    found: list[dict[str, Any]] = (await person.data(WHERE))["viewer"]["webhookEndpoints"]
    return found


async def alerts(world: World, person: Person) -> list[str]:
    return [text for subject, text in await mails_to(world, person.email) if MADE in subject]


async def test_values_move_to_another_address_with_a_fresh_proof_alone(person: Person, world: World) -> None:
    endpoint, _ = await endpoint_at(person, URL, includeValues=True)
    await forget_proof(world, person)

    refused = await person.refused(UPDATE, input={"endpointId": endpoint, "url": ELSEWHERE})

    assert refused == [("PROOF_NEEDED", ["input", "url"])]
    assert await where(person) == [{"url": URL, "includeValues": True}]
    # The same address moves nothing.
    await person.change(UPDATE, input={"endpointId": endpoint, "url": URL})


async def test_without_values_an_endpoint_moves(person: Person, world: World) -> None:
    first, _ = await endpoint_at(person, URL)
    second, _ = await endpoint_at(person, URL, includeValues=True)
    await forget_proof(world, person)

    await person.change(UPDATE, input={"endpointId": first, "url": ELSEWHERE})
    await person.change(UPDATE, input={"endpointId": second, "url": ELSEWHERE, "includeValues": False})

    assert await where(person) == [{"url": ELSEWHERE, "includeValues": False}] * 2


async def test_a_third_party_moves_no_values(person: Person) -> None:
    tool = await token_of(person, *SCOPES)
    endpoint, _ = await endpoint_at(tool, URL)
    await person.change(UPDATE, input={"endpointId": endpoint, "includeValues": True})

    refused = await tool.refused(UPDATE, input={"endpointId": endpoint, "url": ELSEWHERE})

    assert refused == [("NOT_ALLOWED", ["input", "url"])]
    assert await where(person) == [{"url": URL, "includeValues": True}]


async def test_the_person_gets_a_mail_for_each_new_address(person: Person, world: World) -> None:
    endpoint, _ = await endpoint_at(person, URL)
    await person.change(UPDATE, input={"endpointId": endpoint, "url": ELSEWHERE})

    found = await alerts(world, person)

    assert ["What: hooks.example.com" in text for text in found] == [True, False]
    assert ["What: evil.example.com" in text for text in found] == [False, True]


async def test_a_third_party_cannot_flood_the_person_with_mails(person: Person, world: World) -> None:
    most = MOST_TOLD[SecurityEventKind.WEBHOOK_MADE]
    tool = await token_of(person, *SCOPES)
    for _ in range(most + 2):
        endpoint, _ = await endpoint_at(tool, URL)
        await tool.change(DELETE, id=endpoint)

    found = await person.data("{ viewer { securityEvents(first: 100) { nodes { kind } } } }")

    assert len(await alerts(world, person)) == most
    kinds = [event["kind"] for event in found["viewer"]["securityEvents"]["nodes"]]
    assert kinds.count("WEBHOOK_MADE") == most + 2


async def test_a_session_that_is_over_makes_none(
    settings: Settings, world: World, nobody: Client, person: Person
) -> None:
    """Though this process has just heard that it is alive."""
    await nobody.data(ASK_RESET, email=person.email)
    token = await token_to(world, person.email, PASSWORD)
    async with open_app(settings, UNHURRIED) as other, http_client(other) as http:
        thief = replace(person, http=http)
        assert await endpoints(thief) == []
        await nobody.data(RESET, token=token, password=NEW)

        answer = await thief.send(CREATE, input={"url": URL})

    payload = answer["data"]["createWebhookEndpoint"]
    assert payload["userErrors"] == [{"code": "NOT_ALLOWED", "path": ["input"]}]
    assert payload["secret"] is None
