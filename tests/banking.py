"""Coffer beside a bank that runs: fixtures for the tests of links, synchronisations and webhooks."""

import asyncio
import json
import socket
from collections.abc import AsyncIterator, Awaitable, Callable, Iterator
from contextlib import asynccontextmanager
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Any

import pytest
import uvicorn
from starlette.applications import Starlette

from api import ids
from api.app import open_app
from domain.bank_links.syncing import synchronize
from integrations.world import World, open_redis
from runtime.jobs import queue_name
from runtime.settings import Settings
from runtime.tasks import end
from tests.api.client import Person
from tests.boundless import UNHURRIED
from tests.sandbox.running import CLIENT_ID, SECRET, RunningBank, running_bank
from workers.main import serve_queue

PATIENCE = 20.0
CHECKING: dict[str, Any] = {"type": "depository", "subtype": "checking"}

LINK = """
mutation ($token: String!, $key: String) {
  linkBank(input: {publicToken: $token, idempotencyKey: $key}) {
    bankLink { id status institution { name } accounts { id name balance { amount currency } } }
    userErrors { code path }
  }
}
"""
TRANSACTIONS = """
{ viewer { transactions(first: 100) { nodes {
    id date amount { amount currency } status description originalDescription account { id } category { name }
} } } }
"""
BALANCES = "{ viewer { accounts(includeClosed: true) { id name balance { amount } closedAt } } }"
LINKS = """
{ viewer { bankLinks { id status lastSyncedAt accounts { id closedAt }
    syncs(first: 10) { nodes { id status added modified removed problem finishedAt } } } } }
"""


@pytest.fixture
def bank(tmp_path: Path) -> Iterator[RunningBank]:
    """A bank in which nothing happens by itself."""
    with running_bank(tmp_path / "bank") as running:
        yield running


@pytest.fixture
def listener() -> Iterator[socket.socket]:
    """Where the application is reached by the bank's webhooks, once it is `served`."""
    with socket.create_server(("127.0.0.1", 0)) as made:
        yield made


@pytest.fixture
def settings(settings: Settings, bank: RunningBank, listener: socket.socket, tmp_path: Path) -> Settings:
    return replace(
        settings,
        public_url=f"http://127.0.0.1:{listener.getsockname()[1]}",
        data=tmp_path / "data",
        plaid_url=bank.url,
        plaid_client_id=CLIENT_ID,
        plaid_secret=SECRET,
        sandbox=True,
    )


@pytest.fixture
async def app(settings: Settings) -> AsyncIterator[Starlette]:
    redis = open_redis(settings.redis_url)
    await redis.delete(queue_name(settings.redis_prefix))
    await redis.aclose()
    async with open_app(settings, UNHURRIED) as app:
        yield app


@pytest.fixture
async def served(app: Starlette, listener: socket.socket) -> AsyncIterator[None]:
    """The application takes webhooks."""
    server = uvicorn.Server(uvicorn.Config(app, log_config=None, access_log=False, lifespan="off", ws="none"))
    server.install_signal_handlers = lambda: None  # type: ignore[attr-defined]
    task = asyncio.create_task(server.serve(sockets=[listener]))
    try:
        while not server.started:  # noqa: ASYNC110 (it has no event for it)
            await asyncio.sleep(0.005)
        yield
    finally:
        server.should_exit = True
        await task


@pytest.fixture
async def worker(world: World) -> AsyncIterator[None]:
    """A worker takes jobs."""
    async with working(world):
        yield


@asynccontextmanager
async def working(world: World) -> AsyncIterator[None]:
    task = asyncio.create_task(serve_queue(world))
    try:
        yield
    finally:
        await end(task)


@dataclass
class Linked:
    """A person's link and what the bank calls it."""

    person: Person
    world: World
    bank: RunningBank
    id: str
    access_token: str

    async def sync(self) -> None:
        """What the job does, whether or not a worker runs."""
        await synchronize(self.world.banking, ids.decode_as("bnk", self.id))

    async def rows(self) -> list[dict[str, Any]]:
        nodes: list[dict[str, Any]] = (await self.person.data(TRANSACTIONS))["viewer"]["transactions"]["nodes"]
        return nodes

    async def link(self) -> dict[str, Any]:
        links = (await self.person.data(LINKS))["viewer"]["bankLinks"]
        found: dict[str, Any] = next(one for one in links if one["id"] == self.id)
        return found

    async def balances(self) -> dict[str, str]:
        accounts = (await self.person.data(BALANCES))["viewer"]["accounts"]
        return {account["name"]: account["balance"]["amount"] for account in accounts}

    @property
    def item_id(self) -> str:
        return self.bank.item_id(self.access_token)

    def fault(self, kind: str, **more: Any) -> None:
        self.bank.call("/control/faults", kind=kind, item_id=self.item_id, **more)


def public_token(bank: RunningBank, *accounts: dict[str, Any]) -> str:
    """Of a new item with these accounts."""
    made = bank.call(
        "/sandbox/public_token/create",
        institution_id="ins_109508",
        initial_products=["transactions"],
        options={
            "override_username": "user_custom",
            "override_password": json.dumps({"override_accounts": list(accounts)}),
        },
    )
    token: str = made["public_token"]
    return token


def purchase(day: str, amount: float, description: str) -> dict[str, Any]:
    """A line of a custom user's account; money out is positive, as Plaid counts."""
    return {
        "date_transacted": day,
        "date_posted": day,
        "amount": amount,
        "description": description,
        "currency": "USD",
    }


async def link(person: Person, world: World, bank: RunningBank, *accounts: dict[str, Any]) -> Linked:
    """A person's new link, not yet synchronised."""
    payload = await person.change(LINK, token=public_token(bank, *accounts))
    items = bank.http.get("/control/items", params={"client_id": CLIENT_ID, "secret": SECRET}).json()["items"]
    return Linked(person, world, bank, payload["bankLink"]["id"], items[-1]["access_token"])


async def eventually(look: Callable[[], Awaitable[bool]]) -> None:
    """Wait until something has happened."""
    async with asyncio.timeout(PATIENCE):
        while not await look():  # noqa: ASYNC110 (what is looked at is elsewhere)
            await asyncio.sleep(0.01)
