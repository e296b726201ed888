"""What the environment says of passkeys and of sign-in at other providers. Each has its line in docs/operations.md."""

import json
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any
from urllib.parse import urlsplit

LOOPBACK = ("127.0.0.1", "::1", "localhost")


class ProvidersProblem(ValueError):
    """The file of providers cannot be worked with."""


@dataclass(frozen=True)
class ProviderSettings:
    """An OpenID provider at which Coffer is registered as a client."""

    id: str
    name: str
    issuer: str
    client_id: str
    client_secret: str

    def __repr__(self) -> str:
        return f"ProviderSettings({self.id}, {self.issuer})"


@dataclass(frozen=True)
class FactorSettings:
    passkey_domain: str = ""
    """The relying party's id (WebAuthn Level 2, 5.4.2); empty: the host of the client, or of the API."""
    passkey_origins: tuple[str, ...] = ()
    """Whose pages may use passkeys; empty: those of the client and the API."""
    providers: tuple[ProviderSettings, ...] = ()
    redirect_uris: tuple[str, ...] = ()
    """Where providers may send people back to, compared letter by letter."""


def from_environment(environment: Mapping[str, str]) -> FactorSettings:
    """Raises ProvidersProblem."""
    file = environment.get("COFFER_OIDC_PROVIDERS")
    return FactorSettings(
        passkey_domain=environment.get("COFFER_PASSKEY_DOMAIN", ""),
        passkey_origins=_list(environment.get("COFFER_PASSKEY_ORIGINS", "")),
        providers=_providers(Path(file)) if file else (),
        redirect_uris=_list(environment.get("COFFER_OIDC_REDIRECT_URIS", "")),
    )


def _list(text: str) -> tuple[str, ...]:
    return tuple(part.strip() for part in text.split(",") if part.strip())


def _providers(file: Path) -> tuple[ProviderSettings, ...]:
    try:
        found = tuple(_provider(one) for one in json.loads(file.read_text()))
    except (OSError, ValueError, TypeError, KeyError, AttributeError) as error:
        raise ProvidersProblem(f"COFFER_OIDC_PROVIDERS: {type(error).__name__}: {error}") from None
    if len({one.id for one in found}) != len(found) or len({one.issuer for one in found}) != len(found):
        raise ProvidersProblem("COFFER_OIDC_PROVIDERS: two providers have the same id or the same issuer")
    return found


def _provider(given: dict[str, Any]) -> ProviderSettings:
    values = {name: str(given[name]) for name in ("id", "issuer", "client_id", "client_secret")}
    issuer = urlsplit(values["issuer"])
    is_safe = issuer.scheme == "https" or (issuer.scheme == "http" and issuer.hostname in LOOPBACK)
    if not is_safe or not issuer.hostname or issuer.query or issuer.fragment:
        raise ProvidersProblem(f"{values['id']}: an issuer is an https URL without a query")
    return ProviderSettings(name=str(given.get("name", values["id"])), **values)
