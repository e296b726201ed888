"""Plaid's webhooks: whether they are Plaid's, and what they say.

https://plaid.com/docs/api/webhooks/webhook-verification/: a JWT signed with ES256 in `Plaid-Verification`, issued at
most five minutes ago, which holds the SHA-256 of the exact body.
"""

import hashlib
import hmac
import time
from collections import OrderedDict
from collections.abc import Awaitable, Callable, Mapping
from dataclasses import dataclass
from typing import Any

import jwt
from cryptography.hazmat.primitives.asymmetric import ec
from jwt.algorithms import ECAlgorithm

from domain.bank_links.feed import FeedProblem, Notice, NoticeKind, ProviderDown, WebhookRefused

HEADER = "plaid-verification"
ALGORITHM = "ES256"
OLDEST_SECONDS, AHEAD_SECONDS = 300, 60
LONGEST_HEADER, LONGEST_KEY_ID, LONGEST_ITEM_ID = 4096, 100, 200
KEY_SECONDS, UNKNOWN_SECONDS = 3600, 60
MOST_KEYS = 100
# Key ids come from whoever calls: they must not make us ask the provider without end.
LOOKUPS, LOOKUP_SECONDS = 20, 60

_LOOK = {
    ("TRANSACTIONS", "SYNC_UPDATES_AVAILABLE"),
    ("ITEM", "ERROR"),
    ("ITEM", "LOGIN_REPAIRED"),
    ("ITEM", "NEW_ACCOUNTS_AVAILABLE"),
    ("ITEM", "USER_PERMISSION_REVOKED"),
    ("ITEM", "USER_ACCOUNT_REVOKED"),
}

FetchKey = Callable[[str], Awaitable[dict[str, Any]]]


@dataclass(frozen=True, slots=True)
class _Known:
    """`key` is None for an id that the provider does not know."""

    key: ec.EllipticCurvePublicKey | None
    until: float
    expired_at: float | None = None


class WebhookVerifier:
    """Keeps the provider's keys, and for a while the ids that are none of them."""

    def __init__(self, fetch_key: FetchKey, now: Callable[[], float] = time.time) -> None:
        self._fetch_key = fetch_key
        self._now = now
        self._known: OrderedDict[str, _Known] = OrderedDict()
        self._lookups: list[float] = []

    async def verify(self, headers: Mapping[str, str], body: bytes) -> str:
        """The signature. Raises WebhookRefused, and ProviderDown where the key cannot be had for now."""
        token = headers.get(HEADER, "")
        if not token or len(token) > LONGEST_HEADER:
            raise WebhookRefused("no signature")
        try:
            header = jwt.get_unverified_header(token)
            key_id = header.get("kid")
            if header.get("alg") != ALGORITHM or not isinstance(key_id, str) or not 0 < len(key_id) <= LONGEST_KEY_ID:
                raise WebhookRefused("another signature")
            claims = jwt.decode(
                token,
                await self._key(key_id),
                algorithms=[ALGORITHM],
                leeway=AHEAD_SECONDS,
                options={"require": ["iat"]},
            )
        except (jwt.PyJWTError, ValueError, TypeError) as error:
            raise WebhookRefused(type(error).__name__) from None
        issued, digest = claims["iat"], claims.get("request_body_sha256")
        if isinstance(issued, bool) or not isinstance(issued, int | float) or self._now() - issued > OLDEST_SECONDS:
            raise WebhookRefused("too old")
        ours = hashlib.sha256(body).hexdigest()
        if not isinstance(digest, str) or not hmac.compare_digest(digest.encode(), ours.encode()):
            raise WebhookRefused("another body")
        return token

    async def _key(self, key_id: str) -> ec.EllipticCurvePublicKey:
        known = self._known.get(key_id)
        if known is None or known.until < self._now():
            known = await self._look_up(key_id)
        if known.key is None or (known.expired_at is not None and known.expired_at < self._now()):
            raise WebhookRefused("unknown key")
        return known.key

    async def _look_up(self, key_id: str) -> _Known:
        now = self._now()
        self._lookups = [at for at in self._lookups if now - at < LOOKUP_SECONDS]
        before = self._known.get(key_id)
        # What was the provider's key an hour ago is no stranger's invention: it is asked for all the same.
        if before is None or before.key is None:
            if len(self._lookups) >= LOOKUPS:
                raise WebhookRefused("too many unknown keys")
            self._lookups.append(now)
        try:
            jwk = await self._fetch_key(key_id)
            key = ECAlgorithm.from_jwk(jwk)
            if not isinstance(key, ec.EllipticCurvePublicKey) or not isinstance(key.curve, ec.SECP256R1):
                raise WebhookRefused("another kind of key")
            expired = jwk.get("expired_at")
            known = _Known(key, now + KEY_SECONDS, expired if isinstance(expired, int | float) else None)
        except ProviderDown:
            raise
        except (FeedProblem, jwt.PyJWTError, ValueError, TypeError):
            known = _Known(None, now + UNKNOWN_SECONDS)
        self._known[key_id] = known
        self._known.move_to_end(key_id)
        while len(self._known) > MOST_KEYS:
            # Strangers' inventions must not push out the provider's keys.
            strange = (id for id, one in self._known.items() if one.key is None)
            del self._known[next(strange, next(iter(self._known)))]
        return known


def read_notice(body: object) -> Notice:
    """Raises WebhookRefused for a body that is no webhook, however well it is signed."""
    if not isinstance(body, dict):
        raise WebhookRefused("not a webhook")
    kind, code, item_id = (body.get(name) for name in ("webhook_type", "webhook_code", "item_id"))
    if not isinstance(kind, str) or not isinstance(code, str):
        raise WebhookRefused("not a webhook")
    if item_id is not None and (not isinstance(item_id, str) or not 0 < len(item_id) <= LONGEST_ITEM_ID):
        raise WebhookRefused("not a webhook")
    look = item_id is not None and (kind, code) in _LOOK
    return Notice(NoticeKind.LOOK if look else NoticeKind.NOTHING, item_id)
