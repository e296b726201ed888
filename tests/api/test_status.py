"""`/counters` is for whoever sits at the machine."""

import httpx
import pytest
from starlette.applications import Starlette

from api.status import status_routes
from integrations.world import World
from runtime import counters


async def asked(world: World, host: str, **headers: str) -> httpx.Response:
    app = Starlette(routes=status_routes(world))
    transport = httpx.ASGITransport(app, client=(host, 40_000))
    async with httpx.AsyncClient(transport=transport, base_url="http://coffer.test") as http:
        return await http.get("/counters", headers=headers)


@pytest.mark.parametrize("host", ["127.0.0.1", "::1"])
async def test_counters_are_shown_on_the_machine_itself(world: World, host: str) -> None:
    counters.count("tests.asked")

    answer = await asked(world, host)

    assert answer.status_code == 200
    assert answer.json()["counters"]["tests.asked"] >= 1


@pytest.mark.parametrize("host", ["203.0.113.9", "10.0.0.7", "testclient", ""])
async def test_nobody_else_learns_that_there_are_any(world: World, host: str) -> None:
    answer = await asked(world, host)

    assert (answer.status_code, answer.text) == (404, "Not Found")


@pytest.mark.parametrize("name", ["Forwarded", "Via", "X-Forwarded-For", "X-Real-IP"])
async def test_a_proxy_on_the_machine_does_not_pass_them_on(world: World, name: str) -> None:
    answer = await asked(world, "127.0.0.1", **{name: "203.0.113.9"})

    assert answer.status_code == 404
