"""What schemathesis makes of the published schema, sent to a running server: no server error, no time-out.

scripts/check schemathesis [--examples 200] [--seed S]
"""

import argparse
import asyncio
import logging
import secrets
import sys
from collections import Counter
from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any

import httpx
import hypothesis
import requests
import schemathesis
from hypothesis import strategies
from schemathesis.graphql import nodes

from api.app import open_app
from integrations.world import World
from tests.api.apps.tokens import token_of
from tests.api.client import Client, Person, http_client
from tests.api.live.conftest import serving
from tests.boundless import UNHURRIED
from tests.cluster import DatabaseUrls, Engines, own_database, temporary_folder
from tests.executor.stage import settings_of
from tests.hostile.crawler.household import full_household

REQUEST_SECONDS = 10
INTEGRATOR = (
    "accounts:read",
    "transactions:read",
    "transactions:write",
    "budgets:read",
    "budgets:write",
    "changes:read",
)
"""A few of the scopes."""
SCALARS: Mapping[str, tuple[str, ...]] = {
    "CurrencyCode": ("USD", "EUR", "JPY", "BHD"),
    "Date": ("2026-01-15", "2024-02-29", "1900-01-01", "2999-12-31"),
    "DateTime": ("2026-11-20T12:00:00Z", "2027-01-01T00:00:00+14:00"),
    "Decimal": ("0", "-0.01", "12.50", "999999999999.99"),
    "Month": ("2026-01", "1900-12", "2999-12"),
    "URL": ("https://example.com/", "http://127.0.0.1:1/x"),
}
"""Good values; as many are any text."""
ANSWERS = "nothing but data", "errors", "userErrors", "findings"


@dataclass
class Round:
    """`answers` counts them by what they were."""

    answers: Counter[str] = field(default_factory=Counter)
    findings: list[str] = field(default_factory=list)


@dataclass
class Cast:
    """Who sends. Some examples end a session, or a whole account: then there is somebody new."""

    http: httpx.AsyncClient
    world: World
    urls: DatabaseUrls
    ids: list[str] = field(default_factory=list)
    """Of the person's own household, for a half of the examples."""
    _person: Person | None = None
    _integrator: Person | None = None

    async def person(self) -> Person:
        if self._person is None or not await _is_signed_in(self._person):
            full = await full_household(self.http, self.world, self.urls, "Example")
            self.ids[:] = [id for some in full.ids.values() for id in some]
            self._person, self._integrator = full.person, None
        return self._person

    async def integrator(self) -> Client:
        person = await self.person()
        if self._integrator is None or not await _is_signed_in(self._integrator):
            self._integrator = await token_of(person, *INTEGRATOR)
        return self._integrator

    async def nobody(self) -> Client:
        return Client(self.http)


async def _is_signed_in(client: Client) -> bool:
    return "errors" not in await client.send("{ viewer { sequence } }")


def _declare_scalars(ids: Sequence[str]) -> None:
    texts = strategies.text(max_size=40).map(nodes.String)
    for name, values in SCALARS.items():
        good = strategies.sampled_from(values).map(nodes.String)
        schemathesis.graphql.scalar(name, strategies.one_of(good, texts))
    own = strategies.integers(0, 999).map(lambda number: nodes.String(ids[number % len(ids)]))
    schemathesis.graphql.scalar("ID", strategies.one_of(own, texts))


def operations_of(url: str) -> Iterable[Any]:
    """Of the schema that the server tells of."""
    found: Iterable[Any] = schemathesis.graphql.from_url(url).get_all_operations()
    for operation in found:
        yield operation.ok()


def send_examples(operation: Any, client: Client, number: int, seed: str, round: Round) -> None:
    """Blocks. The same seed makes the same examples."""
    headers = {"Authorization": f"Bearer {client.access_token}"} if client.access_token else {}

    @hypothesis.seed(f"{seed} {operation.label}")
    @hypothesis.settings(
        max_examples=number,
        deadline=None,
        database=None,
        phases=[hypothesis.Phase.generate],
        suppress_health_check=list(hypothesis.HealthCheck),
    )
    @hypothesis.given(case=operation.as_strategy())
    def send(case: Any) -> None:
        try:
            response = case.call(headers=headers, timeout=REQUEST_SECONDS)
        except requests.RequestException as error:
            round.findings.append(f"{operation.label}: {type(error).__name__} for {case.body!r}")
            return
        kind = what_it_is(response.status_code, response.text)
        round.answers[kind] += 1
        if kind == "findings":
            round.findings.append(f"{operation.label}: {response.status_code} {response.text[:500]} for {case.body!r}")

    send()


def what_it_is(status: int, text: str) -> str:
    if status >= 500 or '"INTERNAL"' in text or '"TIMEOUT"' in text:
        return "findings"
    if '"errors"' in text:
        return "errors"
    return "userErrors" if '"userErrors":[{' in text.replace(" ", "") else "nothing but data"


async def run_round(url: str, cast: Cast, number: int, seed: str, say: Callable[[str], None]) -> Round:
    """Every operation as each kind of client."""
    round = Round()
    await cast.person()
    _declare_scalars(cast.ids)
    for operation in await asyncio.to_thread(lambda: list(operations_of(url))):
        for who in (cast.person, cast.integrator, cast.nobody):
            found = len(round.findings)
            await asyncio.to_thread(send_examples, operation, await who(), number, f"{seed} {who.__name__}", round)
            if len(round.findings) > found:
                say(f"{who.__name__}: {round.findings[-1]}")
    say(", ".join(f"{round.answers[kind]:,} {kind}" for kind in ANSWERS))
    return round


async def check(number: int, seed: str) -> int:
    logging.disable()
    engines = Engines()
    try:
        with temporary_folder() as folder:
            urls = own_database(engines.addresses, "schemathesis")
            settings = settings_of(urls, engines.addresses.redis, "coffer-schemathesis", folder)
            async with open_app(settings, UNHURRIED) as app, http_client(app) as http, serving(app) as address:
                cast = Cast(http, app.state.parts.world, urls)
                round = await run_round(address.http_url, cast, number, seed, lambda words: print(words, flush=True))
    finally:
        engines.close()
    return 1 if round.findings else 0


def main() -> int:
    parser = argparse.ArgumentParser(prog="scripts/check schemathesis", description=(__doc__ or "").splitlines()[0])
    parser.add_argument("--examples", type=int, default=200, help="of each operation and client (default: 200)")
    parser.add_argument("--seed", default=str(secrets.randbelow(10**6)), help="of the examples")
    given = parser.parse_args()
    print(f"seed {given.seed}", flush=True)
    return asyncio.run(check(given.examples, given.seed))


if __name__ == "__main__":
    sys.exit(main())
