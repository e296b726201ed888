"""Where a webhook may go, as far as its URL tells: the sender looks at the addresses behind the name.

One strict form instead of a parser: what another reader of URLs could take for another host is refused, never bent.
"""

import re
from dataclasses import dataclass

from domain.mistakes import Problem
from runtime.webhook_settings import WebhookSettings

LONGEST_URL = 1000
LONGEST_HOST = 253
HTTPS_PORT, HTTP_PORT = 443, 80

_URL = re.compile(
    r"(?P<scheme>https?)://(?P<host>[a-z0-9.-]+|\[::1\])(?::(?P<port>[0-9]{1,5}))?"
    r"(?P<path>(?:/[a-z0-9._~!$&'()*+,;=:@%/-]*)?(?:\?[a-z0-9._~!$&'()*+,;=:@%/?-]*)?)",
    re.IGNORECASE | re.ASCII,
)
_LABEL = re.compile(r"[a-z0-9](?:[a-z0-9-]{0,61}[a-z0-9])?")
# A name whose last label is a number is read as an IPv4 address by some (WHATWG URL, "ends in a number").
_NUMBER = re.compile(r"[0-9]+|0x[0-9a-f]*")
_LOOPBACK = frozenset({"127.0.0.1", "localhost", "[::1]"})
_INSIDE = frozenset(
    {"localhost", "local", "internal", "intranet", "private", "corp", "home", "lan", "arpa", "onion", "invalid", "test"}
)
"""Last labels that are nobody's in the public DNS (RFC 6761, RFC 6762, RFC 8375, ICANN)."""


@dataclass(frozen=True)
class Target:
    """`host` in lower case; `path` with the query, from its first slash on."""

    host: str
    port: int
    path: str
    is_secure: bool
    is_loopback: bool = False
    """Whether it names this very machine, which only a setting allows."""

    @property
    def authority(self) -> str:
        """As the Host header has it."""
        usual = HTTPS_PORT if self.is_secure else HTTP_PORT
        return self.host if self.port == usual else f"{self.host}:{self.port}"


def target_of(url: str, settings: WebhookSettings) -> Target:
    """Raises Problem with what is wrong, in words."""
    if len(url) > LONGEST_URL:
        raise Problem(f"This address is longer than {LONGEST_URL} characters.")
    found = _URL.fullmatch(url)
    if found is None:
        raise Problem(
            "A webhook goes to https://host/path, in plain ASCII (a name as xn--…, the rest percent-encoded), "
            "without a user, a password or a fragment."
        )
    is_secure = found["scheme"].lower() == "https"
    host = found["host"].lower()
    port = int(found["port"] or (HTTPS_PORT if is_secure else HTTP_PORT))
    path = found["path"] if found["path"].startswith("/") else f"/{found['path']}"
    if settings.allow_loopback and host in _LOOPBACK and 0 < port < 65536:
        return Target(host, port, path, is_secure, is_loopback=True)
    if not is_secure:
        raise Problem("A webhook goes to an https address.")
    _check_name(host)
    if port not in settings.ports:
        allowed = " or ".join(str(port) for port in sorted(settings.ports))
        raise Problem(f"A webhook goes to port {allowed}.")
    return Target(host, port, path, is_secure)


def host_of(url: str) -> str:
    """What of a stored URL may be told in mails and logs: the rest may hold a secret of the receiver's."""
    found = _URL.fullmatch(url)
    return "" if found is None else found["host"].lower()


def _check_name(host: str) -> None:
    labels = host.split(".")
    if len(host) > LONGEST_HOST or not all(_LABEL.fullmatch(label) for label in labels):
        raise Problem("This is not a host's name.")
    if _NUMBER.fullmatch(labels[-1]):
        raise Problem("A webhook goes to a host's name, not to a number.")
    if len(labels) == 1 or labels[-1] in _INSIDE:
        raise Problem("This name is not one of the public internet.")
