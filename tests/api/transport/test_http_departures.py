"""Clients that go, or that take their time."""

import asyncio
import json

import httpx
import pytest

from api.transport.bounds import Bounds
from tests.api.transport.server import Server, eventually, serving

SOON = Bounds(unwatched_seconds=0.01)
LONG = 5 * SOON.unwatched_seconds
"""After this the server has looked for the client, which nothing tells of."""


async def post(server: Server, query: str) -> asyncio.StreamWriter:
    body = json.dumps({"query": query}).encode()
    _, writer = await asyncio.open_connection("127.0.0.1", server.port)
    writer.write(
        b"POST /graphql HTTP/1.1\r\nHost: x\r\nContent-Type: application/json\r\nContent-Length: %d\r\n\r\n" % len(body)
    )
    writer.write(body)
    await writer.drain()
    return writer


async def leave(writer: asyncio.StreamWriter) -> None:
    writer.close()
    await writer.wait_closed()


async def test_a_query_ends_when_its_client_goes() -> None:
    async with serving(SOON) as server:
        writer = await post(server, "{ never }")
        await eventually(lambda: server.state.sources_open == 1)

        await leave(writer)

        await eventually(lambda: server.state.sources_open == 0 and server.people.contexts_open == 0)
        await eventually(lambda: not server.uvicorn.server_state.tasks)


async def test_a_query_that_takes_long_is_answered_to_who_stays() -> None:
    async with serving(SOON) as server, httpx.AsyncClient() as client:
        answer = asyncio.create_task(client.post(server.url, json={"query": "{ later }"}))
        await eventually(lambda: server.state.sources_open == 1)
        await asyncio.sleep(LONG)

        server.state.tick.set()

        assert (await answer).json() == {"data": {"later": 1}}
        # The connection is as good as before.
        assert (await client.post(server.url, json={"query": "{ hello }"})).json() == {"data": {"hello": "Hello world"}}


async def test_a_mutation_is_carried_through_when_its_client_goes() -> None:
    async with serving(SOON) as server:
        writer = await post(server, "mutation { incrementLater }")
        await eventually(lambda: server.state.sources_open == 1)

        await leave(writer)
        await asyncio.sleep(LONG)
        server.state.tick.set()

        await eventually(lambda: server.state.counter == 1)


@pytest.mark.parametrize("start", [b"", b"{", b'{"query": "{ hello }"'], ids=["nothing", "a byte", "nearly all"])
async def test_a_body_that_does_not_come_is_a_408(start: bytes) -> None:
    async with serving(Bounds(body_seconds=0.05)) as server:
        reader, writer = await asyncio.open_connection("127.0.0.1", server.port)
        head = b"POST /graphql HTTP/1.1\r\nHost: x\r\nContent-Type: application/json\r\nContent-Length: 22\r\n\r\n"
        writer.write(head + start)

        answer = await reader.read()

        assert answer.startswith(b"HTTP/1.1 408 Request Timeout\r\n")
        await leave(writer)
        assert await server.is_alive()


async def test_a_body_in_pieces_is_one_body(server: Server) -> None:
    reader, writer = await asyncio.open_connection("127.0.0.1", server.port)
    body = b'{"query": "{ hello }"}'
    writer.write(
        b"POST /graphql HTTP/1.1\r\nHost: x\r\nConnection: close\r\nContent-Type: application/json\r\n"
        b"Content-Length: %d\r\n\r\n" % len(body)
    )
    for place in range(len(body)):
        writer.write(body[place : place + 1])
        await writer.drain()

    assert (await reader.read()).endswith(b'{"data":{"hello":"Hello world"}}')
    await leave(writer)
