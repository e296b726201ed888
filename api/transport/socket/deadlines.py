"""What is due a fixed time after it began: one timer for any number of sockets, and none while nothing waits."""

import asyncio
from collections.abc import Callable, Hashable
from typing import Generic, TypeVar

T = TypeVar("T", bound=Hashable)


class Deadlines(Generic[T]):
    """All wait equally long, so the oldest is due first: a dictionary in order of insertion is the queue."""

    __slots__ = ("_due", "_seconds", "_timer", "_waiting")

    def __init__(self, seconds: float, due: Callable[[T], None]) -> None:
        self._seconds = seconds
        self._due = due
        self._waiting: dict[T, float] = {}
        self._timer: asyncio.TimerHandle | None = None

    def start(self, one: T) -> None:
        """From now, whatever it waited for before."""
        loop = asyncio.get_running_loop()
        self._waiting.pop(one, None)
        self._waiting[one] = at = loop.time() + self._seconds
        if self._timer is None:
            self._timer = loop.call_at(at, self._fire)

    def stop(self, one: T) -> None:
        self._waiting.pop(one, None)

    def __len__(self) -> int:
        return len(self._waiting)

    def _fire(self) -> None:
        self._timer = None
        loop = asyncio.get_running_loop()
        now = loop.time()
        for one, at in list(self._overdue(now)):
            if self._waiting.get(one) == at:
                del self._waiting[one]
                self._due(one)
        if self._waiting and self._timer is None:
            self._timer = loop.call_at(next(iter(self._waiting.values())), self._fire)

    def _overdue(self, now: float) -> "list[tuple[T, float]]":
        overdue = []
        for one, at in self._waiting.items():
            if at > now:
                break
            overdue.append((one, at))
        return overdue
