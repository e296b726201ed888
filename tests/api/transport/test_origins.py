"""Pages of other origins: sockets and answers only for those that are named, and never with credentials."""

import httpx
import pytest

from api.transport.front import Front
from api.transport.origins import Origins, origins
from tests.api.transport.people import BEARER
from tests.api.transport.raw_socket import HEAD, raw_connection, refused
from tests.api.transport.server import Server, serving

NAMED = "https://app.example.com"
FRONT = Front(Origins([NAMED], "https://coffer.example"), own="https://coffer.example")


def opening(*lines: str) -> str:
    return HEAD.replace("\r\n\r\n", "\r\n" + "".join(f"{line}\r\n" for line in lines) + "\r\n")


@pytest.mark.parametrize(
    "origin", ["https://evil.example", "null", "http://app.example.com", "https://coffer.example.evil"]
)
async def test_a_socket_of_another_origin_is_refused(origin: str) -> None:
    async with serving(front=FRONT) as server:
        status, answer = await refused(server, opening(f"Origin: {origin}"))

    assert status == 403
    assert b"Upgrade: websocket" not in answer


@pytest.mark.parametrize("origin", [NAMED, "HTTPS://app.example.com", "https://coffer.example", "http://x"])
async def test_a_socket_of_a_named_origin_or_of_its_own_is_opened(origin: str) -> None:
    async with serving(front=FRONT) as server, raw_connection(server, opening(f"Origin: {origin}")) as socket:
        await socket.init()


async def test_a_program_that_is_no_browser_says_no_origin(server: Server) -> None:
    async with raw_connection(server) as socket:
        await socket.init()


async def test_by_default_no_answer_is_for_other_origins(server: Server, client: httpx.AsyncClient) -> None:
    asked = await client.options(server.url, headers={"Origin": NAMED, "Access-Control-Request-Method": "POST"})
    answer = await client.post(server.url, json={"query": "{ hello }"}, headers={"Origin": NAMED})

    assert asked.status_code == 405
    assert not [name for name in (*asked.headers, *answer.headers) if name.startswith("access-control")]


async def test_a_named_origin_is_answered_beforehand(client: httpx.AsyncClient) -> None:
    async with serving(front=FRONT) as server:
        asked = await client.options(server.url, headers={"Origin": NAMED, "Access-Control-Request-Method": "POST"})

    assert asked.status_code == 204
    assert asked.headers["access-control-allow-origin"] == NAMED
    assert "Authorization" in asked.headers["access-control-allow-headers"]
    assert "access-control-allow-credentials" not in asked.headers
    assert asked.headers["vary"] == "Origin"


async def test_a_named_origin_may_read_answers(client: httpx.AsyncClient) -> None:
    headers = {"Origin": NAMED, "Authorization": BEARER}
    async with serving(front=FRONT) as server:
        answer = await client.post(server.url, json={"query": "{ person }"}, headers=headers)

    assert answer.headers["access-control-allow-origin"] == NAMED
    assert "access-control-allow-credentials" not in answer.headers
    assert answer.json()["data"]["person"] is not None


async def test_others_may_not(client: httpx.AsyncClient) -> None:
    async with serving(front=FRONT) as server:
        answer = await client.post(server.url, json={"query": "{ hello }"}, headers={"Origin": "https://evil.example"})

    assert "access-control-allow-origin" not in answer.headers
    assert answer.headers["vary"] == "Origin"


@pytest.mark.parametrize("text", ["example.com", "https://example.com/path", "*", "https://"])
def test_what_is_no_origin_is_refused(text: str) -> None:
    with pytest.raises(ValueError, match="no origin"):
        origins(text)
