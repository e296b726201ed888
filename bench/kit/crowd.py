"""Thousands of subscribers on this machine, as cheap as can be: they share it with the server."""

import asyncio
import base64
import os
import time
from collections.abc import Awaitable, Callable, Mapping, Sequence
from dataclasses import dataclass
from typing import cast
from urllib.parse import urlsplit

import orjson

CONNECTING_AT_ONCE = 50
CONNECT_SECONDS = 60
PATIENCE_SECONDS = 15
QUIET_SECONDS, LONGEST_UNQUIET = 2, 300

TEXT, PING, PONG = 0x1, 0x9, 0xA

Publish = Callable[[int], Awaitable[None]]


@dataclass(frozen=True)
class Target:
    """Where to subscribe to what. `parameters` are those of connection_init, used in turn."""

    name: str
    url: str
    subscription: str
    parameters: Sequence[Mapping[str, object]]


class Crowd:
    """All subscribers, and what they saw. The n-th message of a subscriber is the n-th published event."""

    def __init__(self, target: Target) -> None:
        self.target = target
        self.subscribers: list[Subscriber] = []
        self.published: list[float] = []
        self.latencies: list[float] = []
        self.delivered = 0
        self.frames = 0
        self.lost = 0
        self.failure: str | None = None
        self.progress = asyncio.Event()

    async def connect(self, clients: int) -> None:
        """So many more."""
        for first in range(0, clients, CONNECTING_AT_ONCE):
            count = min(CONNECTING_AT_ONCE, clients - first)
            self.subscribers += await asyncio.gather(*(self._connect() for _ in range(count)))

    async def _connect(self) -> "Subscriber":
        url = urlsplit(self.target.url)
        parameters = self.target.parameters[len(self.subscribers) % len(self.target.parameters)]
        _, subscriber = await asyncio.get_running_loop().create_connection(
            lambda: Subscriber(self, parameters), url.hostname or "127.0.0.1", url.port or 80
        )
        await asyncio.wait_for(subscriber.subscribed, CONNECT_SECONDS)
        return subscriber

    async def settle(self) -> None:
        """Until nothing has come for a while: what a subscription begins with is not what is measured."""
        for _ in range(LONGEST_UNQUIET // QUIET_SECONDS):
            seen = self.frames
            await asyncio.sleep(QUIET_SECONDS)
            self.check()
            if self.frames == seen:
                return
        raise SystemExit(f"{self.target.name} does not come to rest")

    def leave(self) -> None:
        for subscriber in self.subscribers:
            subscriber.closing = True
            subscriber.transport.abort()

    def check(self) -> None:
        """Raises SystemExit where a subscription has ended."""
        if self.failure:
            raise SystemExit(f"{self.target.name}: a subscription ended: {self.failure[:500]}")

    @property
    def expected(self) -> int:
        return len(self.published) * len(self.subscribers)

    async def burst(self, publish: Publish, events: int, window: int) -> None:
        """As fast as the server delivers, with at most `window` events under way."""
        for _ in range(events):
            await self._until_delivered((len(self.published) - window + 1) * len(self.subscribers))
            await self._publish(publish)
        await self._until_delivered(self.expected)

    async def steadily(self, publish: Publish, rate: float, seconds: float) -> None:
        """So many events a second."""
        started = time.perf_counter()
        for number in range(max(1, round(rate * seconds))):
            await asyncio.sleep(max(0.0, started + number / rate - time.perf_counter()))
            await self._publish(publish)
        await self._until_delivered(self.expected)

    async def _publish(self, publish: Publish) -> None:
        self.published.append(time.perf_counter())
        await publish(len(self.published))

    async def _until_delivered(self, count: int) -> None:
        """Gives up when nothing has come for a while: what is missing is reported, not waited for."""
        while self.delivered < count:
            self.check()
            self.progress.clear()
            try:
                await asyncio.wait_for(self.progress.wait(), PATIENCE_SECONDS)
            except TimeoutError:
                return


class Subscriber(asyncio.Protocol):
    """One graphql-transport-ws client."""

    def __init__(self, crowd: Crowd, parameters: Mapping[str, object]) -> None:
        self.crowd, self.parameters = crowd, parameters
        self.buffer = bytearray()
        self.upgraded = False
        self.received = 0
        self.closing = False
        self.subscribed: asyncio.Future[None] = asyncio.get_running_loop().create_future()

    def connection_made(self, transport: asyncio.BaseTransport) -> None:
        self.transport = cast(asyncio.Transport, transport)  # uvloop's are not subclasses
        url = urlsplit(self.crowd.target.url)
        lines = {
            "Host": url.netloc,
            "Upgrade": "websocket",
            "Connection": "Upgrade",
            "Sec-WebSocket-Key": base64.b64encode(os.urandom(16)).decode(),
            "Sec-WebSocket-Version": "13",
            "Sec-WebSocket-Protocol": "graphql-transport-ws",
        }
        head = "".join(f"{name}: {value}\r\n" for name, value in lines.items())
        self.transport.write(f"GET {url.path or '/'} HTTP/1.1\r\n{head}\r\n".encode())

    def data_received(self, data: bytes) -> None:
        self.buffer += data
        if not self.upgraded:
            head, found, rest = bytes(self.buffer).partition(b"\r\n\r\n")
            if not found:
                return
            if b" 101 " not in head.split(b"\r\n")[0]:
                self.fail(head.decode(errors="replace"))
                return
            self.upgraded, self.buffer = True, bytearray(rest)
            self.send({"type": "connection_init", "payload": dict(self.parameters)})
        now = time.perf_counter()
        for kind, payload in taken_frames(self.buffer):
            self.on_frame(kind, payload, now)

    def on_frame(self, kind: int, payload: bytes, now: float) -> None:
        if kind == PING:
            self.transport.write(client_frame(payload, PONG))
        elif kind == TEXT and b'"next"' in payload:
            self.on_event(payload, now)
        elif kind == TEXT:
            message = orjson.loads(payload)
            if message["type"] == "connection_ack":
                self.send({"id": "1", "type": "subscribe", "payload": {"query": self.crowd.target.subscription}})
                self.subscribed.set_result(None)
            elif message["type"] == "ping":
                self.send({"type": "pong"})
            elif message["type"] in ("error", "complete"):
                self.fail(payload.decode())

    def on_event(self, payload: bytes, now: float) -> None:
        crowd = self.crowd
        crowd.frames += 1
        if b'"errors"' in payload:
            self.fail(payload.decode())
        if self.received < len(crowd.published):  # else: an answer to subscribing, not to publishing
            crowd.latencies.append(now - crowd.published[self.received])
            self.received += 1
            crowd.delivered += 1
            crowd.progress.set()

    def send(self, message: Mapping[str, object]) -> None:
        self.transport.write(client_frame(orjson.dumps(message), TEXT))

    def fail(self, reason: str) -> None:
        self.crowd.failure = reason
        if not self.subscribed.done():
            self.subscribed.set_exception(ConnectionError(reason))

    def connection_lost(self, error: Exception | None) -> None:
        if not self.closing:
            self.crowd.lost += 1
            self.fail(f"connection lost: {error}")


def taken_frames(buffer: bytearray) -> list[tuple[int, bytes]]:
    """The complete frames (RFC 6455) at the buffer's beginning, taken out of it: opcode and payload.

    Servers do not mask, and these messages fit one frame.
    """
    frames, start = [], 0
    while len(buffer) >= start + 2:
        length, body = buffer[start + 1], start + 2
        if length >= 126:
            body += 2 if length == 126 else 8
            length = int.from_bytes(buffer[start + 2 : body])
        if len(buffer) < body + length:
            break
        frames.append((buffer[start] & 0x0F, bytes(buffer[body : body + length])))
        start = body + length
    del buffer[:start]
    return frames


def client_frame(payload: bytes, kind: int) -> bytes:
    """A client's frame must be masked; a mask of zeros saves the work."""
    size = len(payload)
    length = bytes([0x80 | size]) if size < 126 else b"\xfe" + size.to_bytes(2)
    return bytes([0x80 | kind]) + length + b"\0\0\0\0" + payload
