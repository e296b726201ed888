"""Tokens that the provider did not make, or not for this trip: all refused."""

import time
from typing import Any

import pytest

from integrations.world import World
from tests.api.client import Client
from tests.api.factors.oidc import provider as lies
from tests.api.factors.oidc.provider import Account, Claims, FakeProvider
from tests.api.factors.oidc.trips import LIE, people, sign_in


@pytest.mark.parametrize(
    "sign",
    [
        lies.unsigned,
        lies.by_hmac,
        lies.by_client_secret,
        lies.by_embedded_key,
        lies.by_another_key,
        lies.by_unknown_key,
        lambda provider, claims: provider.token(claims, algorithm="RS512"),
        lambda provider, claims: "not.a.token",
        lambda provider, claims: None,
    ],
    ids=["none", "hmac", "secret", "embedded", "other key", "unknown key", "RS512", "garbage", "no token"],
)
async def test_a_token_that_the_provider_did_not_sign_is_refused(
    sign: Any, nobody: Client, acme: FakeProvider, world: World
) -> None:
    acme.sign, before = sign, await people(world)

    payload = await sign_in(nobody, acme, Account("sub-10", "lie@example.com"))

    assert (payload["userErrors"], payload["session"]) == (LIE, None)
    assert await people(world) == before


@pytest.mark.parametrize(
    "changed",
    [
        {"iss": "https://evil.example"},
        {"aud": "another client"},
        {"aud": ["coffer at acme", "another client"]},
        {"aud": ["coffer at acme", "another client"], "azp": "another client"},
        {"azp": "another client"},
        {"nonce": "another"},
        {"nonce": None},
        {"exp": int(time.time()) - 120},
        {"iat": int(time.time()) + 600},
        {"nbf": int(time.time()) + 600},
        {"sub": ""},
        {"sub": 5},
        {"sub": "x" * 256},
        *({name: "left out"} for name in ("iss", "aud", "sub", "exp", "iat", "nonce")),
    ],
    ids=lambda changed: " ".join(f"{name} {str(value)[:20]}" for name, value in changed.items()),
)
async def test_a_token_that_is_not_for_this_trip_is_refused(
    changed: Claims, nobody: Client, acme: FakeProvider, world: World
) -> None:
    before = await people(world)
    acme.bend = lambda claims: {
        name: value for name, value in {**claims, **changed}.items() if changed.get(name) != "left out"
    }

    payload = await sign_in(nobody, acme, Account("sub-11", "lie@example.com"))

    assert (payload["userErrors"], payload["session"]) == (LIE, None)
    assert await people(world) == before


async def test_another_providers_token_is_refused(nobody: Client, acme: FakeProvider, other: FakeProvider) -> None:
    acme.sign = lambda _, claims: other.token({**claims, "iss": other.issuer, "aud": other.settings.client_id})

    assert (await sign_in(nobody, acme, Account("sub-12", "lie@example.com")))["userErrors"] == LIE
