"""What apps may register and what tokens may be given."""

import ipaddress
from collections.abc import Iterable, Sequence
from datetime import datetime, timedelta
from urllib.parse import SplitResult, urlsplit

from domain.mistakes import Problem
from runtime.scopes import BEYOND_ACCOUNTS, WORDS

MOST_URIS = 10
LONGEST_URI = 500
LONGEST_TOKEN_LIFE = timedelta(days=366)
_SAFE = frozenset("ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789-._~:/?[]@!$&'()*+,;=%")


def check_redirect_uris(uris: Sequence[str]) -> list[str]:
    """Compared letter by letter later, so kept as they are. Raises Problem for none, too many, and any that cannot be
    redirected to safely."""
    if not uris:
        raise Problem("An app has at least one redirect URI.")
    if len(uris) > MOST_URIS:
        raise Problem(f"An app has at most {MOST_URIS} redirect URIs.")
    for uri in uris:
        _check_redirect_uri(uri)
    return list(dict.fromkeys(uris))


def _check_redirect_uri(uri: str) -> None:
    """https, http on this very machine (RFC 8252, 7.3), or a scheme of one's own with a dot in it (7.1)."""
    parts = _parts_of(uri)
    if parts.scheme == "https":
        if not parts.hostname:
            raise Problem("This redirect URI has no host.")
    elif parts.scheme == "http":
        if not is_loopback(parts.hostname or ""):
            raise Problem("A redirect URI is https, except on the person's own machine.")
    elif "." not in parts.scheme:
        raise Problem("A redirect URI is https, or of a scheme of the app's own such as com.example.app.")


def check_homepage(uri: str | None) -> str | None:
    """Raises Problem for anything but https."""
    if uri is None:
        return None
    parts = _parts_of(uri.strip())
    if parts.scheme != "https" or not parts.hostname:
        raise Problem("A homepage is an https address.")
    return uri.strip()


def is_loopback(host: str) -> bool:
    if host == "localhost":
        return True
    try:
        return ipaddress.ip_address(host).is_loopback
    except ValueError:
        return False


def _parts_of(uri: str) -> SplitResult:
    if len(uri) > LONGEST_URI:
        raise Problem(f"An address has at most {LONGEST_URI} characters.")
    if set(uri) - _SAFE:
        raise Problem("An address has no blanks, no fragment and nothing but ASCII.")
    try:
        parts = urlsplit(uri)
        _ = parts.hostname, parts.port
    except ValueError:
        raise Problem("This is not an address.") from None
    if not parts.scheme or not uri.startswith(parts.scheme + ":") or "@" in parts.netloc:
        raise Problem("This is not an address without credentials in it.")
    return parts


def check_scopes(scopes: Iterable[str], *, narrowed: bool) -> list[str]:
    """In the order of the catalogue. Raises Problem for none, unknown ones, and what reaches beyond chosen accounts."""
    given = set(scopes)
    if not given:
        raise Problem("At least one scope is needed.")
    if unknown := given - WORDS.keys():
        raise Problem(f"There is no scope {min(unknown)[:50]!r}.")
    if narrowed and (beyond := given & BEYOND_ACCOUNTS):
        raise Problem(f"{min(beyond)} reaches all accounts: it is not given for some.")
    return [scope for scope in WORDS if scope in given]


def check_expiry(expires_at: datetime, at: datetime) -> datetime:
    """Raises Problem for the past and for more than a year."""
    if expires_at <= at:
        raise Problem("This has passed already.")
    if expires_at > at + LONGEST_TOKEN_LIFE:
        raise Problem("A token lives for a year at most.")
    return expires_at
