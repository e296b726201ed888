"""Measure whether the time of an answer tells which addresses are registered.

scripts/check timing [--attempts 400] [--seed S]

Attempts for known and unknown addresses come in a random order, one after the other; for each operation the area under
the ROC curve of their times is printed. It must be 0.5 ± 0.1. The application runs in this process, so that nothing of
a network hides a difference.
"""

import argparse
import asyncio
import logging
import random
import secrets
import sys
import time
from dataclasses import replace
from pathlib import Path

import httpx

from api.app import open_app
from runtime.identity_settings import IdentitySettings
from runtime.settings import Settings
from tests.api.client import Client, Person, http_client, register
from tests.boundless import UNHURRIED
from tests.cluster import Engines, own_database, temporary_folder
from tests.executor.stage import settings_of
from tests.timing.auc import auc

PEOPLE, WARM_UP, ALLOWED = 20, 20, 0.1
MANY = 10**9

OPERATIONS = {
    "signIn": "mutation ($email: String!) { signIn(input: {email: $email, password: "
    '"not the password"}) { userErrors { code } } }',
    "requestPasswordReset": "mutation ($email: String!) { requestPasswordReset(input: {email: $email}) "
    "{ userErrors { code } } }",
    "requestEmailVerification": "mutation ($email: String!) { requestEmailVerification(input: {email: $email}) "
    "{ userErrors { code } } }",
    "changeEmail": "mutation ($email: String!) { changeEmail(input: {email: $email}) { userErrors { code } } }",
}


async def measure(settings: Settings, attempts: int, chance: random.Random) -> bool:
    """Print the areas; whether all are as they must be."""
    good = True
    async with open_app(settings, UNHURRIED) as app, http_client(app) as http:
        people = [await register(http, email=f"known.{number:05}@example.com") for number in range(PEOPLE)]
        for name, document in OPERATIONS.items():
            times: dict[bool, list[float]] = {True: [], False: []}
            order = [number % 2 == 0 for number in range(attempts)]
            chance.shuffle(order)
            # The first ones fill caches and connections.
            for place, is_known in enumerate([True, False] * (WARM_UP // 2) + order):
                took = await _attempt(http, people, name, document, is_known, chance)
                if place >= WARM_UP:
                    times[is_known].append(took)
            area = auc(times[False], times[True])
            middle = {one: sorted(taken)[len(taken) // 2] * 1000 for one, taken in times.items()}
            print(
                f"{name}: {area:.3f}  (median {middle[True]:.2f} ms known, {middle[False]:.2f} ms unknown, "
                f"{attempts} attempts)",
                flush=True,
            )
            good &= abs(area - 0.5) <= ALLOWED
    return good


async def _attempt(
    http: httpx.AsyncClient,
    people: list[Person],
    name: str,
    document: str,
    is_known: bool,
    chance: random.Random,
) -> float:
    number = chance.randrange(PEOPLE)
    email = f"{'known' if is_known else 'other'}.{number:05}@example.com"
    # Whoever changes their address is somebody else than whose address it is.
    asking = people[number - 1] if name == "changeEmail" else Client(http)
    started = time.perf_counter()
    await asking.data(document, email=email)
    return time.perf_counter() - started


def main() -> int:
    parser = argparse.ArgumentParser(prog="scripts/check timing", description=(__doc__ or "").splitlines()[0])
    parser.add_argument("--attempts", type=int, default=400, help="for each operation, half of them known")
    parser.add_argument("--seed", type=int, default=secrets.randbelow(10**6), help="of the order")
    given = parser.parse_args()
    print(f"seed {given.seed}", flush=True)
    logging.disable()
    engines = Engines()
    try:
        with temporary_folder() as folder:
            urls = own_database(engines.addresses, "timing")
            settings = settings_of(urls, engines.addresses.redis, "coffer-timing", Path(folder))
            unlimited = IdentitySettings(
                failures_per_hour=MANY,
                failures_per_address_and_network=MANY,
                failures_per_address=MANY,
                mails_per_hour=MANY,
                conflicts_per_hour=MANY,
            )
            chance = random.Random(given.seed)
            good = asyncio.run(measure(replace(settings, identity=unlimited), given.attempts, chance))
    finally:
        engines.close()
    return 0 if good else 1


if __name__ == "__main__":
    sys.exit(main())
