"""What is not a GraphQL request: a 4xx with a GraphQL error, in either media type, and nothing done."""

import asyncio

import httpx
import pytest

from tests.api.transport.server import Server

JSON = {"content-type": "application/json"}
MIB = 1024 * 1024


def is_refusal(response: httpx.Response, status: int) -> bool:
    answer = response.json()
    codes = [error["extensions"]["code"] for error in answer["errors"]]
    return response.status_code == status and list(answer) == ["errors"] and codes == ["BAD_USER_INPUT"]


@pytest.mark.parametrize("accept", ["application/json", "application/graphql-response+json"])
@pytest.mark.parametrize(
    "body",
    [
        b"",
        b"5",
        b"null",
        b'"{ hello }"',
        b"[]",
        b'[{"query": "{ hello }"}]',
        b"{",
        b"{}",
        b'{"query": null}',
        b'{"query": 5}',
        b'{"query": ["{ hello }"]}',
        b'{"query": "{ hello }", "variables": []}',
        b'{"query": "{ hello }", "variables": "{}"}',
        b'{"query": "{ hello }", "operationName": 5}',
        b'{"query": "{ hello }", "extensions": "x"}',
        b'{"query": "\xff\xfe"}',
        b'{"query": "\\ud800"}',
        b'{"query": NaN}',
        b"[" * 100_000,
        b'{"query": "{ hello }", "variables": ' + b'{"a":' * 100_000 + b"1" + b"}" * 100_001,
    ],
    ids=lambda body: repr(body[:44]),
)
async def test_a_malformed_body_is_a_400(client: httpx.AsyncClient, server: Server, body: bytes, accept: str) -> None:
    response = await client.post(server.url, content=body, headers={**JSON, "accept": accept})

    assert is_refusal(response, 400)


@pytest.mark.parametrize(
    "content_type",
    [
        "",
        "text/plain",
        "application/x-www-form-urlencoded",
        "multipart/form-data; boundary=x",
        "application/graphql",
        "application/json; charset=utf-16",
    ],
)
async def test_other_content_types_are_a_415(client: httpx.AsyncClient, server: Server, content_type: str) -> None:
    headers = {"content-type": content_type}

    response = await client.post(server.url, content=b'{"query": "mutation { increment }"}', headers=headers)

    assert is_refusal(response, 415)
    assert server.state.counter == 0


async def test_a_length_that_is_no_number_of_bytes_is_refused(server: Server) -> None:
    reader, writer = await asyncio.open_connection("127.0.0.1", server.port)
    writer.write(b"POST /graphql HTTP/1.1\r\nHost: x\r\nContent-Type: application/json\r\nContent-Length: ")

    writer.write(b"9" * 5000 + b"\r\n\r\n")

    assert (await reader.readline()).split()[1] in {b"400", b"413"}
    writer.close()
    await writer.wait_closed()
    assert await server.is_alive()


async def test_a_compressed_body_is_a_415(client: httpx.AsyncClient, server: Server) -> None:
    response = await client.post(server.url, content=b"\x1f\x8b", headers={**JSON, "content-encoding": "gzip"})

    assert is_refusal(response, 415)


async def test_a_body_over_a_mebibyte_is_a_413(client: httpx.AsyncClient, server: Server) -> None:
    response = await client.post(server.url, content=b" " * (MIB + 1), headers=JSON)

    assert is_refusal(response, 413)
    assert await server.is_alive()


async def test_an_undeclared_body_over_a_mebibyte_is_a_413(client: httpx.AsyncClient, server: Server) -> None:
    async def chunks() -> object:
        for _ in range(20):
            yield b" " * (MIB // 10)

    response = await client.post(server.url, content=chunks(), headers=JSON)  # type: ignore[arg-type]

    assert is_refusal(response, 413)
    assert await server.is_alive()


async def test_a_body_of_a_mebibyte_is_read(client: httpx.AsyncClient, server: Server) -> None:
    body = b'{"query": "{ hello }"}'

    response = await client.post(server.url, content=body + b" " * (MIB - len(body)), headers=JSON)

    assert response.json() == {"data": {"hello": "Hello world"}}


async def test_a_client_that_goes_before_its_body_harms_nobody(server: Server) -> None:
    _, writer = await asyncio.open_connection("127.0.0.1", server.port)
    writer.write(b"POST /graphql HTTP/1.1\r\nHost: x\r\nContent-Type: application/json\r\nContent-Length: 9\r\n\r\n{")
    await writer.drain()

    writer.close()
    await writer.wait_closed()

    assert await server.is_alive()


@pytest.mark.parametrize("method", ["PUT", "DELETE", "PATCH", "HEAD", "OPTIONS"])
async def test_other_methods_are_a_405(client: httpx.AsyncClient, server: Server, method: str) -> None:
    response = await client.request(method, server.url)

    assert response.status_code == 405
    assert response.headers["allow"] == "GET, POST"


async def test_an_accept_header_that_we_cannot_meet_is_a_406(client: httpx.AsyncClient, server: Server) -> None:
    response = await client.post(server.url, json={"query": "{ hello }"}, headers={"accept": "image/png"})

    assert is_refusal(response, 406)


@pytest.mark.parametrize(
    "query_string",
    [
        "",
        "query=%ff",
        "query={hello}&query={person}",
        "query={hello}&variables=[]",
        "query={hello}&variables={",
        "query={hello}&extensions=5",
        "query={hello}" + "&a=1" * 60,
    ],
)
async def test_a_malformed_query_string_is_a_400(client: httpx.AsyncClient, server: Server, query_string: str) -> None:
    response = await client.get(f"{server.url}?{query_string}")

    assert is_refusal(response, 400)
