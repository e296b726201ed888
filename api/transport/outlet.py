"""The way out to one reader: one message at a time, and no longer than a reader may take."""

import asyncio
from collections.abc import Awaitable, Callable

from api.errors import LAGGING, ClientError


class Lagging(Exception):
    """The reader left a message unread for too long; that message was not sent."""


class Outlet:
    """Sends in order. A message waits until the one before it is on its way, so nothing piles up here."""

    def __init__(self, write: Callable[[bytes], Awaitable[None]], seconds: float) -> None:
        self._write = write
        self._seconds = seconds
        self._turn = asyncio.Lock()

    async def send(self, message: bytes) -> None:
        """Raises Lagging after the limit, waiting for one's turn included."""
        try:
            async with asyncio.timeout(self._seconds), self._turn:
                await self._write(message)
        except TimeoutError:
            raise Lagging from None


def lagging_error() -> ClientError:
    """What a reader too slow for its stream is told, should it read again."""
    return ClientError(LAGGING, "The connection is too slow for this stream: resume after the last position")
