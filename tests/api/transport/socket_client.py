"""A bare client of the socket: it sends whatever a test wants, right or wrong."""

import json
import socket
from collections.abc import AsyncIterator, Mapping
from contextlib import asynccontextmanager
from typing import Any

import pytest
from websockets import Subprotocol
from websockets.asyncio.client import ClientConnection, connect
from websockets.exceptions import ConnectionClosed

from tests.api.transport.people import BEARER
from tests.api.transport.server import Server

SIGNED_IN = {"Authorization": BEARER}


class Client:
    def __init__(self, connection: ClientConnection) -> None:
        self.connection = connection

    async def send(self, message: object) -> None:
        await self.connection.send(json.dumps(message))

    async def send_raw(self, frame: str | bytes) -> None:
        await self.connection.send(frame)

    async def receive(self) -> dict[str, Any]:
        message = json.loads(await self.connection.recv())
        assert isinstance(message, dict)
        return message

    async def receive_until_complete(self, identifier: str) -> list[dict[str, Any]]:
        """The payloads of the operation's `next` messages."""
        payloads = []
        while (message := await self.receive())["type"] != "complete":
            assert (message["type"], message["id"]) == ("next", identifier), message
            payloads.append(message["payload"])
        assert message == {"type": "complete", "id": identifier}
        return payloads

    async def init(self, payload: Mapping[str, object] | None = None) -> None:
        await self.send({"type": "connection_init", "payload": payload or {}})
        assert await self.receive() == {"type": "connection_ack"}

    async def subscribe(self, identifier: str, query: str, **parameters: object) -> None:
        await self.send({"type": "subscribe", "id": identifier, "payload": {"query": query, **parameters}})

    async def _read_on(self) -> None:
        while True:
            await self.connection.recv()

    async def closed(self) -> tuple[int, str]:
        """Reads until the server closes, and says with which code and reason."""
        with pytest.raises(ConnectionClosed) as caught:
            await self._read_on()
        frame = caught.value.rcvd
        assert frame is not None
        return frame.code, frame.reason


@asynccontextmanager
async def connected(
    server: Server,
    subprotocols: tuple[str, ...] = ("graphql-transport-ws",),
    headers: dict[str, str] | None = None,
    connection: socket.socket | None = None,
) -> AsyncIterator[Client]:
    """A socket that has not said anything yet. It reads ahead by one message at most."""
    connecting = connect(
        server.socket_url,
        subprotocols=[Subprotocol(name) for name in subprotocols] or None,
        additional_headers=headers,
        compression=None,
        max_size=None,
        max_queue=1,
        close_timeout=0.2,
        proxy=None,
        sock=connection,
    )
    async with connecting as opened:
        yield Client(opened)


@asynccontextmanager
async def acknowledged(server: Server, payload: Mapping[str, object] | None = None) -> AsyncIterator[Client]:
    """A socket past its connection_init."""
    async with connected(server) as client:
        await client.init(payload)
        yield client
