"""A circuit breaker: a provider that is down is left alone for a while, instead of every link waiting for it."""

import time
from collections.abc import Callable

from domain.bank_links.feed import ProviderDown

FAILURES = 5
FIRST_PAUSE, LONGEST_PAUSE = 5.0, 60.0


class Breaker:
    """Opens after FAILURES in a row. When its pause is over one request goes out to see; the others still wait."""

    def __init__(self, now: Callable[[], float] = time.monotonic) -> None:
        self._now = now
        self._failures = 0
        self._pause = FIRST_PAUSE
        self._closed_until: float | None = None

    def check(self) -> None:
        """Raises ProviderDown where nothing should be asked at the moment."""
        if self._closed_until is None:
            return
        now = self._now()
        if now < self._closed_until:
            raise ProviderDown("the provider was down a moment ago", wait_seconds=self._closed_until - now)
        # Whoever asks now is the one who looks whether it is back.
        self._closed_until = now + self._pause

    def succeeded(self) -> None:
        self._failures, self._pause, self._closed_until = 0, FIRST_PAUSE, None

    def failed(self) -> None:
        self._failures += 1
        if self._closed_until is not None:
            self._pause = min(self._pause * 2, LONGEST_PAUSE)
            self._closed_until = self._now() + self._pause
        elif self._failures >= FAILURES:
            self._closed_until = self._now() + self._pause
