"""Answers that nobody reads: the connection is dropped, whatever state it is in."""

import asyncio
import json
import socket
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager

import pytest

from api.transport.bounds import Bounds
from api.transport.unread import LEAST, HttpProtocol
from tests.api.transport.server import Server, eventually, serving
from tests.api.transport.test_slow_reader import narrow_connection

LONG = 900_000
SOON, NEVER = Bounds(unread_seconds=0.1), Bounds(unread_seconds=3600)


@asynccontextmanager
async def asked(server: Server, length: int, *, closing: bool = False) -> AsyncIterator[socket.socket]:
    """A connection that has asked for an answer of so many bytes, and reads nothing."""
    body = json.dumps({"query": "query ($n: String!) { hello(name: $n) }", "variables": {"n": "x" * length}}).encode()
    head = b"POST /graphql HTTP/1.1\r\nHost: x\r\nContent-Type: application/json\r\nContent-Length: %d\r\n" % len(body)
    head += b"Connection: close\r\n" if closing else b""
    connection = narrow_connection(server)
    try:
        await asyncio.get_running_loop().sock_sendall(connection, head + b"\r\n" + body)
        yield connection
    finally:
        connection.close()


async def read(connection: socket.socket, length: int) -> None:
    while length > 0:
        length -= len(await asyncio.get_running_loop().sock_recv(connection, length))


def protocols(server: Server) -> list[HttpProtocol]:
    return [one for one in server.uvicorn.server_state.connections if isinstance(one, HttpProtocol)]


@pytest.mark.parametrize("closing", [False, True])
async def test_a_connection_whose_answer_is_not_read_is_dropped(closing: bool) -> None:
    async with serving(SOON) as server, asked(server, LONG, closing=closing):
        await eventually(lambda: bool(protocols(server)))

        await eventually(lambda: not protocols(server))

        assert await server.is_alive()


async def test_an_answer_too_short_for_a_pause_is_dropped_with_a_connection_that_closes() -> None:
    async with serving(SOON) as server, asked(server, 60_000, closing=True):
        await eventually(lambda: bool(protocols(server)))

        await eventually(lambda: not protocols(server))


async def test_a_connection_that_is_idle_with_an_unread_answer_is_dropped() -> None:
    async with serving(SOON) as server, asked(server, 60_000):
        await eventually(lambda: bool(protocols(server)) and unsent(server) > 0)
        (protocol,) = protocols(server)

        protocol.timeout_keep_alive_handler()

        await eventually(lambda: not protocols(server))


async def test_who_reads_slowly_is_waited_for() -> None:
    async with serving(NEVER) as server, asked(server, LONG) as connection:
        await eventually(lambda: unsent(server) > 0)
        (protocol,) = protocols(server)
        for _ in range(3):
            before = unsent(server)
            await read(connection, 4 * LEAST)
            await eventually(lambda before=before: unsent(server) <= before - LEAST)  # type: ignore[misc]

            protocol._look()

            assert not protocol.transport.is_closing()
        protocol._look()

        assert protocol.transport.is_closing()
        await eventually(lambda: not protocols(server))


async def test_a_connection_whose_answer_was_read_goes_on() -> None:
    async with serving(NEVER) as server, asked(server, LONG) as connection:
        await eventually(lambda: unsent(server) > 0)
        (protocol,) = protocols(server)

        await read(connection, LONG)

        await eventually(lambda: protocol._watch is None)
        assert not protocol.transport.is_closing()


def unsent(server: Server) -> int:
    return sum(one.transport.get_write_buffer_size() for one in protocols(server))
