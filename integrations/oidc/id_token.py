"""ID tokens: whether the provider made them, for us, for this trip, and just now (OpenID Connect Core 1.0, 3.1.3.7)."""

import hmac
from collections.abc import Mapping
from typing import Any

import jwt

from domain.factors.providers import ProviderRefused
from integrations.oidc.discovery import Discovery
from runtime.factor_settings import ProviderSettings

LONGEST = 16_384
LEEWAY_SECONDS = 60
KEY_TYPES = {"RS256": "RSA", "PS256": "RSA", "ES256": "EC", "EdDSA": "OKP"}
"""The algorithms that are taken, each with the only kind of key that it takes: never `none`, never a shared secret."""


async def verify(discovery: Discovery, settings: ProviderSettings, token: object, nonce: str) -> Mapping[str, Any]:
    """The claims. Raises ProviderRefused, and ProviderUnavailable where the provider's keys cannot be had."""
    if not isinstance(token, str) or len(token) > LONGEST:
        raise ProviderRefused("no ID token")
    try:
        header = jwt.get_unverified_header(token)
        algorithm, key_id = header.get("alg"), header.get("kid")
        if algorithm not in KEY_TYPES:
            raise ProviderRefused("an algorithm that is not taken")
        fitting = [key for key in await discovery.keys(key_id) if _fits(key, algorithm)]
        if len(fitting) != 1:
            raise ProviderRefused("not signed with one of the provider's keys")
        claims: Mapping[str, Any] = jwt.decode(
            token,
            jwt.PyJWK(dict(fitting[0]), algorithm=algorithm),
            algorithms=[algorithm],
            audience=settings.client_id,
            issuer=settings.issuer,
            leeway=LEEWAY_SECONDS,
            options={"require": ["iss", "sub", "aud", "exp", "iat"]},
        )
    except (jwt.PyJWTError, ValueError, TypeError, AttributeError) as error:
        raise ProviderRefused(type(error).__name__) from None
    if not hmac.compare_digest(str(claims.get("nonce")).encode(), nonce.encode()):
        raise ProviderRefused("another nonce")
    several = isinstance(claims["aud"], list) and len(claims["aud"]) > 1
    if claims.get("azp", None if several else settings.client_id) != settings.client_id:
        raise ProviderRefused("made for another client")
    if not isinstance(claims["sub"], str) or not 0 < len(claims["sub"]) <= 255:
        raise ProviderRefused("no subject")
    return claims


def _fits(key: Mapping[str, Any], algorithm: str) -> bool:
    return (
        key.get("kty") == KEY_TYPES[algorithm]
        and key.get("use") in (None, "sig")
        and key.get("alg") in (None, algorithm)
    )
