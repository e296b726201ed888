"""How the socket is closed, with which code, and that the server lives on."""

import json

import pytest

from api.transport.bounds import Bounds
from tests.api.transport.people import BEARER
from tests.api.transport.server import Server, eventually, serving
from tests.api.transport.socket_client import SIGNED_IN, acknowledged, connected

HELLO = {"query": "{ hello }"}
DEEP = '{"type":"subscribe","id":"a","payload":{"query":"{hello}","variables":' + '{"a":' * 100_000
BOX = "query($box: Box!) { box(box: $box) }"


@pytest.mark.parametrize("subprotocols", [("graphql-ws",), (), ("mqtt",)])
async def test_any_other_subprotocol_is_4406(server: Server, subprotocols: tuple[str, ...]) -> None:
    async with connected(server, subprotocols) as client:
        assert await client.closed() == (4406, "Subprotocol not acceptable")

    assert await server.is_alive()


async def test_no_init_in_time_is_4408() -> None:
    async with serving(Bounds(init_seconds=0.1)) as server, connected(server) as client:
        assert await client.closed() == (4408, "Connection initialisation timeout")
        assert await server.is_alive()


async def test_a_second_init_is_4429(server: Server) -> None:
    async with acknowledged(server) as client:
        await client.send({"type": "connection_init"})

        assert await client.closed() == (4429, "Too many initialisation requests")

    assert await server.is_alive()


async def test_an_operation_before_the_acknowledgement_is_4401(server: Server) -> None:
    async with connected(server) as client:
        await client.subscribe("a", "mutation { increment }")

        assert await client.closed() == (4401, "Unauthorized")

    assert server.state.counter == 0
    assert await server.is_alive()


async def test_an_id_in_use_is_4409(server: Server) -> None:
    async with acknowledged(server) as client:
        await client.subscribe("a", "subscription { ticks }")
        await client.subscribe("a", "subscription { ticks }")

        assert await client.closed() == (4409, "Subscriber for a already exists")

    await eventually(lambda: server.state.sources_open == 0)
    assert await server.is_alive()


async def test_a_long_id_in_use_still_fits_the_close_frame(server: Server) -> None:
    async with acknowledged(server) as client:
        for _ in range(2):
            await client.subscribe("ä" * 1000, "subscription { ticks }")

        code, reason = await client.closed()

    assert code == 4409
    assert reason.startswith("Subscriber for äää")


@pytest.mark.parametrize("token", ["Bearer forged", "", "Basic YTpi", BEARER + "x"])
async def test_a_bad_token_is_4403(server: Server, token: str) -> None:
    async with connected(server) as client:
        await client.send({"type": "connection_init", "payload": {"Authorization": token}})

        assert await client.closed() == (4403, "Forbidden")

    assert await server.is_alive()


async def test_a_failure_of_ours_at_the_init_asks_to_come_again(server: Server) -> None:
    server.people.database_is_down = True
    async with connected(server) as client:
        await client.send({"type": "connection_init"})

        assert await client.closed() == (1013, "Try again later")


@pytest.mark.parametrize(
    "frame",
    [
        "",
        "not json",
        "[]",
        "5",
        "null",
        '"ping"',
        "{}",
        '{"type": 5}',
        '{"type": null}',
        '{"type": ["ping"]}',
        '{"type": "start", "id": "a", "payload": {"query": "{hello}"}}',
        '{"type": "next", "id": "a"}',
        '{"type": "ping", "payload": 5}',
        '{"type": "pong", "payload": []}',
        '{"type": "subscribe"}',
        json.dumps({"type": "subscribe", "payload": HELLO}),
        json.dumps({"type": "subscribe", "id": ["a"], "payload": HELLO}),
        json.dumps({"type": "subscribe", "id": {"a": 1}, "payload": HELLO}),
        json.dumps({"type": "subscribe", "id": 1, "payload": HELLO}),
        json.dumps({"type": "subscribe", "id": "", "payload": HELLO}),
        json.dumps({"type": "subscribe", "id": "a", "payload": None}),
        json.dumps({"type": "subscribe", "id": "a", "payload": [HELLO]}),
        json.dumps({"type": "subscribe", "id": "a", "payload": {"query": None}}),
        json.dumps({"type": "subscribe", "id": "a", "payload": {**HELLO, "variables": []}}),
        json.dumps({"type": "subscribe", "id": "a", "payload": {**HELLO, "operationName": 1}}),
        '{"type": "complete"}',
        '{"type": "complete", "id": ["a"]}',
        '{"type": "subscribe", "id": "\\ud800", "payload": {"query": "{hello}"}}',
        DEEP + "1" + "}" * 100_002,
        "[" * 100_000,
        json.dumps({"type": "ping", "payload": {"x": "x" * 256 * 1024}}),
        b'{"type": "ping"}',
        b"\x00\xff",
    ],
    ids=lambda frame: repr(frame[:60]),
)
async def test_a_malformed_frame_is_4400(server: Server, frame: str | bytes) -> None:
    async with acknowledged(server) as client:
        await client.send_raw(frame)

        code, reason = await client.closed()

    assert code == 4400
    assert reason
    assert await server.is_alive()


@pytest.mark.parametrize("payload", [5, [], "x", {"Authorization": 5}, {"authorization": ["Bearer ada"]}])
async def test_a_malformed_init_is_4400(server: Server, payload: object) -> None:
    async with connected(server) as client:
        await client.send({"type": "connection_init", "payload": payload})

        assert (await client.closed())[0] == 4400


async def test_the_largest_frame_is_read(server: Server) -> None:
    shell = json.dumps({"type": "ping", "payload": {"x": ""}})
    frame = json.dumps({"type": "ping", "payload": {"x": "x" * (256 * 1024 - len(shell))}})
    assert len(frame) == 256 * 1024
    async with connected(server) as client:
        await client.send_raw(frame)

        assert (await client.receive())["type"] == "pong"


async def test_deep_variables_are_an_error_and_not_a_crash(server: Server) -> None:
    # Below the JSON reader's own limit of 1,024 levels, above what Python's stack bears.
    box = '{"value":1,"inner":' * 1000 + "null" + "}" * 1000
    payload = f'{{"query":"{BOX}","variables":{{"box":{box}}}}}'
    async with acknowledged(server) as client:
        await client.send_raw(f'{{"type":"subscribe","id":"a","payload":{payload}}}')

        refusal = await client.receive()

    assert (refusal["type"], refusal["payload"][0]["extensions"]) == ("error", {"code": "BAD_USER_INPUT"})
    assert await server.is_alive()


async def test_one_operation_too_many_is_limited_and_the_others_go_on() -> None:
    async with serving(Bounds(operations_per_socket=2)) as server, acknowledged(server) as client:
        for identifier in ("a", "b"):
            await client.subscribe(identifier, "subscription { ticks }")
            await client.receive()
        await client.subscribe("c", "subscription { ticks }")

        refusal = await client.receive()

        assert (refusal["type"], refusal["id"]) == ("error", "c")
        assert refusal["payload"][0]["extensions"] == {
            "code": "LIMITED",
            "limit": "operations_per_socket",
            "value": 3,
            "maximum": 2,
        }
        assert server.state.sources_open == 2


async def test_the_end_of_the_session_is_4403(server: Server) -> None:
    async with acknowledged(server, SIGNED_IN) as client:
        await client.subscribe("a", "subscription { ticks }")
        await client.receive()

        server.people.ended.set()

        assert await client.closed() == (4403, "Forbidden")
    await eventually(lambda: server.state.sources_open == 0)


async def test_the_end_of_a_session_closes_all_its_sockets_and_no_others(server: Server) -> None:
    async with (
        acknowledged(server, SIGNED_IN) as first,
        acknowledged(server, SIGNED_IN) as second,
        acknowledged(server) as nobody,
    ):
        server.people.ended.set()

        assert await first.closed() == await second.closed() == (4403, "Forbidden")
        await nobody.subscribe("a", "{ hello }")
        assert await nobody.receive_until_complete("a") == [{"data": {"hello": "Hello world"}}]


async def test_nothing_is_kept_of_sockets_that_went(server: Server) -> None:
    sockets = server.transports.sockets
    async with acknowledged(server, SIGNED_IN), acknowledged(server, SIGNED_IN), connected(server):
        assert (len(sockets), len(sockets.sessions)) == (3, 1)

    await eventually(lambda: len(sockets) == 0)

    assert len(sockets.sessions) == len(sockets.greeting) == len(sockets.keeping) == len(sockets.closing) == 0


async def test_a_socket_without_a_session_outlives_sessions(server: Server) -> None:
    async with acknowledged(server) as client:
        server.people.ended.set()
        await client.subscribe("a", "{ hello }")

        assert await client.receive_until_complete("a") == [{"data": {"hello": "Hello world"}}]


async def test_a_server_that_stops_closes_with_1012(server: Server) -> None:
    async with acknowledged(server) as client:
        await client.subscribe("a", "subscription { ticks }")
        await client.receive()

        server.transports.close()

        assert await client.closed() == (1012, "Service restart")
    await eventually(lambda: server.state.sources_open == 0)
