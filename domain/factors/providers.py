"""The port to OpenID providers (OpenID Connect Core 1.0, code flow)."""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Protocol


class ProviderRefused(Exception):
    """What came back is not good: the text says why, for the log alone."""


class ProviderUnavailable(Exception):
    """The provider did not answer, or not in its protocol."""


@dataclass(frozen=True)
class Provider:
    """As a person chooses it."""

    id: str
    name: str


@dataclass(frozen=True)
class Identity:
    """Whom a provider says somebody is. `subject` is theirs for good within `issuer`, an address is not."""

    issuer: str
    subject: str
    email: str | None = None
    email_is_verified: bool = False
    name: str | None = None


@dataclass(frozen=True)
class Journey:
    """What one trip to a provider and back has of its own; each value is good for this trip alone."""

    provider: str
    redirect_uri: str
    state: str
    nonce: str
    code_verifier: str
    """PKCE (RFC 7636)."""


class Providers(Protocol):
    def known(self) -> Sequence[Provider]: ...

    async def address(self, journey: Journey) -> str:
        """Where the person is sent. Raises ProviderUnavailable."""
        ...

    async def identify(self, journey: Journey, code: str, issuer: str | None) -> Identity:
        """Who came back with the code. `issuer` is the response's `iss` (RFC 9207), None where it had none.

        Raises ProviderRefused and ProviderUnavailable.
        """
        ...
