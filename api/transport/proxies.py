"""Where a client is, behind proxies that the operator trusts.

A proxy adds the address that it was called from at the end of X-Forwarded-For, or of Forwarded (RFC 7239). What the
trusted ones have added is believed: the client is the last address in it that is none of theirs. Only one of the two is
read, the one that the operator names: the other may be passed on as a client has written it.
"""

import ipaddress
from collections.abc import Callable, Sequence

X_FORWARDED_FOR, FORWARDED = "x-forwarded-for", "forwarded"

Network = ipaddress.IPv4Network | ipaddress.IPv6Network
Header = Callable[[str], Sequence[str]]
"""All lines of the header of that name, in lower case, in their order."""


def networks(text: str) -> tuple[Network, ...]:
    """Networks or addresses, separated by commas. Raises ValueError."""
    return tuple(ipaddress.ip_network(one.strip(), strict=False) for one in text.split(",") if one.strip())


def _x_forwarded_for(header: Header) -> list[str]:
    return [one.strip() for one in ",".join(header(X_FORWARDED_FOR)).split(",")]


def _forwarded(header: Header) -> list[str]:
    found: list[str] = []
    for element in ",".join(header(FORWARDED)).split(","):
        pairs = [pair.strip().partition("=") for pair in element.split(";")]
        named = [value.strip().strip('"') for name, _, value in pairs if name.strip().lower() == "for"]
        # A proxy that does not say whom it was called by must not let what stands before it pass for that.
        found += named or [""]
    return found


HEADERS: dict[str, Callable[[Header], list[str]]] = {X_FORWARDED_FOR: _x_forwarded_for, FORWARDED: _forwarded}
"""What can be read, and how: all addresses in their order."""


class Proxies:
    """`header` is one of HEADERS."""

    def __init__(self, trusted: Sequence[Network] = (), header: str = X_FORWARDED_FOR) -> None:
        self.trusted = tuple(trusted)
        self._said = HEADERS[header.lower()]

    def client(self, peer: str, header: Header) -> str:
        """`peer` is who is at the other end of the connection."""
        if not self.trusted or not self._is_trusted(peer):
            return peer
        client = peer
        for address in reversed(self._said(header)):
            if (read := _address(address)) is None:
                # Whoever wrote this is no proxy of ours: the one that reported it is as far as we can see.
                return client
            client = read
            if not self._is_trusted(client):
                return client
        return client

    def _is_trusted(self, address: str) -> bool:
        try:
            parsed = ipaddress.ip_address(address)
        except ValueError:
            return False
        if isinstance(parsed, ipaddress.IPv6Address) and parsed.ipv4_mapped is not None:
            parsed = parsed.ipv4_mapped
        return any(parsed in network for network in self.trusted)


def _address(text: str) -> str | None:
    """Without a port; None for a name or nonsense."""
    if text.startswith("["):
        text = text[1:].partition("]")[0]
    elif text.count(":") == 1:
        text = text.partition(":")[0]
    try:
        return str(ipaddress.ip_address(text))
    except ValueError:
        return None
