"""Readers that do not read: memory stays, the source is closed, and who comes back is told."""

import asyncio
import json
import socket
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager

from api.transport.bounds import Bounds
from tests.api.transport.server import Server, eventually, serving
from tests.api.transport.socket_client import Client, connected

FLOOD = "subscription { flood(size: 10000) }"
LAGGING = {
    "message": "The connection is too slow for this stream: resume after the last position",
    "extensions": {"code": "LAGGING"},
}


def narrow_connection(server: Server) -> socket.socket:
    """A connection whose kernel buffer holds a few kilobytes."""
    connection = socket.socket(socket.AF_INET, socket.SOCK_STREAM)
    connection.setsockopt(socket.SOL_SOCKET, socket.SO_RCVBUF, 4096)
    connection.connect(("127.0.0.1", server.port))
    connection.setblocking(False)
    return connection


@asynccontextmanager
async def narrow_socket(server: Server) -> AsyncIterator[Client]:
    async with connected(server, connection=narrow_connection(server)) as client:
        await client.init()
        yield client


async def test_a_stream_that_nobody_reads_is_not_produced() -> None:
    async with serving(Bounds(send_seconds=0.2)) as server, narrow_socket(server) as client:
        await client.subscribe("a", FLOOD)
        await eventually(lambda: server.state.produced > 0)

        await eventually(lambda: server.state.sources_open == 0)

        # Buffers on the way hold about 200 kB, so some 20 of these messages; without backpressure it were thousands.
        assert server.state.produced < 100
        assert await server.is_alive()


async def test_a_reader_that_comes_back_is_told_lagging_and_goes_on() -> None:
    async with serving(Bounds(send_seconds=2)) as server, narrow_socket(server) as client:
        await client.subscribe("a", FLOOD)
        await eventually(lambda: server.state.produced > 0)
        await eventually(lambda: server.state.sources_open == 0)

        *events, last = await client.receive_until_complete("a")
        await client.subscribe("b", "{ hello }")

        assert {len(event["data"]["flood"]) for event in events} == {10_000}
        assert last == {"data": None, "errors": [LAGGING]}
        assert await client.receive_until_complete("b") == [{"data": {"hello": "Hello world"}}]


async def test_a_reader_that_stays_away_is_let_go() -> None:
    async with serving(Bounds(send_seconds=0.1, close_seconds=0.1)) as server, narrow_socket(server) as client:
        await client.subscribe("a", FLOOD)
        await eventually(lambda: server.state.produced > 0)

        await eventually(lambda: len(server.transports.sockets) == 0)

        assert server.state.sources_open == 0
        assert await server.is_alive()


async def test_the_end_of_a_session_does_not_wait_for_a_reader() -> None:
    bounds = Bounds(send_seconds=60, close_seconds=0.1)
    async with (
        serving(bounds) as server,
        connected(server, connection=narrow_connection(server)) as client,
    ):
        await client.init({"Authorization": "Bearer ada"})
        await client.subscribe("a", FLOOD)
        await eventually(lambda: server.state.produced > 0)

        server.people.ended.set()

        await eventually(lambda: len(server.transports.sockets) == 0)
        assert server.state.sources_open == 0


async def test_an_event_stream_that_comes_back_is_told_lagging() -> None:
    async with serving(Bounds(send_seconds=2)) as server:
        reader, writer = await asyncio.open_connection(sock=narrow_connection(server), limit=1)
        body = json.dumps({"query": FLOOD}).encode()
        writer.write(
            b"POST /graphql HTTP/1.1\r\nHost: x\r\nConnection: close\r\nAccept: text/event-stream\r\n"
            b"Content-Type: application/json\r\nContent-Length: %d\r\n\r\n" % len(body) + body
        )
        await eventually(lambda: server.state.produced > 0)
        await eventually(lambda: server.state.sources_open == 0)

        text = (await reader.read()).decode()

        assert server.state.produced < 100
        ending = "event: next\ndata: " + json.dumps({"data": None, "errors": [LAGGING]}, separators=(",", ":"))
        assert f"{ending}\n\nevent: complete\ndata:\n\n" in text
        writer.close()
        await writer.wait_closed()
