"""What only a socket can do: bodies that break off, lie about their length, or come in pieces that are none."""

import asyncio
import json
import socket
from collections.abc import AsyncIterator, Iterator
from contextlib import contextmanager, suppress
from urllib.parse import urlsplit

import httpx
import pytest
import uvicorn
from starlette.applications import Starlette
from websockets import Subprotocol
from websockets.asyncio.client import connect
from websockets.exceptions import ConnectionClosed

from domain.statement_imports.upload import MOST_BYTES
from runtime.settings import Settings
from tests.api.client import Person, register
from tests.api.statement_imports.files import kept, result, start
from tests.hostile.scene import Scene
from tests.integrations.statements.documents import file_of, row

FILE = file_of(row())
PATIENCE = 20.0


class _Server(uvicorn.Server):
    @contextmanager
    def capture_signals(self) -> Iterator[None]:
        yield


@pytest.fixture
async def port(app: Starlette) -> AsyncIterator[int]:
    """The application behind a real server, as `python -m api` sets it up."""
    with socket.create_server(("127.0.0.1", 0)) as listener:
        config = uvicorn.Config(
            app,
            log_config=None,
            access_log=False,
            lifespan="off",
            ws=app.state.parts.transports.sockets.protocol,
            server_header=False,
        )
        server = _Server(config)
        task = asyncio.create_task(server.serve(sockets=[listener]))
        try:
            while not server.started:  # noqa: ASYNC110 (uvicorn has no event for it)
                await asyncio.sleep(0.005)
            yield listener.getsockname()[1]
        finally:
            app.state.parts.transports.close()
            server.should_exit = True
            await task


@pytest.fixture
async def person(http: httpx.AsyncClient) -> Person:
    return await register(http)


async def talk(port: int, *pieces: bytes, then_close: bool = False) -> bytes:
    """Send the pieces; what comes back until the server closes, or has nothing more to say."""
    reader, writer = await asyncio.open_connection("127.0.0.1", port)
    try:
        for piece in pieces:
            writer.write(piece)
            await writer.drain()
        if then_close:
            return b""
        async with asyncio.timeout(PATIENCE):
            return await reader.read(4096)
    except ConnectionResetError:
        return b""
    finally:
        writer.close()
        with suppress(OSError):
            await writer.wait_closed()


def put_head(path: str, *headers: str) -> bytes:
    lines = [f"PUT {path} HTTP/1.1", "Host: coffer.test", *headers]
    return ("\r\n".join(lines) + "\r\n\r\n").encode()


async def is_alive(port: int) -> bool:
    async with httpx.AsyncClient() as client:
        return (await client.get(f"http://127.0.0.1:{port}/health")).status_code == 200


async def test_an_upload_that_is_cut_leaves_nothing_and_the_address_good(
    port: int, person: Person, settings: Settings
) -> None:
    started = await start(person)
    path = urlsplit(started["uploadUrl"]).path

    await talk(port, put_head(path, f"Content-Length: {len(FILE)}"), FILE[:50], then_close=True)
    async with asyncio.timeout(PATIENCE):
        while kept(settings, started["id"]):  # noqa: ASYNC110 (the server clears up when it hears of it)
            await asyncio.sleep(0.01)

    assert (await result(person, started["id"]))["status"] == "AWAITING_FILE"
    async with httpx.AsyncClient() as client, asyncio.timeout(PATIENCE):
        again = await client.put(f"http://127.0.0.1:{port}{path}", content=FILE)
        while again.status_code == 409:
            # The bytes are gone a moment before the one who sent them has left.
            again = await client.put(f"http://127.0.0.1:{port}{path}", content=FILE)
    assert again.status_code == 204


async def test_a_file_over_the_limit_is_refused_while_it_is_still_coming(
    port: int, person: Person, settings: Settings
) -> None:
    started = await start(person)
    path = urlsplit(started["uploadUrl"]).path

    answer = await talk(port, put_head(path, f"Content-Length: {MOST_BYTES + 1}"), bytes(1024))

    assert answer.startswith(b"HTTP/1.1 413 ")
    assert kept(settings, started["id"]) == []
    assert await is_alive(port)


@pytest.mark.parametrize(
    "headers",
    [
        ("Content-Length: -1",),
        ("Content-Length: x",),
        ("Content-Length: 99999999999999999999999999",),
        ("Content-Length: 5", "Content-Length: 6"),
        ("Content-Length: 5", "Transfer-Encoding: chunked"),
        ("Transfer-Encoding: chunked, chunked",),
    ],
)
async def test_a_length_that_is_none_is_refused(
    headers: tuple[str, ...], port: int, person: Person, settings: Settings
) -> None:
    started = await start(person)
    path = urlsplit(started["uploadUrl"]).path

    answer = await talk(port, put_head(path, *headers), b"zz\r\nhello\r\n0\r\n\r\n")

    assert answer == b"" or answer.startswith(b"HTTP/1.1 4"), answer
    assert b"Traceback" not in answer
    assert (await result(person, started["id"]))["status"] == "AWAITING_FILE"
    assert await is_alive(port)


async def test_chunks_that_are_none_leave_nothing(port: int, person: Person, settings: Settings) -> None:
    started = await start(person)
    path = urlsplit(started["uploadUrl"]).path

    answer = await talk(port, put_head(path, "Transfer-Encoding: chunked"), b"5\r\nhello\r\n", b"zz\r\nmore\r\n")

    assert answer == b"" or answer.startswith(b"HTTP/1.1 4"), answer
    assert (await result(person, started["id"]))["status"] == "AWAITING_FILE"
    assert await is_alive(port)


@pytest.mark.parametrize(
    "head",
    [
        b"GET /graphql\r\n\r\n",
        b"POST /graphql HTTP/9.9\r\n\r\n",
        b"\x16\x03\x01\x02\x00\x01\x00\x01\xfc\x03\x03",
        b"GET /" + b"a" * 100_000 + b" HTTP/1.1\r\nHost: x\r\n\r\n",
        b"GET /graphql?query=%ff%fe HTTP/1.1\r\nHost: x\r\n\r\n",
        b"GET /uploads/%2e%2e%2f%2e%2e%2fetc%2fpasswd HTTP/1.1\r\nHost: x\r\n\r\n",
        b"GET /graphql HTTP/1.1\r\nHost: x\r\nAuthorization: Bearer \xff\xfe\r\n\r\n",
        b"POST /graphql HTTP/1.1\r\nHost: x\r\nContent-Length: 2000000\r\nContent-Type: application/json\r\n\r\n{",
        b"POST /webhooks/plaid HTTP/1.1\r\nHost: x\r\nContent-Length: 2\r\n\r\n{}",
        b"POST /webhooks/plaid HTTP/1.1\r\nHost: x\r\nContent-Length: 99000000\r\n\r\n{",
    ],
)
async def test_a_request_that_is_none_gets_a_4xx_or_silence(head: bytes, port: int, person: Person) -> None:
    answer = await talk(port, head, b"\r\n")

    assert answer == b"" or answer.startswith(b"HTTP/1.1 4"), answer
    assert b"Traceback" not in answer
    assert await is_alive(port)


async def opened(port: int, token: str) -> tuple[list[str], int]:
    """The messages that a socket with this token gets, and the code it is closed with."""
    heard: list[str] = []
    async with connect(f"ws://127.0.0.1:{port}/graphql", subprotocols=[Subprotocol("graphql-transport-ws")]) as one:
        await one.send(json.dumps({"type": "connection_init", "payload": {"Authorization": token}}))
        with suppress(ConnectionClosed):
            while True:
                heard.append(str(await one.recv()))
        return heard, one.close_code or 0


@pytest.mark.parametrize("token", ["x", "Bearer", "Bearer x", "Bearer a.b.c", "Basic x", "Bearer " + "x" * 10_000])
async def test_a_socket_with_a_bad_token_is_closed(token: str, port: int, scene: Scene, unchanged: None) -> None:
    heard, code = await opened(port, token)

    assert code in (4401, 4403)
    assert not [message for message in heard if "connection_ack" in message]
