"""Guessing passwords: counted for the network, for the address, and for both together, with small limits."""

from dataclasses import replace

import pytest
from starlette.applications import Starlette

from runtime import clock
from runtime.settings import Settings
from tests.api.client import Client, Person
from tests.api.identity.test_addresses import can_sign_in, refusal
from tests.api.identity.test_sessions import SIGN_IN
from tests.api.oauth.browser import client_at

WRONG, LATER = [("INVALID", ["input"])], [("TOO_MANY", ["input"])]


@pytest.fixture
def settings(settings: Settings) -> Settings:
    small = replace(settings.identity, failures_per_hour=4, failures_per_address_and_network=2, failures_per_address=5)
    # Counted apart from everything else that is tested from this address.
    return replace(settings, identity=small, redis_prefix=f"{settings.redis_prefix}-guessing-{clock.now()}")


async def guess(client: Client, email: str) -> list[tuple[str, list[str]]]:
    return await refusal(client, SIGN_IN, email=email, password="wrong wrong")


async def test_nobody_shuts_a_person_out_from_somewhere_else(app: Starlette, person: Person, nobody: Client) -> None:
    async with client_at(app, "203.0.113.9") as http:
        guesser = Client(http)

        guesses = [await guess(guesser, person.email) for _ in range(4)]

        assert guesses == [WRONG, WRONG, LATER, LATER]
        assert await refusal(guesser, SIGN_IN, email=person.email, password=person.password) == LATER
        assert await guess(guesser, "another@example.com") == WRONG
    assert await can_sign_in(nobody, person.email, person.password)


@pytest.mark.parametrize("exists", [True, False])
async def test_many_networks_fail_with_one_address_a_few_times(app: Starlette, person: Person, exists: bool) -> None:
    email = person.email if exists else "nobody.at.all@example.com"
    refusals = []
    for number in range(6):
        async with client_at(app, f"198.51.{number}.1") as http:
            refusals.append(await guess(Client(http), email))

    assert refusals == [WRONG] * 5 + [LATER]
