"""One of two API processes is told to end, under load: nobody notices but the streams, which come back at once."""

import asyncio
import json
import os
import signal
import subprocess
import sys
from collections.abc import AsyncIterator, Iterator
from contextlib import ExitStack, asynccontextmanager, contextmanager, suppress
from dataclasses import dataclass, field, replace
from pathlib import Path
from typing import Any

import httpx
import pytest
from websockets import Subprotocol
from websockets.asyncio.client import ClientConnection, connect
from websockets.exceptions import ConnectionClosed

from engines.processes import free_port, spawn, stop
from runtime.settings import Settings
from tests.api.books import CREATE_TRANSACTION, open_account
from tests.api.client import Person, register
from tests.api.conftest import settings
from tests.api.live.conftest import relaying
from tests.cluster import DatabaseUrls
from tests.end_to_end.balancer import balancing

__all__ = ["settings"]

ROOT = Path(__file__).parents[2]
READERS, STREAMS = 8, 8
SEQUENCE = "{ viewer { sequence } }"
ACCOUNTS = "{ viewer { user { email } accounts { id name } } }"
CHANGES = "subscription ($after: String!) { changes(after: $after) { sequence kind id } }"


@contextmanager
def api(settings: Settings, urls: DatabaseUrls, port: int) -> Iterator["subprocess.Popen[bytes]"]:
    environment = {
        **os.environ,
        "DATABASE_URL": urls.app,
        "DATABASE_SYSTEM_URL": urls.system,
        "REDIS_URL": settings.redis_url,
        "COFFER_REDIS_PREFIX": settings.redis_prefix,
        "COFFER_DATA": str(settings.data),
        "COFFER_KEYS_FILE": str(settings.keys_file),
        "COFFER_LIMIT_OBJECTS_PER_MINUTE": "1000000000",
        "COFFER_LIMIT_MUTATIONS_PER_MINUTE": "1000000000",
    }
    with (settings.data / f"api-{port}.log").open("wb") as output:
        child = spawn([sys.executable, "-m", "api", "--port", str(port)], env=environment, cwd=ROOT, output=output)
    try:
        yield child
    finally:
        stop(child, seconds=10)


@dataclass
class Follower:
    """Follows a household's changes, comes back whenever it is sent away, and keeps what it heard."""

    url: str
    person: Person
    after: str
    heard: list[str] = field(default_factory=list)
    codes: list[int] = field(default_factory=list)

    async def follow(self) -> None:
        """Without an end."""
        while True:
            async with connect(self.url, subprotocols=[Subprotocol("graphql-transport-ws")], proxy=None) as socket:
                with suppress(ConnectionClosed):
                    await self._listen(socket)
            self.codes.append(socket.close_code or 0)

    async def _listen(self, socket: ClientConnection) -> None:
        headers = {"Authorization": f"Bearer {self.person.access_token}"}
        await socket.send(json.dumps({"type": "connection_init", "payload": headers}))
        await socket.recv()
        payload = {"query": CHANGES, "variables": {"after": self.after}}
        await socket.send(json.dumps({"type": "subscribe", "id": "1", "payload": payload}))
        while True:
            message = json.loads(await socket.recv())
            change = message["payload"]["data"]["changes"]
            self.after = change["sequence"]
            if change["kind"] == "CREATED" and change["id"].startswith("txn_"):
                self.heard.append(change["id"])


@dataclass
class Load:
    person: Person
    account: str
    booked: list[str] = field(default_factory=list)
    failures: list[str] = field(default_factory=list)
    answers: int = 0

    async def read(self) -> None:
        """Without an end."""
        async with httpx.AsyncClient(base_url=self.person.http.base_url) as http:
            one = replace(self.person, http=http)
            while True:
                await self._asked(one, ACCOUNTS)

    async def change(self) -> None:
        values = {"accountId": self.account, "date": "2026-03-10", "amount": "-1", "description": "Corner shop"}
        while True:
            made = await self._asked(self.person, CREATE_TRANSACTION, input=values)
            if made is not None:
                self.booked.append(made["createTransaction"]["transaction"]["id"])

    async def _asked(self, person: Person, document: str, **variables: Any) -> Any:
        try:
            data = await person.data(document, **variables)
        except Exception as error:  # every kind of failure is what the test looks for
            self.failures.append(f"{type(error).__name__}: {error}")
            await asyncio.sleep(0.01)
            return None
        self.answers += 1
        return data


@asynccontextmanager
async def doing(*works: Any) -> AsyncIterator[None]:
    tasks = [asyncio.create_task(work) for work in works]
    try:
        yield
    finally:
        for task in tasks:
            task.cancel()
        await asyncio.gather(*tasks, return_exceptions=True)


async def until(condition: Any) -> None:
    """The test's own time limit is the limit."""
    while not condition():  # noqa: ASYNC110 (the conditions are plain state)
        await asyncio.sleep(0.01)


@pytest.mark.timeout(180)
async def test_nobody_notices_that_a_process_ends(settings: Settings, database_urls: DatabaseUrls) -> None:
    ports = [free_port(), free_port()]
    with ExitStack() as stack:
        first, _second = [stack.enter_context(api(settings, database_urls, port)) for port in ports]
        async with (
            relaying(settings),
            balancing(ports) as (balancer, port),
            httpx.AsyncClient(base_url=f"http://127.0.0.1:{port}") as http,
        ):
            person = await register(http)
            account = await open_account(person)
            after = (await person.data(SEQUENCE))["viewer"]["sequence"]
            load = Load(person, account)
            followers = [Follower(f"ws://127.0.0.1:{port}/graphql", person, after) for _ in range(STREAMS)]
            works = [*[load.read() for _ in range(READERS)], load.change()]

            async with doing(*[one.follow() for one in followers]):
                async with doing(*works):
                    await until(lambda: all(len(one.heard) > 5 for one in followers))
                    assert balancer.connections[ports[0]] > STREAMS // 2
                    first.send_signal(signal.SIGTERM)
                    await asyncio.to_thread(first.wait, 30)
                    ended_at = load.answers
                    await until(lambda: load.answers > ended_at + 100)
                await until(lambda: all(len(one.heard) >= len(load.booked) for one in followers))

            assert load.failures == []
            assert first.returncode in (0, -signal.SIGTERM)
            assert {code for one in followers for code in one.codes} == {1012}
            assert all(one.heard == load.booked for one in followers)
