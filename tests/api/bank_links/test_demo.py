"""The demo person: made once, through the public API, and part of being ready."""

import asyncio
from argparse import Namespace
from dataclasses import replace

import httpx
import pytest
from starlette.applications import Starlette

from api.status import status_routes
from cli import demo
from cli.main import Refusal
from integrations.world import World
from tests.api.client import Client, Person
from tests.banking import LINKS, eventually
from tests.sandbox.running import CLIENT_ID, SECRET

EMAIL, PASSWORD = "demo@coffer.example", "a long enough password"
SIGN_IN = """
mutation ($email: String!, $password: String!) {
  signIn(input: {email: $email, password: $password}) { session { accessToken } userErrors { code } }
}
"""


@pytest.fixture
def environment(monkeypatch: pytest.MonkeyPatch, world: World, served: None) -> None:
    monkeypatch.setenv("COFFER_DEMO_EMAIL", EMAIL)
    monkeypatch.setenv("COFFER_DEMO_PASSWORD", PASSWORD)
    monkeypatch.setenv("PLAID_URL", world.settings.plaid_url)
    monkeypatch.setenv("PLAID_CLIENT_ID", CLIENT_ID)
    monkeypatch.setenv("PLAID_SECRET", SECRET)


async def make_demo(world: World) -> int:
    return await asyncio.to_thread(demo.run, Namespace(url=world.settings.public_url))


async def ready_of_demo(world: World) -> str | None:
    """Why the demo person is not in place yet, as /ready says it."""
    configured = replace(world, settings=replace(world.settings, demo_email=EMAIL))
    app = Starlette(routes=status_routes(configured))
    async with httpx.AsyncClient(transport=httpx.ASGITransport(app), base_url="http://coffer.test") as http:
        reasons: dict[str, str] = (await http.get("/ready")).json()["reasons"]
    return reasons.get("demo")


async def test_the_demo_person_is_made_once(environment: None, world: World, nobody: Client, worker: None) -> None:
    assert "not linked" in (await ready_of_demo(world) or "")

    for _ in range(2):
        assert await make_demo(world) == 0

    session = (await nobody.data(SIGN_IN, email=EMAIL, password=PASSWORD))["signIn"]["session"]
    person = Person(nobody.http, session["accessToken"])
    (link,) = (await person.data(LINKS))["viewer"]["bankLinks"]
    assert len(link["accounts"]) == 2

    async def in_place() -> bool:
        return await ready_of_demo(world) is None

    await eventually(in_place)


async def test_another_password_is_said_to_be_wrong(
    environment: None, world: World, monkeypatch: pytest.MonkeyPatch
) -> None:
    await make_demo(world)
    monkeypatch.setenv("COFFER_DEMO_PASSWORD", "another password")

    with pytest.raises(Refusal, match="cannot sign in"):
        await make_demo(world)


async def test_an_absent_api_is_said_to_be_absent(environment: None, world: World) -> None:
    absent = Namespace(url="http://127.0.0.1:1")

    with pytest.raises(Refusal, match="ConnectError"):
        await asyncio.to_thread(demo.run, absent)
