"""Streams of third parties: within their scopes, and over as soon as those are narrowed or ended."""

import asyncio
from collections.abc import AsyncIterator

import asyncpg
import httpx
import pytest
from starlette.applications import Starlette
from websockets import ConnectionClosed

from api import ids
from runtime.settings import Settings
from tests.api import books
from tests.api.apps.tokens import CREATE, REVOKE, token_input, token_of
from tests.api.client import Person
from tests.api.live.conftest import relaying, serving
from tests.api.live.socket_client import Address, Stream, subscribed
from tests.cluster import DatabaseUrls

CHANGES = "subscription { changes { id node { __typename } } }"
TRANSACTIONS = "subscription { transactionsChanged { sequence } }"
ENDED_WITHIN = 5


@pytest.fixture
async def address(app: Starlette, settings: Settings) -> AsyncIterator[Address]:
    async with relaying(settings), serving(app) as address:
        yield address


async def refusal(address: Address, tool: Person) -> object:
    async with subscribed(address, tool, TRANSACTIONS) as stream:
        message = await stream.message()
    assert message["type"] == "error", message
    return message["payload"][0]["extensions"]


async def everything(stream: Stream) -> None:
    while True:
        await stream.message()


async def close_code(address: Address, tool: Person, document: str, ready: asyncio.Event) -> int | None:
    async with subscribed(address, tool, document) as stream:
        ready.set()
        with pytest.raises(ConnectionClosed) as closed:
            await everything(stream)
    return None if closed.value.rcvd is None else closed.value.rcvd.code


async def test_a_socket_needs_the_scope(address: Address, person: Person) -> None:
    tool = await token_of(person, "accounts:read")

    assert await refusal(address, tool) == {"code": "FORBIDDEN", "missingScopes": ["transactions:read"]}


async def test_changes_of_other_types_are_not_pushed(address: Address, person: Person) -> None:
    tool = await token_of(person, "changes:read", "accounts:read")
    whole = await token_of(person, "changes:read", "accounts:read", "transactions:read")

    async with subscribed(address, tool, CHANGES) as some, subscribed(address, whole, CHANGES) as every:
        account = await books.open_account(person)
        first = await some.next(), await every.next()
        await books.book(person, account, "-5.00")
        await books.open_account(person, name="Second")
        second = await some.next()
        kinds = {(await every.next())["id"].partition("_")[0] for _ in range(2)}

    assert first[0] == first[1] == {"id": account, "node": {"__typename": "Account"}}
    assert second["id"].startswith("acc_")
    assert "txn" in kinds


async def test_a_revoked_token_closes_its_sockets(address: Address, person: Person) -> None:
    made = await person.change(CREATE, input=token_input("changes:read", "accounts:read"))
    tool = Person(person.http, made["secret"])
    ready = asyncio.Event()
    closing = asyncio.create_task(close_code(address, tool, CHANGES, ready))
    await ready.wait()

    await person.change(REVOKE, id=made["personalToken"]["id"])

    async with asyncio.timeout(ENDED_WITHIN):
        assert await closing == 4403


async def test_a_narrowed_token_closes_its_sockets_and_may_less(
    address: Address, person: Person, http: httpx.AsyncClient, database_urls: DatabaseUrls
) -> None:
    made = await person.change(CREATE, input=token_input("changes:read", "accounts:read"))
    tool = Person(person.http, made["secret"])
    ready = asyncio.Event()
    closing = asyncio.create_task(close_code(address, tool, CHANGES, ready))
    await ready.wait()

    owner = await asyncpg.connect(database_urls.owner)
    try:
        token_id = ids.decode_as("pat", made["personalToken"]["id"])
        await owner.execute("update sessions set scopes = $2 where id = $1", token_id, ["changes:read"])
    finally:
        await owner.close()

    async with asyncio.timeout(ENDED_WITHIN):
        assert await closing == 4403
    answer = await tool.send("{ viewer { accounts { id } } }")
    assert answer["errors"][0]["extensions"] == {"code": "FORBIDDEN", "missingScopes": ["accounts:read"]}
