"""What an answer may hold."""

import httpx

from api.transport.bounds import Bounds
from tests.api.transport.server import serving


async def test_errors_beyond_the_limit_are_left_out_and_said_to_be(client: httpx.AsyncClient) -> None:
    async with serving(Bounds(errors=3)) as server:
        answer = await client.post(
            server.url, json={"query": "{ a: forbidden b: forbidden c: forbidden d: forbidden }"}
        )

    errors = answer.json()["errors"]
    assert [error.get("path") for error in errors] == [["a"], ["b"], None]
    assert errors[2]["extensions"] == {"code": "LIMITED", "limit": "errors", "maximum": 3}
    assert errors[2]["message"].startswith("4 errors")


async def test_validation_ends_at_the_same_limit(client: httpx.AsyncClient) -> None:
    async with serving(Bounds(errors=3)) as server:
        answer = await client.post(server.url, json={"query": "{ a b c d e f g }"})

    assert len(answer.json()["errors"]) == 3


async def test_an_answer_that_became_too_large_is_not_sent(client: httpx.AsyncClient) -> None:
    request = {"query": "query ($name: String!) { hello(name: $name) }", "variables": {"name": "x" * 1000}}
    async with serving(Bounds(answer=500)) as server:
        answer = await client.post(server.url, json=request)

    (error,) = answer.json()["errors"]
    assert answer.json()["data"] is None
    assert (error["extensions"]["limit"], error["extensions"]["maximum"]) == ("answer", 500)
    assert len(answer.content) < 500
