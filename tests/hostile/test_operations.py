"""Each hostile operation is answered, by HTTP and by socket, and another person's query meanwhile as well."""

import asyncio
import json
from collections.abc import AsyncIterator
from contextlib import suppress
from typing import Any

import httpx
import pytest
from starlette.applications import Starlette
from websockets import Subprotocol
from websockets.asyncio.client import connect
from websockets.exceptions import ConnectionClosed

from api.errors import CODES
from tests.api.client import Person
from tests.api.live.conftest import serving
from tests.api.live.socket_client import Address
from tests.hostile.bodies import BODIES
from tests.hostile.scene import Scene

OWN = "{ viewer { user { email } accounts { name } } }"
CLOSED = {4400, 1007, 1009}
"""How a socket ends that said what nobody says: not one of them by our own fault."""


@pytest.fixture
async def address(app: Starlette) -> AsyncIterator[Address]:
    async with serving(app) as running:
        yield running


def test_there_are_enough() -> None:
    assert len(BODIES) >= 60


def held_to_the_rules(answer: dict[str, Any]) -> None:
    for error in answer.get("errors", []):
        assert error["extensions"]["code"] in CODES - {"INTERNAL"}, error
        assert len(error["message"]) < 1_100
    assert len(answer.get("errors", [])) <= 100


async def others_are_served(http: httpx.AsyncClient, address: Address, other: Person) -> None:
    headers = {"Authorization": f"Bearer {other.access_token}"}
    answer = await http.post(address.http_url, json={"query": OWN}, headers=headers)
    assert answer.json()["data"]["viewer"]["user"]["email"] == other.email


@pytest.mark.parametrize("name", BODIES)
async def test_by_http(name: str, scene: Scene, address: Address) -> None:
    headers = {"Authorization": f"Bearer {scene.person.access_token}", "Content-Type": "application/json"}
    async with httpx.AsyncClient() as http:
        attack = asyncio.create_task(http.post(address.http_url, content=BODIES[name](1), headers=headers))
        await others_are_served(http, address, scene.theirs.person)
        response = await attack

        assert response.status_code in (200, 400, 413), response.text[:500]
        held_to_the_rules(response.json())
        await others_are_served(http, address, scene.theirs.person)


@pytest.mark.parametrize("name", BODIES)
async def test_by_socket(name: str, scene: Scene, address: Address) -> None:
    message = b'{"type": "subscribe", "id": "a", "payload": ' + BODIES[name](1) + b"}"
    token = f"Bearer {scene.person.access_token}"
    heard: list[dict[str, Any]] = []
    async with (
        httpx.AsyncClient() as http,
        connect(address.url, subprotocols=[Subprotocol("graphql-transport-ws")], max_size=None) as socket,
    ):
        await socket.send(json.dumps({"type": "connection_init", "payload": {"Authorization": token}}))
        assert json.loads(await socket.recv()) == {"type": "connection_ack"}
        with suppress(ConnectionClosed):
            await socket.send(message, text=True)
            await others_are_served(http, address, scene.theirs.person)
            while not heard or heard[-1]["type"] not in ("complete", "error"):
                heard.append(json.loads(await socket.recv()))
                payload = heard[-1].get("payload", {})
                held_to_the_rules({"errors": payload} if isinstance(payload, list) else payload)

        assert heard or socket.close_code in CLOSED, (socket.close_code, socket.close_reason)
        await others_are_served(http, address, scene.theirs.person)
