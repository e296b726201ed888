"""A client that takes a broken connection and a server in trouble for what they are, and asks again."""

import asyncio
import logging
from collections.abc import Awaitable, Callable
from typing import TypeVar

import httpx
from gql.transport.exceptions import TransportError, TransportQueryError

from tests.end_to_end.person import Refused

T = TypeVar("T")

PAUSE = 0.2
LONGEST = 90.0
# Nothing else may ever be answered because a process was killed.
PASSING = {"INTERNAL", "UNAVAILABLE"}

# Broken connections are what this is about: gql need not tell of each.
for name in ("gql", "httpx", "urllib3", "websockets"):
    logging.getLogger(name).setLevel(logging.CRITICAL)


def passes(error: Exception) -> bool:
    """Whether it may be otherwise when one asks again."""
    if isinstance(error, Refused):
        return set(error.codes) <= PASSING
    if isinstance(error, TransportQueryError):
        return {(one.get("extensions") or {}).get("code") for one in error.errors or []} <= PASSING
    return isinstance(error, TransportError | httpx.HTTPError | OSError | TimeoutError)


async def insist(ask: Callable[[], Awaitable[T]]) -> T:
    """Ask until there is an answer; the same each time, so that it must not matter how often it was heard."""
    async with asyncio.timeout(LONGEST):
        while True:
            try:
                return await ask()
            except Exception as error:
                if not passes(error):
                    raise
            await asyncio.sleep(PAUSE)
