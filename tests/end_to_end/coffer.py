"""A whole Coffer as a person starts it: real processes, real engines, a data folder that goes away."""

import asyncio
import contextlib
from collections.abc import AsyncIterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from tests.cluster import temporary_folder
from tests.end_to_end.bank import Bank
from tests.end_to_end.person import REGISTER, SIGN_IN, Person, anonymous, signed_in
from tests.engines.test_up import Running, running

PASSWORD = "correct horse battery staple"


@dataclass(frozen=True)
class Coffer:
    """Where it is and who runs it: what `up.json` says."""

    process: Running

    @property
    def facts(self) -> dict[str, Any]:
        return self.process.facts()

    @property
    def folder(self) -> Path:
        return self.process.folder

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


@contextlib.asynccontextmanager
async def started(**environment: str) -> AsyncIterator[Coffer]:
    """Starts everything, waits until it says that it is ready, and ends it."""
    with contextlib.ExitStack() as stack:
        folder = stack.enter_context(temporary_folder())
        up = running(folder / "data", environment)
        coffer = Coffer(await asyncio.to_thread(up.__enter__))
        try:
            yield coffer
        finally:
            await asyncio.to_thread(up.__exit__, None, None, None)
