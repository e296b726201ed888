"""From a host's name to the addresses that may be connected to: resolved once for each try, and all of them checked."""

import asyncio
import socket
from collections.abc import Awaitable, Callable, Sequence
from concurrent.futures import ThreadPoolExecutor
from ipaddress import IPv4Address, IPv6Address, ip_address

from domain.webhook_endpoints.addresses import is_public
from domain.webhook_endpoints.target import Target

Address = IPv4Address | IPv6Address
Resolve = Callable[[str], Awaitable[Sequence[str]]]
"""All addresses of a name, as text. Raises OSError where there are none."""

MOST_ADDRESSES = 3
_LOOPBACK = {"127.0.0.1": "127.0.0.1", "localhost": "127.0.0.1", "[::1]": "::1"}


class Refused(Exception):
    """Somewhere that a webhook must not go, in words for whoever made the endpoint."""


class SystemResolver:
    """The operating system's, in threads of its own: a name server that answers slowly holds up webhooks only."""

    def __init__(self) -> None:
        self._threads = ThreadPoolExecutor(4, thread_name_prefix="webhook-names")

    async def __call__(self, host: str) -> Sequence[str]:
        found = await asyncio.get_running_loop().run_in_executor(self._threads, _look_up, host)
        return list(dict.fromkeys(found))

    def close(self) -> None:
        self._threads.shutdown(wait=False, cancel_futures=True)


def _look_up(host: str) -> list[str]:
    # With its last dot the name is whole: no search domain of this machine's is tried behind it.
    answers = socket.getaddrinfo(f"{host}.", None, type=socket.SOCK_STREAM)
    return [str(answer[4][0]) for answer in answers]


async def addresses_of(target: Target, resolve: Resolve, *, allow_loopback: bool) -> list[Address]:
    """Where to connect to, the first to be tried first. Raises Refused if a single answer is no public address: a name
    with both kinds is a trap, whichever comes first. Raises OSError for a name that is not known."""
    if target.is_loopback:
        return [ip_address(_LOOPBACK[target.host])]
    found = [_address(text) for text in await resolve(target.host)]
    for address in found:
        if not (is_public(address) or (allow_loopback and address.is_loopback)):
            raise Refused("The name leads to an address that is not on the public internet.")
    if not found:
        raise Refused("The name has no address.")
    return found[:MOST_ADDRESSES]


def _address(text: str) -> Address:
    try:
        return ip_address(text)
    except ValueError:
        raise Refused("The name leads to what is no address.") from None
