"""Waiting for what comes by itself."""

import asyncio
import time
from collections.abc import Awaitable, Callable


async def until(holds: Callable[[], Awaitable[bool]], what: str, seconds: float = 30, pause: float = 0.1) -> None:
    """Ask again and again. Raises AssertionError with `what` when it does not come true in time."""
    deadline = time.monotonic() + seconds
    while not await holds():
        if time.monotonic() > deadline:
            raise AssertionError(f"in vain after {seconds:.0f} s: {what}")
        await asyncio.sleep(pause)
