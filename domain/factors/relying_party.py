"""For whom passkeys are good: the relying party in the words of WebAuthn."""

from dataclasses import dataclass
from urllib.parse import urlsplit

from runtime.settings import Settings

NAME = "Coffer"


@dataclass(frozen=True)
class RelyingParty:
    """`id` is a domain, `origins` are the pages of it (and of its subdomains) that may use its passkeys."""

    id: str
    origins: tuple[str, ...]
    name: str = NAME


def relying_party(settings: Settings) -> RelyingParty:
    pages = [page for page in (settings.identity.client_url, settings.public_url) if page]
    origins = settings.factors.passkey_origins or tuple(dict.fromkeys(_origin(page) for page in pages))
    return RelyingParty(settings.factors.passkey_domain or urlsplit(pages[0]).hostname or "", origins)


def _origin(page: str) -> str:
    parts = urlsplit(page)
    return f"{parts.scheme}://{parts.netloc}"
