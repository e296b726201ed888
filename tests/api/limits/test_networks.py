"""Who is not signed in: one subscriber is one network, however many addresses they have."""

import httpx
import pytest
from starlette.applications import Starlette

from api.app import open_app
from api.limits.limits import Limits
from api.transport.places import whose_place
from api.transport.subscriber import subscriber_of
from runtime.settings import Settings
from tests.api.limits.test_rate import SIGN_IN


@pytest.mark.parametrize(
    ("address", "subscriber"),
    [
        ("203.0.113.9", "203.0.113.9"),
        ("::ffff:203.0.113.9", "203.0.113.9"),
        ("2001:db8::1", "2001:db8::/64"),
        ("2001:db8::ffff:1:2", "2001:db8::/64"),
        ("2001:db8:0:1::1", "2001:db8:0:1::/64"),
        ("fe80::1%eth0", "fe80::/64"),
        ("testclient", "testclient"),
        ("", ""),
    ],
)
def test_a_subscriber_is_an_ipv4_address_or_64_bits_of_ipv6(address: str, subscriber: str) -> None:
    assert subscriber_of(address) == subscriber


async def sign_in_from(app: Starlette, address: str) -> bool:
    """Whether there was an answer at all."""
    transport = httpx.ASGITransport(app, client=(address, 40_000))
    async with httpx.AsyncClient(transport=transport, base_url="http://coffer.test") as http:
        answer = (await http.post("/graphql", json={"query": SIGN_IN})).json()
    return "errors" not in answer


async def test_another_address_of_the_same_64_bits_has_no_allowance_of_its_own(settings: Settings) -> None:
    async with open_app(settings, Limits(network_mutations_per_minute=2)) as app:
        answered = [await sign_in_from(app, f"2001:db8::{number}") for number in range(1, 5)]

        assert answered == [True, True, False, False]
        assert await sign_in_from(app, "2001:db8:0:1::1")


async def test_what_runs_is_counted_by_the_same_64_bits(settings: Settings) -> None:
    async with open_app(settings, Limits(operations=1)) as app:
        allowances = app.state.parts.allowances

        admission = allowances.admit(None, "2001:db8::1")

        assert not await sign_in_from(app, "2001:db8::2")
        admission.over()
        assert await sign_in_from(app, "2001:db8::2")


def test_places_for_sockets_are_counted_by_the_same_64_bits() -> None:
    assert whose_place(None, "2001:db8::1") == whose_place(None, "2001:db8::2") != whose_place(None, "2001:db8:0:1::1")
