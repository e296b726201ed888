"""Trips to an OpenID provider and back.

`state` travels through the browser and the provider; `binding` stays with the client that began. Only who has both gets
in, so a link that somebody else prepared leads nowhere (login CSRF). Nonce and PKCE verifier are made of the binding,
so nothing secret is kept.
"""

import base64
import hashlib
import logging
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import datetime, timedelta
from uuid import UUID

from sqlalchemy import delete, insert

from domain.factors.models import ProviderAttempt
from domain.factors.providers import Identity, Journey, ProviderRefused, Providers, ProviderUnavailable
from domain.factors.secrets import hash_of, new_secret
from domain.mistakes import invalid, unavailable
from runtime import clock
from runtime.system import SystemDatabase

GOOD_FOR = timedelta(minutes=10)
_STATE, _BINDING = "provider state", "provider binding"

log = logging.getLogger("coffer.factors")


@dataclass(frozen=True)
class Departure:
    """Where to send the person, and what the client keeps to itself meanwhile."""

    address: str
    state: str
    binding: str
    expires_at: datetime


@dataclass(frozen=True)
class Return:
    """What the client has when the person is back."""

    state: str
    binding: str
    code: str
    issuer: str | None = None
    """The response's `iss` (RFC 9207)."""


async def depart(
    system: SystemDatabase,
    providers: Providers,
    provider: str,
    redirect_uri: str,
    allowed: Sequence[str],
    user_id: UUID | None = None,
) -> Departure:
    """Begin a trip: to sign in, or to link an account to `user_id`. INVALID for a provider that is not set up and a
    redirect URI that is not on the list; UNAVAILABLE where the provider does not answer."""
    if provider not in {one.id for one in providers.known()}:
        raise invalid("This provider is not set up here.", "input", "provider")
    if redirect_uri not in allowed:
        raise invalid("This address is not on the list of those that people are sent back to.", "input", "redirectUri")
    state, binding, expires_at = new_secret(), new_secret(), clock.now() + GOOD_FOR
    with _mistakes_of(provider, "provider"):
        address = await providers.address(_journey(provider, redirect_uri, state, binding))
    row = {"provider": provider, "redirect_uri": redirect_uri, "user_id": user_id, "expires_at": expires_at}
    hashes = {"state_hash": hash_of(_STATE, state), "binding_hash": hash_of(_BINDING, binding)}
    async with system.system_session() as session:
        await session.execute(insert(ProviderAttempt).values(**hashes, **row))
    return Departure(address, state, binding, expires_at)


async def arrive(
    system: SystemDatabase, providers: Providers, returned: Return, user_id: UUID | None = None
) -> tuple[str, Identity]:
    """The provider, and whom it says the person is. INVALID for a state that is unknown, used, too old, another
    client's or another person's, and for whatever the provider did not say itself."""
    async with system.system_session() as session:
        begun = (
            await session.execute(
                delete(ProviderAttempt)
                .where(
                    ProviderAttempt.state_hash == hash_of(_STATE, returned.state),
                    ProviderAttempt.binding_hash == hash_of(_BINDING, returned.binding),
                    ProviderAttempt.user_id.is_not_distinct_from(user_id),
                    ProviderAttempt.expires_at > clock.now(),
                )
                .returning(ProviderAttempt.provider, ProviderAttempt.redirect_uri)
            )
        ).one_or_none()
    if begun is None:
        raise invalid("This sign-in is over: begin again.", "input", "state")
    journey = _journey(begun.provider, begun.redirect_uri, returned.state, returned.binding)
    with _mistakes_of(begun.provider, "code"):
        return begun.provider, await providers.identify(journey, returned.code, returned.issuer)


def _journey(provider: str, redirect_uri: str, state: str, binding: str) -> Journey:
    return Journey(provider, redirect_uri, state, _derived("nonce", binding), _derived("code verifier", binding))


def _derived(purpose: str, binding: str) -> str:
    """43 characters, as RFC 7636 wants at least."""
    digest = hashlib.sha256(f"{purpose}\0{binding}".encode("utf-8", "surrogatepass")).digest()
    return base64.urlsafe_b64encode(digest).decode().rstrip("=")


@contextmanager
def _mistakes_of(provider: str, name: str) -> Iterator[None]:
    try:
        yield
    except ProviderRefused as error:
        log.warning("sign-in at %s was refused: %s", provider, error)
        raise invalid("The provider's answer was not accepted. Begin again.", "input", name) from error
    except ProviderUnavailable as error:
        log.warning("provider %s is not available: %s", provider, error)
        raise unavailable("The provider does not answer. Try again later.", "input", name) from error
