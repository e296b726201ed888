"""What the head of each answer says, and what no request's head can make of it."""

import asyncio

import httpx
import pytest

from api.transport.bounds import Bounds
from api.transport.front import Front
from tests.api.transport.people import BEARER
from tests.api.transport.server import Server, serving

SECURE = {"x-content-type-options": "nosniff", "referrer-policy": "no-referrer", "cache-control": "no-store"}
REQUESTS = [
    ("POST", "", {"query": "{ hello }"}, {}),
    ("POST", "", {"query": "{ broken }"}, {}),
    ("POST", "", {"query": "{"}, {}),
    ("POST", "", {"query": "subscription { count(to: 1) }"}, {"accept": "text/event-stream"}),
    ("PUT", "", None, {}),
    ("GET", "?query={hello}", None, {}),
    ("GET", "", None, {"accept": "text/html"}),
    ("GET", "/nothing", None, {}),
]


@pytest.mark.parametrize(("method", "path", "body", "headers"), REQUESTS)
async def test_every_answer_is_kept_by_nobody_and_sniffed_by_nobody(
    server: Server, client: httpx.AsyncClient, method: str, path: str, body: object, headers: dict[str, str]
) -> None:
    answer = await client.request(method, server.url + path, json=body, headers=headers)

    assert {name: answer.headers[name] for name in SECURE} == SECURE
    assert "set-cookie" not in answer.headers
    assert "strict-transport-security" not in answer.headers


@pytest.mark.parametrize("path", ["", "?query={hello}", "/nothing"])
async def test_behind_https_browsers_are_told_to_stay_there(client: httpx.AsyncClient, path: str) -> None:
    async with serving(front=Front(own="https://coffer.example")) as server:
        answer = await client.get(server.url + path, headers={"accept": "text/html" if not path else "*/*"})

    assert answer.headers["strict-transport-security"] == "max-age=31536000; includeSubDomains"


async def test_a_page_may_be_framed_by_nobody(server: Server, client: httpx.AsyncClient) -> None:
    page = await client.get(server.url, headers={"accept": "text/html"})
    missing = await client.get(server.url + "/nothing")

    assert all("frame-ancestors 'none'" in one.headers["content-security-policy"] for one in (page, missing))


async def test_a_cookie_is_nobodys_credentials(server: Server, client: httpx.AsyncClient) -> None:
    headers = {"cookie": f"authorization={BEARER}; token=ada; session=ada"}

    answer = await client.post(server.url, json={"query": "{ person }"}, headers=headers)

    assert answer.json() == {"data": {"person": None}}


@pytest.mark.parametrize(
    "content_type", ["application/x-www-form-urlencoded", "multipart/form-data; boundary=x", "text/plain"]
)
async def test_what_a_form_can_send_is_refused(server: Server, client: httpx.AsyncClient, content_type: str) -> None:
    body = b'{"query": "mutation { increment }"}'

    answer = await client.post(server.url, content=body, headers={"content-type": content_type})

    assert answer.status_code == 415
    assert server.state.counter == 0


async def test_an_internal_error_is_found_by_the_id_of_its_request(
    server: Server, client: httpx.AsyncClient, caplog: pytest.LogCaptureFixture
) -> None:
    answer = await client.post(server.url, json={"query": "{ broken }"})

    identifier = answer.headers["x-request-id"]
    assert answer.json()["errors"][0]["extensions"] == {"code": "INTERNAL", "correlationId": identifier}
    assert [getattr(record, "correlation_id", None) for record in caplog.records] == [identifier]


async def test_each_request_has_an_id_of_its_own(server: Server, client: httpx.AsyncClient) -> None:
    headers = {"x-request-id": "chosen by the client"}

    answers = [await client.post(server.url, json={"query": "{ hello }"}, headers=headers) for _ in range(3)]

    assert len({one.headers["x-request-id"] for one in answers} - {"chosen by the client"}) == 3


@pytest.mark.parametrize("sent", [b"", b"POST /graphql HTTP/1.1\r\nHost: x\r\nX-Slow: "])
async def test_a_head_that_does_not_come_is_not_waited_for(sent: bytes) -> None:
    async with serving(Bounds(head_seconds=0.1)) as server:
        reader, writer = await asyncio.open_connection("127.0.0.1", server.port)
        writer.write(sent)

        assert await gone(reader)
        writer.close()


async def test_a_second_head_is_not_waited_for_either() -> None:
    async with serving(Bounds(head_seconds=0.1)) as server:
        reader, writer = await asyncio.open_connection("127.0.0.1", server.port)
        writer.write(b"GET /graphql?query={hello} HTTP/1.1\r\nHost: x\r\n\r\n")
        await reader.readuntil(b"world")
        writer.write(b"GET /graph")

        assert await gone(reader)
        writer.close()


async def test_a_head_without_an_end_is_not_read_to_its_end() -> None:
    async with serving(Bounds(head=10_000)) as server:
        reader, writer = await asyncio.open_connection("127.0.0.1", server.port)
        writer.write(b"GET /graphql HTTP/1.1\r\nHost: x\r\n" + b"X-Long: y\r\n" * 2_000)

        assert await gone(reader)
        writer.close()
        assert await server.is_alive()


async def gone(reader: asyncio.StreamReader) -> bool:
    """The test's own time limit is the limit."""
    try:
        return await reader.read() is not None
    except ConnectionError:
        return True
