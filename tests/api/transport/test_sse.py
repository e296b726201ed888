"""graphql-sse, distinct connections mode."""

import asyncio
import json
from collections.abc import AsyncIterator

import httpx
import pytest

from api.transport.bounds import Bounds
from tests.api.transport.people import ADA, BEARER
from tests.api.transport.server import Server, eventually, serving

STREAM = {"accept": "text/event-stream"}
MIXED = {"accept": "text/event-stream, application/json"}

Event = tuple[str, object]


def parse(block: str) -> Event:
    fields = dict(line.partition(":")[::2] for line in block.split("\n"))
    data = fields["data"].strip()
    return fields["event"].strip(), json.loads(data) if data else None


async def events(response: httpx.Response) -> AsyncIterator[Event]:
    waiting = ""
    async for text in response.aiter_text():
        *blocks, waiting = (waiting + text).split("\n\n")
        for block in blocks:
            if block != ":":
                yield parse(block)


async def all_events(
    client: httpx.AsyncClient, server: Server, query: str, headers: dict[str, str], **parameters: object
) -> list[Event]:
    request = client.stream("POST", server.url, json={"query": query, **parameters}, headers=headers)
    async with request as response:
        assert response.status_code == 200
        assert response.headers["content-type"] == "text/event-stream; charset=utf-8"
        return [event async for event in events(response)]


@pytest.mark.parametrize("headers", [STREAM, MIXED], ids=["stream", "mixed"])
async def test_a_subscription_is_streamed(client: httpx.AsyncClient, server: Server, headers: dict[str, str]) -> None:
    answer = await all_events(client, server, "subscription { leaves(to: 2) { double } }", headers)

    assert answer == [
        ("next", {"data": {"leaves": {"double": 2}}}),
        ("next", {"data": {"leaves": {"double": 4}}}),
        ("complete", None),
    ]


async def test_a_subscription_by_get_is_streamed(client: httpx.AsyncClient, server: Server) -> None:
    parameters = {"query": "subscription { count(to: 1) }"}

    async with client.stream("GET", server.url, params=parameters, headers=STREAM) as response:
        answer = [event async for event in events(response)]

    assert answer == [("next", {"data": {"count": 1}}), ("complete", None)]


async def test_a_query_is_streamed_to_who_accepts_nothing_else(client: httpx.AsyncClient, server: Server) -> None:
    answer = await all_events(client, server, "{ hello }", STREAM)

    assert answer == [("next", {"data": {"hello": "Hello world"}}), ("complete", None)]


async def test_a_query_is_json_to_who_accepts_that_too(client: httpx.AsyncClient, server: Server) -> None:
    response = await client.post(server.url, json={"query": "{ hello }"}, headers=MIXED)

    assert response.headers["content-type"] == "application/json; charset=utf-8"
    assert response.json() == {"data": {"hello": "Hello world"}}


async def test_a_mutation_by_get_is_refused_in_a_stream_too(client: httpx.AsyncClient, server: Server) -> None:
    response = await client.get(server.url, params={"query": "mutation { increment }"}, headers=STREAM)

    assert response.status_code == 405
    assert server.state.counter == 0


@pytest.mark.parametrize(
    "query", ["{", "{ unknown }", "subscription { count }", "query($n: Int!) { leaf(number: $n) { number } }"]
)
async def test_what_cannot_start_is_a_next_event(client: httpx.AsyncClient, server: Server, query: str) -> None:
    first, last = await all_events(client, server, query, STREAM)

    assert first[0] == "next"
    assert isinstance(first[1], dict)
    assert "data" not in first[1]
    assert first[1]["errors"][0]["extensions"] == {"code": "BAD_USER_INPUT"}
    assert last == ("complete", None)


async def test_a_bad_token_is_a_next_event(client: httpx.AsyncClient, server: Server) -> None:
    headers = {**STREAM, "authorization": "Bearer forged"}

    first, _ = await all_events(client, server, "subscription { count(to: 1) }", headers)

    error = {"message": "The token is not valid", "extensions": {"code": "UNAUTHENTICATED"}}
    assert first == ("next", {"errors": [error]})


async def test_a_malformed_request_is_a_400(client: httpx.AsyncClient, server: Server) -> None:
    headers = {**STREAM, "content-type": "application/json"}

    response = await client.post(server.url, content=b"[]", headers=headers)

    assert response.status_code == 400
    assert response.json()["errors"][0]["extensions"] == {"code": "BAD_USER_INPUT"}


async def test_a_stream_that_ends_on_an_error_says_so_last(client: httpx.AsyncClient, server: Server) -> None:
    answer = await all_events(client, server, "subscription { fallsBehind }", STREAM)

    lagging = {"message": "Resume after the last position", "extensions": {"code": "LAGGING"}}
    assert answer == [
        ("next", {"data": {"fallsBehind": 1}}),
        ("next", {"data": None, "errors": [lagging]}),
        ("complete", None),
    ]


async def test_the_token_makes_the_viewer(client: httpx.AsyncClient, server: Server) -> None:
    answer = await all_events(client, server, "{ person }", {**STREAM, "authorization": BEARER})

    assert answer[0] == ("next", {"data": {"person": str(ADA)}})


async def test_a_client_that_goes_stops_the_source(client: httpx.AsyncClient, server: Server) -> None:
    request = client.stream("POST", server.url, json={"query": "subscription { ticks }"}, headers=STREAM)
    async with request as response:
        stream = events(response)
        assert await anext(stream) == ("next", {"data": {"ticks": 1}})

    await eventually(lambda: server.state.sources_open == 0)


async def test_the_end_of_the_session_ends_the_stream(client: httpx.AsyncClient, server: Server) -> None:
    headers = {**STREAM, "authorization": BEARER}
    request = client.stream("POST", server.url, json={"query": "subscription { ticks }"}, headers=headers)
    async with request as response:
        stream = events(response)
        await anext(stream)

        server.people.ended.set()
        rest = [event async for event in stream]

    error = {"message": "The session has ended", "extensions": {"code": "UNAUTHENTICATED"}}
    assert rest == [("next", {"data": None, "errors": [error]}), ("complete", None)]
    await eventually(lambda: server.state.sources_open == 0)


async def test_a_server_that_stops_ends_the_stream_without_complete(client: httpx.AsyncClient, server: Server) -> None:
    request = client.stream("POST", server.url, json={"query": "subscription { ticks }"}, headers=STREAM)
    async with request as response:
        stream = events(response)
        await anext(stream)

        server.transports.close()

        assert [event async for event in stream] == []


async def test_silence_is_filled_with_comments() -> None:
    async with serving(Bounds(heartbeat_seconds=0.02)) as server:
        reader, writer = await asyncio.open_connection("127.0.0.1", server.port)
        writer.write(b"GET /graphql?query=subscription{ticks} HTTP/1.1\r\nHost: x\r\nAccept: text/event-stream\r\n\r\n")
        await reader.readuntil(b'{"data":{"ticks":1}}\n\n')

        assert await reader.readuntil(b":\n\n")
        assert await reader.readuntil(b":\n\n")

        writer.close()
        await writer.wait_closed()
