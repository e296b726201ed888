"""What a provider says of itself: asked seldom, whatever it answers and whoever makes us ask."""

from collections.abc import AsyncIterator
from typing import Any

import httpx
import pytest

from domain.factors.providers import ProviderUnavailable
from integrations.oidc.discovery import Discovery
from runtime.factor_settings import ProviderSettings

ISSUER = "https://acme.example/tenant/"
METADATA = {
    "issuer": ISSUER,
    "authorization_endpoint": "https://acme.example/authorize",
    "token_endpoint": "https://acme.example/token",
    "jwks_uri": "https://keys.acme.example/",
}


class Network:
    """Answers by address, and remembers what was asked."""

    def __init__(self, answers: dict[str, Any]) -> None:
        self.answers = answers
        self.asked: list[str] = []
        self.client = httpx.AsyncClient(transport=httpx.MockTransport(self._answer))

    def _answer(self, request: httpx.Request) -> httpx.Response:
        self.asked.append(str(request.url))
        found = self.answers.get(str(request.url))
        return httpx.Response(500) if found is None else httpx.Response(200, json=found)

    def discovery(self) -> Discovery:
        return Discovery(self.client, ProviderSettings("acme", "Acme", ISSUER, "coffer", "secret"))


@pytest.fixture
async def network() -> AsyncIterator[Network]:
    network = Network(
        {
            "https://acme.example/tenant/.well-known/openid-configuration": METADATA,
            "https://keys.acme.example/": {"keys": [{"kid": "a"}, {"kid": "b"}, "none"]},
        }
    )
    yield network
    await network.client.aclose()


async def test_metadata_stand_below_the_issuer_and_are_asked_for_once(network: Network) -> None:
    discovery = network.discovery()

    first, second = await discovery.metadata(), await discovery.metadata()

    assert first is second
    assert first.token_endpoint == METADATA["token_endpoint"]
    assert (first.userinfo_endpoint, first.takes_secret_in_body, first.says_issuer) == (None, False, False)
    assert network.asked == ["https://acme.example/tenant/.well-known/openid-configuration"]


async def test_keys_are_found_by_their_id(network: Network) -> None:
    discovery = network.discovery()

    assert await discovery.keys("b") == [{"kid": "b"}]
    assert await discovery.keys(None) == [{"kid": "a"}, {"kid": "b"}]


async def test_made_up_key_ids_ask_nobody(network: Network) -> None:
    discovery = network.discovery()
    await discovery.keys("a")
    before = len(network.asked)

    found = [await discovery.keys(f"made up {number}") for number in range(5)]

    assert found == [[]] * 5
    assert len(network.asked) == before


async def test_one_that_does_not_answer_is_left_alone_for_a_moment(network: Network) -> None:
    network.answers = {}
    discovery = network.discovery()

    for _ in range(3):
        with pytest.raises(ProviderUnavailable):
            await discovery.metadata()

    assert len(network.asked) == 1


@pytest.mark.parametrize(
    "address", ["http://acme.example/token", "http://127.0.0.1/token", "ftp://x/", "https://[", "", None, 5, []]
)
async def test_endpoints_are_https(address: object, network: Network) -> None:
    """http is for an issuer on this machine alone."""
    network.answers = {
        "https://acme.example/tenant/.well-known/openid-configuration": {**METADATA, "token_endpoint": address}
    }

    with pytest.raises(ProviderUnavailable, match="https"):
        await network.discovery().metadata()
