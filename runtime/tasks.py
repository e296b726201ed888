"""Ending tasks for certain: redis-py (5.3.1), while it connects, at times swallows a cancellation."""

import asyncio
from collections.abc import Coroutine
from contextlib import suppress
from typing import Any

AGAIN_SECONDS = 0.1


async def end(task: "asyncio.Task[Any]") -> None:
    """Cancel until it is over. What it raised is the task's own business."""
    while not task.done():
        task.cancel()
        await asyncio.wait({task}, timeout=AGAIN_SECONDS)
    if not task.cancelled():
        task.exception()


def is_to_end() -> bool:
    """Whether the running task was cancelled, even if somebody below has swallowed it."""
    task = asyncio.current_task()
    return task is not None and task.cancelling() > 0


async def to_the_end(clearing: Coroutine[Any, Any, None]) -> None:
    """Clear up completely, however often the task that does it is cancelled meanwhile: `end` does so."""
    task = asyncio.create_task(clearing)
    while not task.done():
        with suppress(asyncio.CancelledError):
            await asyncio.wait({task})
    task.result()
