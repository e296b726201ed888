"""A whole Coffer as a person starts it: real processes, real engines, a data folder that goes away."""

import asyncio
import contextlib
import json
import os
import signal
import sys
from collections.abc import AsyncIterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import httpx

from engines.processes import free_port
from tests.cluster import temporary_folder
from tests.end_to_end.bank import Bank
from tests.end_to_end.patience import until
from tests.end_to_end.person import REGISTER, SIGN_IN, Person, anonymous, signed_in
from tests.engines.processes import ROOT
from tests.engines.test_up import GIVEN

PASSWORD = "correct horse battery staple"
START_SECONDS = 90
END_SECONDS = 30


@dataclass(frozen=True)
class Coffer:
    """Where it is and who runs it: what `up.json` says."""

    folder: Path
    port: int
    log: Path

    @property
    def facts(self) -> dict[str, Any]:
        found: dict[str, Any] = json.loads((self.folder / "up.json").read_text())
        return found

    def bank(self) -> Bank:
        """The sandbox bank beside it."""
        facts = self.facts
        return Bank(facts["sandbox"], facts["sandbox_client_id"], facts["sandbox_secret"])

    @contextlib.asynccontextmanager
    async def person(self, name: str, **given: Any) -> AsyncIterator[Person]:
        """Somebody new, registered and signed in, with a household of their own; `given` completes the input."""
        values = {"email": f"{name.lower()}@example.com", "password": PASSWORD, "displayName": name, **given}
        async with self._entering(REGISTER, values) as person:
            yield person

    @contextlib.asynccontextmanager
    async def demo_person(self) -> AsyncIterator[Person]:
        """The person that the sandbox mode brings with it."""
        async with self._entering(SIGN_IN, self.facts["demo"]) as person:
            yield person

    @contextlib.asynccontextmanager
    async def _entering(self, document: str, values: dict[str, Any]) -> AsyncIterator[Person]:
        facts = self.facts
        async with anonymous(facts["graphql"]) as nobody:
            payload = (await nobody.change(document, input=values))["session"]
        async with signed_in(facts["graphql"], facts["websocket"], payload["accessToken"]) as person:
            yield person

    async def ready(self) -> bool:
        try:
            async with httpx.AsyncClient(trust_env=False) as http:
                return (await http.get(f"http://127.0.0.1:{self.port}/ready")).status_code == 200
        except httpx.HTTPError:
            return False


@contextlib.asynccontextmanager
async def started(**environment: str) -> AsyncIterator[Coffer]:
    """Starts everything, waits until it says that it is ready, and ends it. A failure shows what it said last."""
    given = {name: value for name, value in os.environ.items() if name not in GIVEN}
    with temporary_folder() as folder:
        coffer = Coffer(folder / "data", free_port(), folder / "up.log")
        command = [sys.executable, "-m", "cli.main", "up", "--port", str(coffer.port), "--data", str(coffer.folder)]
        with coffer.log.open("wb") as output:
            process = await asyncio.create_subprocess_exec(
                *command, cwd=ROOT, env={**given, **environment}, stdout=output, stderr=output
            )
        try:
            await until(coffer.ready, "it is ready", START_SECONDS)
            yield coffer
        except BaseException:
            print(coffer.log.read_text()[-4000:])
            raise
        finally:
            process.send_signal(signal.SIGTERM)
            async with asyncio.timeout(END_SECONDS):
                await process.wait()
