"""RFC 6455 as clients may and may not use it: fragments, control frames, lengths, masks, the closing handshake."""

import json
from collections.abc import Sequence

import pytest

from api.transport.bounds import Bounds
from tests.api.transport.raw_socket import (
    BINARY,
    CLOSE,
    CONT,
    HEAD,
    PING,
    PONG,
    TEXT,
    frame,
    head,
    raw_connection,
    refused,
)
from tests.api.transport.server import Server, eventually, serving

QUERY = json.dumps({"type": "subscribe", "id": "a", "payload": {"query": "{ hello }"}}).encode()
ANSWER = {"id": "a", "type": "next", "payload": {"data": {"hello": "Hello world"}}}


async def test_a_message_may_come_in_fragments_with_a_ping_between(server: Server) -> None:
    async with raw_connection(server) as client:
        await client.init()

        client.send(
            frame(TEXT, QUERY[:5], fin=False),
            frame(PING, b"still there?"),
            frame(CONT, b"", fin=False),
            frame(CONT, QUERY[5:]),
        )

        assert await client.next_frame() == (PONG, b"still there?")
        assert await client.message() == ANSWER


async def test_a_frame_may_come_byte_by_byte(server: Server) -> None:
    async with raw_connection(server) as client:
        await client.init()

        for byte in frame(TEXT, QUERY):
            client.send(bytes((byte,)))
            await client.writer.drain()

        assert await client.message() == ANSWER


async def test_many_frames_may_come_at_once(server: Server) -> None:
    async with raw_connection(server) as client:
        client.send(*[frame(TEXT, b'{"type":"ping","payload":{"n":%d}}' % number) for number in range(500)])

        for number in range(500):
            assert await client.message() == {"type": "pong", "payload": {"n": number}}


async def test_what_comes_before_the_acknowledgement_may_count_on_it(server: Server) -> None:
    async with raw_connection(server) as client:
        client.send(frame(TEXT, b'{"type":"connection_init"}'), frame(TEXT, QUERY))

        assert await client.message() == {"type": "connection_ack"}
        assert await client.message() == ANSWER


@pytest.mark.parametrize(
    ("frames", "code"),
    [
        ([frame(TEXT, QUERY, is_masked=False)], 1002),
        ([frame(TEXT, QUERY, reserved=4)], 1002),
        ([frame(0x3, QUERY)], 1002),
        ([frame(0xB)], 1002),
        ([frame(CONT, QUERY)], 1002),
        ([frame(TEXT, QUERY, fin=False), frame(TEXT, QUERY)], 1002),
        ([frame(PING, b"x" * 126)], 1002),
        ([frame(PING, b"x", fin=False)], 1002),
        ([frame(CLOSE, b"x")], 1002),
        ([frame(CLOSE, (999).to_bytes(2))], 1002),
        ([frame(CLOSE, (1000).to_bytes(2) + b"\xff")], 1007),
        ([frame(TEXT, b'{"type":"ping","payload":{"x":"\xff"}}')], 1007),
        ([frame(TEXT, b'{"type":"pi', fin=False), frame(CONT, b"\xc3")], 1007),
        ([frame(BINARY, QUERY)], 4400),
        ([frame(BINARY, b"\x00", fin=False), frame(CONT, b"\xff")], 4400),
        ([frame(TEXT, b"[" * 200_000)], 4400),
        ([head(TEXT, 2**63 - 1)], 4400),
        ([head(TEXT, 256 * 1024 + 1)], 4400),
        ([frame(TEXT, b"x" * 200_000, fin=False), frame(CONT, b"x" * 100_000, fin=False)], 4400),
    ],
    ids=[
        "unmasked",
        "a reserved bit",
        "an unknown opcode",
        "an unknown control opcode",
        "a continuation of nothing",
        "a message within a message",
        "a long ping",
        "a ping in parts",
        "a close with half a code",
        "a close with a code that is none",
        "a close whose reason is no text",
        "a message that is no text",
        "a message that ends within a letter",
        "bytes",
        "bytes in parts",
        "deep JSON",
        "a frame without an end",
        "a frame too large",
        "parts too large",
    ],
)
async def test_what_is_against_the_rules_closes_the_socket(server: Server, frames: Sequence[bytes], code: int) -> None:
    async with raw_connection(server) as client:
        await client.init()
        client.send(*frames)

        assert (await client.closed())[0] == code
        assert await client.is_over()

    await eventually(lambda: len(server.transports.sockets) == 0)
    assert await server.is_alive()


async def test_what_is_still_sent_after_the_close_is_not_read(server: Server) -> None:
    async with raw_connection(server) as client:
        await client.init()
        client.send(frame(TEXT, b"nonsense"), frame(TEXT, b'{"type":"ping"}'), frame(TEXT, QUERY))

        assert (await client.closed())[0] == 4400
        client.send(frame(CLOSE, (4400).to_bytes(2)))

        assert await client.is_over()


async def test_the_client_closes_and_gets_its_own_code_back(server: Server) -> None:
    async with raw_connection(server) as client:
        await client.init()
        client.send(frame(CLOSE, (1001).to_bytes(2) + b"leaving"))

        assert await client.closed() == (1001, "leaving")
        assert await client.is_over()

    await eventually(lambda: len(server.transports.sockets) == 0)


async def test_who_does_not_answer_the_close_is_dropped() -> None:
    async with serving(Bounds(close_seconds=0.1)) as server, raw_connection(server) as client:
        await client.init()
        server.transports.close()

        assert (await client.closed())[0] == 1012
        await eventually(lambda: len(server.transports.sockets) == 0)


async def test_who_is_silent_is_asked_and_then_let_go() -> None:
    async with serving(Bounds(ping_seconds=0.1)) as server, raw_connection(server) as client:
        await client.init()

        assert await client.next_frame() == (PING, b"")
        assert await client.closed() == (1011, "keepalive ping timeout")


async def test_who_answers_is_kept() -> None:
    async with serving(Bounds(ping_seconds=0.1)) as server, raw_connection(server) as client:
        await client.init()

        for _ in range(5):
            assert await client.next_frame() == (PING, b"")
            client.send(frame(PONG))


async def test_who_asks_much_and_reads_nothing_is_closed() -> None:
    async with serving(Bounds(close_seconds=0.1)) as server, raw_connection(server) as client:
        question = frame(TEXT, json.dumps({"type": "ping", "payload": {"x": "x" * 200_000}}).encode())
        for _ in range(100):
            client.send(question)

        # The client reads nothing until here: its own buffers and the kernel's fill up.
        await eventually(lambda: len(server.transports.sockets) == 0)

        assert await server.is_alive()


@pytest.mark.parametrize(
    ("request_head", "status"),
    [
        (HEAD.replace("/graphql", "/elsewhere"), 403),
        (HEAD.replace("Version: 13", "Version: 8"), 400),
        (HEAD.replace("AAAAAAAAAAAAAAAAAAAAAA==", "short"), 400),
        (HEAD.replace("Sec-WebSocket-Key: AAAAAAAAAAAAAAAAAAAAAA==\r\n", ""), 400),
    ],
    ids=["path", "version", "key", "no key"],
)
async def test_a_bad_handshake_is_refused(server: Server, request_head: str, status: int) -> None:
    assert (await refused(server, request_head))[0] == status


async def test_the_path_may_have_a_query(server: Server) -> None:
    async with raw_connection(server, HEAD.replace("/graphql", "/graphql?client=7")) as client:
        await client.init()
