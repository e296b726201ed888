"""Keys of webhooks: fetched once, forgotten in time, and not fetched at a stranger's will."""

import hashlib
import time
from typing import Any

import jwt
import pytest
from cryptography.hazmat.primitives.asymmetric import ec
from jwt.algorithms import ECAlgorithm

from domain.bank_links.feed import NoticeKind, RequestRefused, WebhookRefused
from integrations.plaid.webhooks import (
    KEY_SECONDS,
    LOOKUP_SECONDS,
    LOOKUPS,
    MOST_KEYS,
    UNKNOWN_SECONDS,
    WebhookVerifier,
    read_notice,
)

BODY = b"{}"


class Provider:
    """Has one key, and counts how often it is asked."""

    def __init__(self, **more: Any) -> None:
        self.key = ec.generate_private_key(ec.SECP256R1())
        self.more = more
        self.asked: list[str] = []

    async def fetch(self, key_id: str) -> dict[str, Any]:
        self.asked.append(key_id)
        if key_id != "ours":
            raise RequestRefused("INVALID_WEBHOOK_VERIFICATION_KEY_ID")
        return {**ECAlgorithm.to_jwk(self.key.public_key(), as_dict=True), **self.more}

    def headers(self, now: float, kid: str = "ours") -> dict[str, str]:
        claims = {"iat": int(now), "request_body_sha256": hashlib.sha256(BODY).hexdigest()}
        return {"plaid-verification": jwt.encode(claims, self.key, algorithm="ES256", headers={"kid": kid})}


class Clock:
    """Begins at the present: PyJWT compares with it."""

    def __init__(self) -> None:
        self.time = time.time()

    def __call__(self) -> float:
        return self.time


async def refused(verifier: WebhookVerifier, headers: dict[str, str]) -> bool:
    try:
        await verifier.verify(headers, BODY)
    except WebhookRefused:
        return True
    return False


async def test_a_key_is_fetched_once_and_again_after_an_hour() -> None:
    provider, clock = Provider(), Clock()
    verifier = WebhookVerifier(provider.fetch, clock)

    for _ in range(5):
        assert not await refused(verifier, provider.headers(clock()))
    assert provider.asked == ["ours"]

    headers = provider.headers(clock())
    clock.time += KEY_SECONDS + 1
    # Refused for its age, after the key was looked up anew.
    assert await refused(verifier, headers)
    assert provider.asked == ["ours", "ours"]


async def test_an_unknown_key_is_not_asked_for_again_and_again() -> None:
    provider, clock = Provider(), Clock()
    verifier = WebhookVerifier(provider.fetch, clock)

    for _ in range(5):
        assert await refused(verifier, provider.headers(clock(), "other"))
    assert provider.asked == ["other"]

    clock.time += UNKNOWN_SECONDS + 1
    assert await refused(verifier, provider.headers(clock(), "other"))
    assert provider.asked == ["other", "other"]


async def test_many_unknown_keys_are_not_asked_for_without_end() -> None:
    provider, clock = Provider(), Clock()
    verifier = WebhookVerifier(provider.fetch, clock)

    for number in range(LOOKUPS * 3):
        assert await refused(verifier, provider.headers(clock(), f"key-{number}"))
    assert len(provider.asked) == LOOKUPS

    clock.time += LOOKUP_SECONDS + 1
    assert await refused(verifier, provider.headers(clock(), "one more"))
    assert len(provider.asked) == LOOKUPS + 1


async def test_a_key_in_use_is_good_while_strangers_ask_for_others() -> None:
    provider, clock = Provider(), Clock()
    verifier = WebhookVerifier(provider.fetch, clock)
    assert not await refused(verifier, provider.headers(clock()))

    for number in range(LOOKUPS * 3):
        await refused(verifier, provider.headers(clock(), f"key-{number}"))

    assert not await refused(verifier, provider.headers(clock()))


async def test_strangers_push_no_key_in_use_out() -> None:
    provider, clock = Provider(), Clock()
    verifier = WebhookVerifier(provider.fetch, clock)
    assert not await refused(verifier, provider.headers(clock()))

    for number in range(MOST_KEYS + LOOKUPS):
        if number % LOOKUPS == 0:
            clock.time += LOOKUP_SECONDS + 1
        await refused(verifier, provider.headers(clock(), f"key-{number}"))

    clock.time += LOOKUP_SECONDS + 1
    await refused(verifier, provider.headers(clock()))
    assert provider.asked.count("ours") == 1


async def test_strangers_keep_no_key_in_use_from_being_looked_up_again() -> None:
    provider, clock = Provider(), Clock()
    verifier = WebhookVerifier(provider.fetch, clock)
    assert not await refused(verifier, provider.headers(clock()))
    clock.time += KEY_SECONDS + 1
    for number in range(LOOKUPS):
        await refused(verifier, provider.headers(clock(), f"key-{number}"))

    await refused(verifier, provider.headers(clock()))

    assert provider.asked.count("ours") == 2


async def test_a_key_that_has_expired_is_refused() -> None:
    clock = Clock()
    provider = Provider(expired_at=clock() - 1)

    assert await refused(WebhookVerifier(provider.fetch, clock), provider.headers(clock()))


@pytest.mark.parametrize("more", [{"crv": "P-384"}, {"kty": "oct"}, {"x": "!"}, {"x": 5}])
async def test_a_key_that_is_none_is_refused(more: dict[str, Any]) -> None:
    provider, clock = Provider(**more), Clock()

    assert await refused(WebhookVerifier(provider.fetch, clock), provider.headers(clock()))


@pytest.mark.parametrize(
    ("kind", "code", "meaning"),
    [
        ("TRANSACTIONS", "SYNC_UPDATES_AVAILABLE", NoticeKind.LOOK),
        ("ITEM", "ERROR", NoticeKind.LOOK),
        ("ITEM", "LOGIN_REPAIRED", NoticeKind.LOOK),
        ("ITEM", "USER_PERMISSION_REVOKED", NoticeKind.LOOK),
        ("TRANSACTIONS", "INITIAL_UPDATE", NoticeKind.NOTHING),
        ("ITEM", "WEBHOOK_UPDATE_ACKNOWLEDGED", NoticeKind.NOTHING),
        ("INCOME", "ERROR", NoticeKind.NOTHING),
    ],
)
def test_what_webhooks_mean(kind: str, code: str, meaning: NoticeKind) -> None:
    notice = read_notice({"webhook_type": kind, "webhook_code": code, "item_id": "item"})

    assert (notice.kind, notice.item_id) == (meaning, "item")


@pytest.mark.parametrize(
    "body",
    [{}, [], None, 5, {"webhook_type": "ITEM"}, {"webhook_type": "ITEM", "webhook_code": "ERROR", "item_id": 5}],
)
def test_what_is_no_webhook(body: object) -> None:
    with pytest.raises(WebhookRefused):
        read_notice(body)
