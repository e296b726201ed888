"""The port to wherever large bytes are kept: files that people upload, raw pages of providers."""

from collections.abc import AsyncIterable, Iterator
from datetime import timedelta
from typing import Protocol


class ObjectTooLarge(Exception):
    """More bytes than were allowed came; nothing was kept."""


class ObjectStoreFull(Exception):
    """There is no room; nothing was kept."""


class ObjectMissing(Exception):
    """There is nothing under this key."""


class ObjectStore(Protocol):
    """Objects are whole or not there. A key is words of letters, digits, "-", "_" and ".", parted by "/"."""

    async def put(self, key: str, chunks: AsyncIterable[bytes], *, most: int) -> int:
        """Keep what comes, at most `most` bytes; the number of bytes. Raises ObjectTooLarge and ObjectStoreFull."""
        ...

    def read(self, key: str) -> Iterator[bytes]:
        """The bytes in pieces; blocking, for jobs in a thread. Raises ObjectMissing at the first piece."""
        ...

    async def delete(self, key: str) -> None:
        """Forget the object; a missing one is no error. A key that ends with "/" forgets all below it."""
        ...

    async def forget_older(self, age: timedelta) -> int:
        """Forget what was kept longer ago, and what was broken off then; how many."""
        ...
