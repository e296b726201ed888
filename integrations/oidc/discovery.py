"""What a provider says of itself (OpenID Connect Discovery 1.0), and its keys (RFC 7517): fetched and kept a while."""

import asyncio
import time
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any
from urllib.parse import urlsplit

import httpx

from domain.factors.providers import ProviderRefused, ProviderUnavailable
from integrations.oidc.fetching import fetch_json
from runtime.factor_settings import LOOPBACK, ProviderSettings

KEPT_SECONDS = 3600.0
LEFT_ALONE_SECONDS = 5.0
"""How long one that did not answer is not asked: everybody would wait for it, one after the other."""
KEYS_ASKED_AGAIN_SECONDS = 30.0
"""How soon after the last time for a key that is not known: whoever makes up ids does not make us ask."""


@dataclass(frozen=True)
class Metadata:
    authorization_endpoint: str
    token_endpoint: str
    jwks_uri: str
    userinfo_endpoint: str | None
    takes_secret_in_body: bool
    """Where HTTP Basic, which is usual, is not offered."""
    says_issuer: bool
    """Whether each of its responses carries `iss` (RFC 9207)."""


class Discovery:
    """One provider's. What could not be fetched is asked for again the next time."""

    def __init__(self, client: httpx.AsyncClient, settings: ProviderSettings) -> None:
        self._client = client
        self._settings = settings
        self._metadata: tuple[float, Metadata] | None = None
        self._keys: tuple[float, Sequence[Mapping[str, Any]]] | None = None
        self._failed: float | None = None
        self._asking = asyncio.Lock()

    async def metadata(self) -> Metadata:
        """Raises ProviderUnavailable."""
        async with self._asking:
            if self._metadata is None or _age(self._metadata[0]) > KEPT_SECONDS:
                self._metadata = time.monotonic(), await self._fetch()
            return self._metadata[1]

    async def keys(self, key_id: str | None) -> Sequence[Mapping[str, Any]]:
        """The provider's keys of that id, all of them for None. Raises ProviderUnavailable."""
        address = (await self.metadata()).jwks_uri
        async with self._asking:
            if self._keys is None or _age(self._keys[0]) > KEPT_SECONDS or self._lacks(key_id):
                self._keys = time.monotonic(), await self._fetch_keys(address)
            return [key for key in self._keys[1] if key_id in (None, key.get("kid"))]

    def _lacks(self, key_id: str | None) -> bool:
        if self._keys is None or key_id is None or _age(self._keys[0]) < KEYS_ASKED_AGAIN_SECONDS:
            return False
        return all(key.get("kid") != key_id for key in self._keys[1])

    async def _fetch(self) -> Metadata:
        issuer = self._settings.issuer
        said = await self._get(f"{issuer.rstrip('/')}/.well-known/openid-configuration")
        if said.get("issuer") != issuer:
            raise ProviderUnavailable("its metadata name another issuer")
        methods = said.get("token_endpoint_auth_methods_supported") or ["client_secret_basic"]
        userinfo = said.get("userinfo_endpoint")
        return Metadata(
            authorization_endpoint=self._endpoint(said.get("authorization_endpoint")),
            token_endpoint=self._endpoint(said.get("token_endpoint")),
            jwks_uri=self._endpoint(said.get("jwks_uri")),
            userinfo_endpoint=None if userinfo is None else self._endpoint(userinfo),
            takes_secret_in_body="client_secret_basic" not in methods,
            says_issuer=said.get("authorization_response_iss_parameter_supported") is True,
        )

    async def _fetch_keys(self, address: str) -> list[Mapping[str, Any]]:
        keys = (await self._get(address)).get("keys")
        return [key for key in keys if isinstance(key, dict)] if isinstance(keys, list) else []

    async def _get(self, address: str) -> Mapping[str, Any]:
        if self._failed is not None and _age(self._failed) < LEFT_ALONE_SECONDS:
            raise ProviderUnavailable("it did not answer a moment ago")
        try:
            found = await fetch_json(self._client, "GET", address)
        except (ProviderRefused, ProviderUnavailable) as error:
            self._failed = time.monotonic()
            raise ProviderUnavailable(str(error)) from None
        self._failed = None
        return found

    def _endpoint(self, value: object) -> str:
        """https, and http where the issuer itself is on this machine."""
        try:
            address = urlsplit(value if isinstance(value, str) else "")
        except ValueError:
            raise ProviderUnavailable("its metadata lack an https endpoint") from None
        if address.scheme == "https" and address.hostname:
            return address.geturl()
        if address.scheme == "http" and {address.hostname, urlsplit(self._settings.issuer).hostname} <= set(LOOPBACK):
            return address.geturl()
        raise ProviderUnavailable("its metadata lack an https endpoint")


def _age(since: float) -> float:
    return time.monotonic() - since
