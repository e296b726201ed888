"""OpenID providers over the network: the adapter of domain/factors/providers.py."""

import base64
import hashlib
from collections.abc import Mapping, Sequence
from typing import Any
from urllib.parse import quote_plus, urlencode

import httpx

from domain.factors.providers import Identity, Journey, Provider, ProviderRefused
from integrations.oidc import id_token
from integrations.oidc.discovery import Discovery, Metadata
from integrations.oidc.fetching import fetch_json, open_client
from runtime.factor_settings import ProviderSettings

LONGEST_CODE = 4096


class OidcProviders:
    """Those that are set up, and no others. Closed with `close()`."""

    def __init__(self, settings: Sequence[ProviderSettings]) -> None:
        self._settings = {one.id: one for one in settings}
        self._client = open_client()
        self._discoveries = {one.id: Discovery(self._client, one) for one in settings}

    async def close(self) -> None:
        await self._client.aclose()

    def known(self) -> Sequence[Provider]:
        return [Provider(one.id, one.name) for one in self._settings.values()]

    async def address(self, journey: Journey) -> str:
        """Raises ProviderUnavailable."""
        endpoint = (await self._discoveries[journey.provider].metadata()).authorization_endpoint
        asked = {
            "response_type": "code",
            "client_id": self._settings[journey.provider].client_id,
            "redirect_uri": journey.redirect_uri,
            "scope": "openid email profile",
            "state": journey.state,
            "nonce": journey.nonce,
            "code_challenge": _challenge(journey.code_verifier),
            "code_challenge_method": "S256",
        }
        return f"{endpoint}{'&' if '?' in endpoint else '?'}{urlencode(asked)}"

    async def identify(self, journey: Journey, code: str, issuer: str | None) -> Identity:
        """Raises ProviderRefused and ProviderUnavailable."""
        if (settings := self._settings.get(journey.provider)) is None:
            raise ProviderRefused("it is not set up any more")
        discovery = self._discoveries[journey.provider]
        metadata = await discovery.metadata()
        # Before the code is shown to anybody: it may be another provider's (mix-up, RFC 9207).
        if issuer != settings.issuer and (issuer is not None or metadata.says_issuer):
            raise ProviderRefused("the response is another issuer's")
        if not 0 < len(code) <= LONGEST_CODE:
            raise ProviderRefused("no code")
        given = await self._exchange(settings, metadata, journey, code)
        claims = await id_token.verify(discovery, settings, given.get("id_token"), journey.nonce)
        said = claims if "email" in claims else {**claims, **await self._userinfo(metadata, given, claims["sub"])}
        return Identity(
            issuer=settings.issuer,
            subject=claims["sub"],
            email=_text(said.get("email")),
            email_is_verified=said.get("email_verified") is True,
            name=_text(said.get("name")),
        )

    async def _exchange(
        self, settings: ProviderSettings, metadata: Metadata, journey: Journey, code: str
    ) -> Mapping[str, Any]:
        shown = {
            "grant_type": "authorization_code",
            "code": code,
            "redirect_uri": journey.redirect_uri,
            "code_verifier": journey.code_verifier,
        }
        if metadata.takes_secret_in_body:
            shown |= {"client_id": settings.client_id, "client_secret": settings.client_secret}
            return await fetch_json(self._client, "POST", metadata.token_endpoint, data=shown)
        # Both are form-encoded before they are joined (RFC 6749, 2.3.1).
        basic = httpx.BasicAuth(quote_plus(settings.client_id), quote_plus(settings.client_secret))
        return await fetch_json(self._client, "POST", metadata.token_endpoint, data=shown, auth=basic)

    async def _userinfo(self, metadata: Metadata, given: Mapping[str, Any], subject: str) -> Mapping[str, Any]:
        """What the ID token leaves out; nothing of somebody else (OpenID Connect Core 1.0, 5.3.4)."""
        token = given.get("access_token")
        if metadata.userinfo_endpoint is None or not isinstance(token, str) or not token.isascii():
            return {}
        headers = {"Authorization": f"Bearer {token}"}
        said = await fetch_json(self._client, "GET", metadata.userinfo_endpoint, headers=headers)
        if said.get("sub") != subject:
            raise ProviderRefused("its user information are another subject's")
        return {name: said[name] for name in ("email", "email_verified", "name") if name in said}


def _challenge(code_verifier: str) -> str:
    digest = hashlib.sha256(code_verifier.encode()).digest()
    return base64.urlsafe_b64encode(digest).decode().rstrip("=")


def _text(value: object) -> str | None:
    """At most 254 characters, as addresses have; None for what cannot be kept."""
    return value if isinstance(value, str) and 0 < len(value) <= 254 and value.isprintable() else None
