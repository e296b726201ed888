"""Documents by their hash: Apollo's protocol of automatic persisted queries, and `documentId`."""

import hashlib
import json
from typing import Any

import httpx
import pytest

from api.transport.documents import Refused
from api.transport.parameters import Parameters
from api.transport.persisted import PersistedDocuments, PersistedOperations
from tests.api.transport.schema import schema
from tests.api.transport.server import Server
from tests.api.transport.socket_client import Client, connected

NEW = "application/graphql-response+json"
OLD = "application/json"
DOCUMENT = "query Greet($name: String!) { hello(name: $name) }"
NOT_FOUND = {
    "errors": [{"message": "PersistedQueryNotFound", "extensions": {"code": "PERSISTED_QUERY_NOT_FOUND"}}],
}
ADA = {"name": "Ada"}


def sha256(text: str) -> str:
    return hashlib.sha256(text.encode()).hexdigest()


def by_hash(text: str, **more: Any) -> dict[str, Any]:
    return {"extensions": {"persistedQuery": {"version": 1, "sha256Hash": sha256(text)}}, **more}


@pytest.mark.parametrize(("accept", "status"), [(OLD, 200), (NEW, 404)])
async def test_an_unknown_hash_is_asked_for_its_document(
    client: httpx.AsyncClient, server: Server, accept: str, status: int
) -> None:
    response = await client.post(server.url, json=by_hash(DOCUMENT), headers={"accept": accept})

    assert (response.status_code, response.json()) == (status, NOT_FOUND)


async def test_a_document_sent_with_its_hash_is_known_by_it(client: httpx.AsyncClient, server: Server) -> None:
    first = await client.post(server.url, json=by_hash(DOCUMENT, query=DOCUMENT, variables=ADA))

    second = await client.post(server.url, json=by_hash(DOCUMENT, variables={"name": "Bob"}))

    assert first.json() == {"data": {"hello": "Hello Ada"}}
    assert second.json() == {"data": {"hello": "Hello Bob"}}


async def test_a_hash_by_get(client: httpx.AsyncClient, server: Server) -> None:
    await client.post(server.url, json=by_hash(DOCUMENT, query=DOCUMENT, variables=ADA))
    parameters = {name: json.dumps(value) for name, value in by_hash(DOCUMENT, variables=ADA).items()}

    response = await client.get(server.url, params=parameters)

    assert response.json() == {"data": {"hello": "Hello Ada"}}


async def test_a_mutation_by_hash_needs_post(client: httpx.AsyncClient, server: Server) -> None:
    mutation = "mutation { increment }"
    await client.post(server.url, json=by_hash(mutation, query=mutation))

    response = await client.get(server.url, params={"extensions": json.dumps(by_hash(mutation)["extensions"])})

    assert response.status_code == 405
    assert server.state.counter == 1


@pytest.mark.parametrize("identifier", ["sha256:" + sha256(DOCUMENT), sha256(DOCUMENT)])
async def test_a_document_id(client: httpx.AsyncClient, server: Server, identifier: str) -> None:
    await client.post(server.url, json=by_hash(DOCUMENT, query=DOCUMENT, variables=ADA))

    response = await client.post(server.url, json={"documentId": identifier, "variables": ADA})

    assert response.json() == {"data": {"hello": "Hello Ada"}}


@pytest.mark.parametrize("accept", [OLD, NEW])
@pytest.mark.parametrize(
    "request_",
    [
        by_hash("{ hello }", query="{ person }"),
        by_hash("{ hello }", query=5),
        {"query": "{ hello }", "documentId": sha256("{ hello }")},
        {"documentId": 5},
        {"extensions": {"persistedQuery": 5}},
        {"extensions": {"persistedQuery": {"version": 1}}},
        {"extensions": {"persistedQuery": {"version": 1, "sha256Hash": 5}}},
        {"extensions": {"persistedQuery": {"version": 2, "sha256Hash": sha256("{ hello }")}}},
        {"extensions": {"another": 1}},
    ],
    ids=lambda request_: json.dumps(request_)[:60] if isinstance(request_, dict) else None,
)
async def test_what_makes_no_sense_is_a_400(
    client: httpx.AsyncClient, server: Server, accept: str, request_: dict[str, Any]
) -> None:
    response = await client.post(server.url, json=request_, headers={"accept": accept})

    assert response.status_code == 400
    assert [error["extensions"] for error in response.json()["errors"]] == [{"code": "BAD_USER_INPUT"}]


async def test_another_document_under_a_hash_is_not_kept(client: httpx.AsyncClient, server: Server) -> None:
    await client.post(server.url, json=by_hash("{ hello }", query="mutation { increment }"))

    response = await client.post(server.url, json=by_hash("{ hello }"))

    assert response.json() == NOT_FOUND
    assert server.state.counter == 0


async def test_a_document_by_hash_over_a_socket(server: Server) -> None:
    async with connected(server) as socket:
        await socket.init()
        await subscribe(socket, "a", by_hash(DOCUMENT, variables=ADA))
        unknown = await socket.receive()
        await subscribe(socket, "b", by_hash(DOCUMENT, query=DOCUMENT, variables=ADA))
        first = await socket.receive_until_complete("b")

        await subscribe(socket, "c", by_hash(DOCUMENT, variables=ADA))

        assert unknown == {"id": "a", "type": "error", "payload": NOT_FOUND["errors"]}
        assert first == await socket.receive_until_complete("c") == [{"data": {"hello": "Hello Ada"}}]


async def subscribe(socket: Client, identifier: str, payload: dict[str, Any]) -> None:
    await socket.send({"id": identifier, "type": "subscribe", "payload": payload})


# ------------------------------------------------------------------ what is kept


def read(operations: PersistedOperations, text: str) -> None:
    operations.read(Parameters(text, None, {}, {}, sha256(text)))


def is_known(operations: PersistedOperations, text: str) -> bool:
    try:
        operations.read(Parameters("", None, {}, {}, sha256(text)))
    except Refused:
        return False
    return True


def operations_keeping(characters: int, longest: int = 100) -> PersistedOperations:
    operations = PersistedOperations(schema)
    operations.persisted = PersistedDocuments(characters=characters, longest=longest)
    return operations


def test_the_least_recently_used_document_goes_first() -> None:
    # Three documents of 9 characters are one too many for 20.
    operations = operations_keeping(20)
    read(operations, "{ hello }")
    read(operations, "{hello  }")
    assert is_known(operations, "{ hello }")

    read(operations, "{  hello}")

    assert len(operations.persisted) == 2
    assert is_known(operations, "{ hello }")
    assert not is_known(operations, "{hello  }")


def test_a_document_is_counted_once() -> None:
    operations = operations_keeping(20)

    for _ in range(3):
        read(operations, "{ hello }")
    read(operations, "{hello  }")

    assert len(operations.persisted) == 2


@pytest.mark.parametrize("text", ["{ unknown }", "{", "query A { hello } query B { hello }"])
def test_what_cannot_be_executed_is_not_kept(text: str) -> None:
    operations = operations_keeping(1000)

    with pytest.raises(Refused):
        read(operations, text)

    assert len(operations.persisted) == 0


def test_a_long_document_is_not_kept() -> None:
    operations = operations_keeping(1000, longest=10)

    read(operations, "{ hello } # a comment")

    assert len(operations.persisted) == 0
