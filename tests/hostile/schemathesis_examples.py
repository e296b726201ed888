"""What schemathesis makes of the published schema, sent to a running server: no server error, no time-out.

scripts/check schemathesis [--examples 200] [--seed S]
"""

import argparse
import asyncio
import logging
import secrets
import sys
from collections import Counter
from collections.abc import Awaitable, Callable, Iterable, Mapping
from dataclasses import dataclass, field
from typing import Any

import hypothesis
import requests
import schemathesis
from hypothesis import strategies
from schemathesis.graphql import nodes

from api.app import open_app
from tests.api.apps.tokens import token_of
from tests.api.client import Client, Person, http_client, register
from tests.api.live.conftest import serving
from tests.boundless import UNHURRIED
from tests.cluster import Engines, own_database, temporary_folder
from tests.executor.stage import settings_of

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


def _declare_scalars() -> None:
    texts = strategies.text(max_size=40).map(nodes.String)
    for name, values in SCALARS.items():
        good = strategies.sampled_from(values).map(nodes.String)
        schemathesis.graphql.scalar(name, strategies.one_of(good, texts))


def examples_of(url: str) -> Iterable[Any]:
    """Each operation of the schema that the server tells of."""
    _declare_scalars()
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


Maker = Callable[[], Awaitable[Client]]


async def run_round(url: str, makers: Mapping[str, Maker], number: int, seed: str, say: Callable[[str], None]) -> Round:
    """Every operation as each kind of client, a new one for each operation: some of them end a session."""
    round = Round()
    operations = await asyncio.to_thread(lambda: list(examples_of(url)))
    for operation in operations:
        for name, make in makers.items():
            found = len(round.findings)
            await asyncio.to_thread(send_examples, operation, await make(), number, f"{seed} {name}", round)
            if len(round.findings) > found:
                say(f"{name}: {round.findings[-1]}")
    say(", ".join(f"{round.answers[kind]:,} {kind}" for kind in ANSWERS))
    return round


def makers_for(new_person: Callable[[], Awaitable[Person]], nobody: Client) -> dict[str, Maker]:
    async def integrator() -> Client:
        return await token_of(await new_person(), *INTEGRATOR)

    async def stranger() -> Client:
        return nobody

    return {"person": new_person, "integrator": integrator, "nobody": stranger}


async def check(number: int, seed: str) -> int:
    logging.disable()
    engines = Engines()
    try:
        with temporary_folder() as folder:
            urls = own_database(engines.addresses, "schemathesis")
            settings = settings_of(urls, engines.addresses.redis, "coffer-schemathesis", folder)
            async with open_app(settings, UNHURRIED) as app, http_client(app) as http, serving(app) as address:

                async def new_person() -> Person:
                    return await register(http)

                makers = makers_for(new_person, Client(http))
                round = await run_round(address.http_url, makers, number, seed, lambda words: print(words, flush=True))
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
