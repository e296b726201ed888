"""Webhook endpoints: made, changed and deleted by those whose they are."""

from typing import Any

import asyncpg
import pytest

from api import ids
from api.changes.types import PREFIXES_OF_NO_NODES
from api.node import KINDS
from api.scopes import scope_of_type
from domain import events
from domain.webhook_endpoints.commands import MOST_ENDPOINTS
from domain.webhook_endpoints.subjects import SUBJECTS
from runtime.facts import Fact
from tests.api.apps.tokens import token_of
from tests.api.client import Client, Person
from tests.cluster import DatabaseUrls
from tests.workers.webhook_endpoints.documents import (
    CREATE,
    DELETE,
    ENDPOINTS,
    REPLAY,
    ROTATE,
    TEST,
    UPDATE,
    endpoint_at,
    endpoints,
    sequence,
)

URL = "https://hooks.example.com/coffer"
SCOPES = ("webhook_endpoints:write", "webhook_endpoints:read", "changes:read")


async def test_an_endpoint_is_made(person: Person) -> None:
    made = await person.change(CREATE, input={"url": URL, "types": ["Account"], "description": " Books "})

    assert made["secret"].startswith("whsec_")
    assert made["webhookEndpoint"] == {
        "id": made["webhookEndpoint"]["id"],
        "url": URL,
        "types": ["Account"],
        "description": "Books",
        "includeValues": False,
        "isEnabled": True,
        "problem": None,
        "madeBy": None,
        "position": await sequence(person),
    }


async def test_nobody_makes_one(nobody: Client) -> None:
    answer = await nobody.send(CREATE, input={"url": URL})

    assert answer["errors"][0]["extensions"]["code"] == "UNAUTHENTICATED"


async def test_the_person_is_told_that_one_was_made(person: Person) -> None:
    await endpoint_at(person, URL)

    found = await person.data("{ viewer { securityEvents { nodes { kind detail } } } }")

    assert {"kind": "WEBHOOK_MADE", "detail": "hooks.example.com"} in found["viewer"]["securityEvents"]["nodes"]


async def test_an_endpoint_is_changed(person: Person) -> None:
    endpoint, _ = await endpoint_at(person, URL, types=["Account"])

    changed = await person.change(
        UPDATE,
        input={
            "endpointId": endpoint,
            "url": f"{URL}/2",
            "types": None,
            "description": "Other",
            "includeValues": True,
            "isEnabled": False,
        },
    )

    assert changed["webhookEndpoint"] == {
        "url": f"{URL}/2",
        "types": None,
        "description": "Other",
        "includeValues": True,
        "isEnabled": False,
        "problem": None,
    }


async def test_what_is_left_out_stays(person: Person) -> None:
    endpoint, _ = await endpoint_at(person, URL, types=["Account"], description="Books")

    changed = await person.change(UPDATE, input={"endpointId": endpoint})

    assert changed["webhookEndpoint"] == {
        "url": URL,
        "types": ["Account"],
        "description": "Books",
        "includeValues": False,
        "isEnabled": True,
        "problem": None,
    }


async def test_an_endpoint_is_deleted(person: Person) -> None:
    endpoint, _ = await endpoint_at(person, URL)
    await person.change(TEST, id=endpoint)

    assert (await person.change(DELETE, id=endpoint))["deletedId"] == endpoint

    assert await endpoints(person) == []


async def every_refusal(person: Person, endpoint: str) -> list[list[tuple[str, list[str]]]]:
    return [
        await person.refused(UPDATE, input={"endpointId": endpoint, "description": "Mine"}),
        await person.refused(ROTATE, id=endpoint),
        await person.refused(TEST, id=endpoint),
        await person.refused(REPLAY, id=endpoint, after=await sequence(person)),
        await person.refused(DELETE, id=endpoint),
    ]


async def test_somebody_elses_endpoint_is_not_there(person: Person, stranger: Person) -> None:
    endpoint, _ = await endpoint_at(person, URL)
    before = await endpoints(person)

    refusals = await every_refusal(stranger, endpoint)

    assert refusals == [[("NOT_FOUND", ["input", "endpointId"])]] * 5
    assert await endpoints(stranger) == []
    assert await endpoints(person) == before


async def test_a_token_knows_only_what_it_made(person: Person) -> None:
    mine, _ = await endpoint_at(person, URL)
    one, other = await token_of(person, *SCOPES), await token_of(person, *SCOPES)
    theirs, _ = await endpoint_at(other, URL)

    refusals = [await every_refusal(one, endpoint) for endpoint in (mine, theirs)]

    assert refusals == [[[("NOT_FOUND", ["input", "endpointId"])]] * 5] * 2
    assert await endpoints(one) == []
    assert [endpoint["id"] for endpoint in await endpoints(other)] == [theirs]
    assert [endpoint["id"] for endpoint in await endpoints(person)] == [mine, theirs]


async def test_without_the_scope_a_token_makes_none(person: Person) -> None:
    tool = await token_of(person, "webhook_endpoints:read", "changes:read")

    answer = await tool.send(CREATE, input={"url": URL})

    assert answer["errors"][0]["extensions"]["code"] == "FORBIDDEN"
    assert await endpoints(person) == []


async def test_a_token_does_not_allow_itself_values(person: Person) -> None:
    tool = await token_of(person, *SCOPES)
    endpoint, _ = await endpoint_at(tool, URL)

    made = await tool.refused(CREATE, input={"url": URL, "includeValues": True})
    changed = await tool.refused(UPDATE, input={"endpointId": endpoint, "includeValues": True})

    assert made == changed == [("NOT_ALLOWED", ["input", "includeValues"])]
    assert [one["id"] for one in await endpoints(person)] == [endpoint]


async def test_values_need_fresh_proof(person: Person, database_urls: DatabaseUrls) -> None:
    endpoint, _ = await endpoint_at(person, URL)
    owner = await asyncpg.connect(database_urls.owner)
    try:
        user_id = ids.decode_as("usr", person.user_id)
        await owner.execute("update sessions set proved_at = now() - interval '11 minutes' where user_id = $1", user_id)
    finally:
        await owner.close()

    made = await person.refused(CREATE, input={"url": URL, "includeValues": True})
    changed = await person.refused(UPDATE, input={"endpointId": endpoint, "includeValues": True})

    assert made == changed == [("PROOF_NEEDED", ["input", "includeValues"])]
    kept = await person.change(UPDATE, input={"endpointId": endpoint})
    assert kept["webhookEndpoint"]["includeValues"] is False


async def test_a_token_that_enables_its_endpoint_goes_on(person: Person) -> None:
    tool = await token_of(person, *SCOPES)
    endpoint, _ = await endpoint_at(tool, URL)
    await person.change(UPDATE, input={"endpointId": endpoint, "isEnabled": False})

    enabled = await tool.change(UPDATE, input={"endpointId": endpoint, "isEnabled": True})

    assert enabled["webhookEndpoint"]["isEnabled"] is True


@pytest.mark.parametrize(
    ("given", "path"),
    [
        ({"url": "http://hooks.example.com/"}, ["input", "url"]),
        ({"url": "https://localhost/"}, ["input", "url"]),
        ({"url": "https://10.0.0.1/"}, ["input", "url"]),
        ({"url": "http://127.0.0.1:8000/"}, ["input", "url"]),
        ({"url": ""}, ["input", "url"]),
        ({"types": []}, ["input", "types"]),
        ({"types": ["Account", "Money"]}, ["input", "types", "1"]),
        ({"description": "x" * 201}, ["input", "description"]),
    ],
    ids=str,
)
async def test_what_cannot_be_is_refused(person: Person, given: dict[str, Any], path: list[str]) -> None:
    endpoint, _ = await endpoint_at(person, URL)
    before = await person.data(ENDPOINTS)

    made = await person.refused(CREATE, input={"url": URL, **given})
    changed = await person.refused(UPDATE, input={"endpointId": endpoint, **given})

    assert made == changed == [("INVALID", path)]
    assert await person.data(ENDPOINTS) == before


async def test_a_person_has_no_more_than_twenty(person: Person) -> None:
    for _ in range(MOST_ENDPOINTS):
        await endpoint_at(person, URL)

    assert await person.refused(CREATE, input={"url": URL}) == [("TOO_MANY", ["input"])]
    assert len(await endpoints(person)) == MOST_ENDPOINTS


@pytest.mark.parametrize("after", ["", "nothing", "AAAA"])
async def test_what_is_no_position_is_not_replayed_from(person: Person, after: str) -> None:
    endpoint, _ = await endpoint_at(person, URL)
    before = await endpoints(person)

    assert await person.refused(REPLAY, id=endpoint, after=after) == [("INVALID", ["input", "after"])]
    assert await endpoints(person) == before


async def test_a_position_of_another_household_is_none(person: Person, stranger: Person) -> None:
    endpoint, _ = await endpoint_at(person, URL)

    refused = await person.refused(REPLAY, id=endpoint, after=await sequence(stranger))

    assert refused == [("INVALID", ["input", "after"])]


def test_what_changes_are_told_of_is_what_the_schema_says() -> None:
    facts = [fact for fact in vars(events).values() if isinstance(fact, type) and issubclass(fact, Fact)]
    subjects = {fact.subject for fact in facts if fact is not Fact}

    assert {
        name: (PREFIXES_OF_NO_NODES.get(name) or KINDS[name].prefix, scope_of_type(name)) for name in subjects
    } == SUBJECTS
