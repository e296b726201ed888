"""How many sockets somebody may have, how much they may say, and that the others are not their business."""

import json
from collections.abc import AsyncIterator
from contextlib import AsyncExitStack

import pytest
from starlette.applications import Starlette
from websockets import Subprotocol
from websockets.asyncio.client import ClientConnection, connect
from websockets.exceptions import ConnectionClosed

from api.app import open_app
from api.limits.limits import Limits
from runtime.settings import Settings
from tests.api.client import Person
from tests.api.live.conftest import serving
from tests.api.live.socket_client import Address

PROTOCOL = [Subprotocol("graphql-transport-ws")]


@pytest.fixture
async def narrow(settings: Settings) -> AsyncIterator[Starlette]:
    async with open_app(settings, Limits(sockets=2, messages_per_second=5, objects_per_minute=60)) as app:
        yield app


@pytest.fixture
async def address(narrow: Starlette) -> AsyncIterator[Address]:
    async with serving(narrow) as running:
        yield running


async def opened(stack: AsyncExitStack, address: Address, person: Person | None) -> ClientConnection:
    socket = await stack.enter_async_context(connect(address.url, subprotocols=PROTOCOL, proxy=None))
    payload = {"Authorization": f"Bearer {person.access_token}"} if person else {}
    await socket.send(json.dumps({"type": "connection_init", "payload": payload}))
    return socket


async def acknowledged(socket: ClientConnection) -> bool:
    return bool(json.loads(await socket.recv()) == {"type": "connection_ack"})


async def test_a_socket_too_many_is_closed_and_a_place_is_free_again(
    address: Address, narrow: Starlette, person: Person, stranger: Person
) -> None:
    places = narrow.state.parts.transports.sockets.places
    async with AsyncExitStack() as stack:
        first, second = [await opened(stack, address, person) for _ in range(2)]
        assert await acknowledged(first)
        assert await acknowledged(second)

        third = await opened(stack, address, person)
        with pytest.raises(ConnectionClosed):
            await third.recv()
        assert (third.close_code, third.close_reason) == (1013, "LIMITED: too many sockets")
        assert await acknowledged(await opened(stack, address, stranger))

    async with AsyncExitStack() as stack:
        assert await acknowledged(await opened(stack, address, stranger))
    assert sum(places._taken.values()) <= 2


async def test_who_is_not_signed_in_is_counted_by_network(address: Address, person: Person) -> None:
    async with AsyncExitStack() as stack:
        for _ in range(2):
            assert await acknowledged(await opened(stack, address, None))

        third = await opened(stack, address, None)
        with pytest.raises(ConnectionClosed):
            await third.recv()
        assert await acknowledged(await opened(stack, address, person))


async def test_what_is_said_too_fast_is_heard_later_and_all_of_it(address: Address, person: Person) -> None:
    async with AsyncExitStack() as stack:
        socket = await opened(stack, address, person)
        assert await acknowledged(socket)

        for number in range(12):
            await socket.send(json.dumps({"type": "ping", "payload": {"number": number}}))

        heard = [json.loads(await socket.recv()) for _ in range(12)]
        assert heard == [{"type": "pong", "payload": {"number": number}} for number in range(12)]


async def test_an_operation_on_a_socket_costs_what_it_costs_by_http(address: Address, person: Person) -> None:
    subscribe = {"type": "subscribe", "id": "1", "payload": {"query": "{ viewer { accounts { id } } }"}}
    async with AsyncExitStack() as stack:
        socket = await opened(stack, address, person)
        assert await acknowledged(socket)
        kinds = []
        for _ in range(3):
            await socket.send(json.dumps(subscribe))
            while (message := json.loads(await socket.recv()))["type"] == "next":
                pass
            kinds.append(message["type"])

        assert kinds == ["complete", "complete", "error"]
        assert message["payload"][0]["extensions"]["limit"] == "objects_per_minute"
        assert message["payload"][0]["extensions"]["retryAfter"] >= 1
