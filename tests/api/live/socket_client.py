"""A client of the socket for one subscription: what a person's phone would be."""

import asyncio
import json
import socket
from collections.abc import AsyncIterator, Sequence
from contextlib import asynccontextmanager
from dataclasses import dataclass
from typing import Any

from websockets import Subprotocol
from websockets.asyncio.client import ClientConnection, connect

from tests.api.client import Person

PATIENCE_SECONDS = 20


@dataclass(frozen=True)
class Address:
    port: int

    @property
    def http_url(self) -> str:
        return f"http://127.0.0.1:{self.port}/graphql"

    @property
    def url(self) -> str:
        return f"ws://127.0.0.1:{self.port}/graphql"


class Stream:
    """One subscription on a socket of its own."""

    def __init__(self, connection: ClientConnection) -> None:
        self._connection = connection

    async def message(self) -> dict[str, Any]:
        async with asyncio.timeout(PATIENCE_SECONDS):
            message: dict[str, Any] = json.loads(await self._connection.recv())
        return message

    async def next(self) -> dict[str, Any]:
        """The one field of the next event."""
        message = await self.message()
        assert message["type"] == "next", message
        assert "errors" not in message["payload"], message
        (field,) = message["payload"]["data"].values()
        event: dict[str, Any] = field
        return event

    async def some(self, count: int) -> list[dict[str, Any]]:
        return [await self.next() for _ in range(count)]

    async def failure(self) -> str:
        """The code of the error that the stream ends on."""
        message = await self.message()
        assert message["type"] == "next", message
        assert message["payload"]["data"] is None, message
        code: str = message["payload"]["errors"][0]["extensions"]["code"]
        assert (await self.message())["type"] == "complete"
        return code

    async def complete(self, identifier: str) -> None:
        await self._connection.send(json.dumps({"type": "complete", "id": identifier}))

    async def completed(self) -> None:
        assert (await self.message())["type"] == "complete"


@asynccontextmanager
async def subscribed(
    address: Address,
    person: Person | None,
    document: str,
    *,
    connection: socket.socket | None = None,
    identifiers: Sequence[str] = ("1",),
    **variables: Any,
) -> AsyncIterator[Stream]:
    """The same subscription under each of the identifiers. The client reads ahead by one message at most."""
    payload = {"Authorization": f"Bearer {person.access_token}"} if person else {}
    async with connect(
        address.url,
        subprotocols=[Subprotocol("graphql-transport-ws")],
        compression=None,
        close_timeout=0.5,
        proxy=None,
        max_queue=1,
        sock=connection,
    ) as opened:
        await opened.send(json.dumps({"type": "connection_init", "payload": payload}))
        assert json.loads(await opened.recv()) == {"type": "connection_ack"}
        subscribe = {"query": document, "variables": variables}
        for identifier in identifiers:
            await opened.send(json.dumps({"id": identifier, "type": "subscribe", "payload": subscribe}))
        yield Stream(opened)
