"""A third party's server on the loopback: it keeps what it is sent and answers as it is told."""

import asyncio
import ssl
from collections import deque
from collections.abc import AsyncIterator, Awaitable, Callable
from contextlib import asynccontextmanager, suppress
from dataclasses import dataclass, field
from typing import Any

import orjson
from standardwebhooks import Webhook

Serve = Callable[[asyncio.StreamReader, asyncio.StreamWriter], Awaitable[None]]


@dataclass
class Received:
    path: str
    headers: dict[str, str]
    body: bytes

    @property
    def id(self) -> str:
        return self.headers["webhook-id"]

    @property
    def message(self) -> dict[str, Any]:
        whole: dict[str, Any] = orjson.loads(self.body)
        return whole

    @property
    def events(self) -> list[str]:
        return [change["event"] for change in self.message["data"]["changes"]]

    def verified(self, secret: str) -> dict[str, Any]:
        """As the library of Standard Webhooks verifies it. Raises its WebhookVerificationError."""
        whole: dict[str, Any] = Webhook(secret).verify(self.body, self.headers)
        return whole


@dataclass
class Receiver:
    """`answers` are given one after the other, whole as they are sent; then 204."""

    url: str
    received: list[Received] = field(default_factory=list)
    answers: deque[bytes] = field(default_factory=deque)
    news: asyncio.Event = field(default_factory=asyncio.Event)

    def answer(self, status: int, *headers: str, body: str = "", times: int = 1) -> None:
        head = [f"HTTP/1.1 {status} Word", f"Content-Length: {len(body)}", *headers]
        self.answers.extend(["\r\n".join([*head, "", body]).encode()] * times)

    async def wait_for(self, count: int) -> list[Received]:
        while len(self.received) < count:
            self.news.clear()
            await asyncio.wait_for(self.news.wait(), 15)
        return self.received

    async def serve(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        head = (await reader.readuntil(b"\r\n\r\n")).decode()
        first, *lines = head.strip().split("\r\n")
        headers = {name.lower(): text for name, text in (line.split(": ", 1) for line in lines)}
        body = await reader.readexactly(int(headers["content-length"]))
        self.received.append(Received(first.split(" ")[1], headers, body))
        writer.write(self.answers.popleft() if self.answers else b"HTTP/1.1 204 Word\r\n\r\n")
        self.news.set()
        await writer.drain()


@asynccontextmanager
async def receiving() -> AsyncIterator[Receiver]:
    receiver = Receiver("")
    async with listening(receiver.serve) as port:
        receiver.url = f"http://127.0.0.1:{port}/hooks?from=coffer"
        yield receiver


@asynccontextmanager
async def listening(serve: Serve, context: ssl.SSLContext | None = None) -> AsyncIterator[int]:
    """A server on the loopback, at this port. Whoever breaks a connection off is no failure of it."""
    conversations: set[asyncio.Task[None]] = set()

    async def converse(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        if (task := asyncio.current_task()) is not None:
            conversations.add(task)
        try:
            with suppress(OSError, EOFError):
                await serve(reader, writer)
        finally:
            writer.close()
            with suppress(OSError):
                await writer.wait_closed()

    server = await asyncio.start_server(converse, "127.0.0.1", 0, ssl=context)
    try:
        yield server.sockets[0].getsockname()[1]
    finally:
        server.close()
        await server.wait_closed()
        await asyncio.wait_for(asyncio.gather(*conversations), 10)
