"""What carries a message to a third party's server: implemented in integrations/webhook_delivery."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import timedelta
from typing import Protocol


@dataclass(frozen=True)
class Message:
    """`id` is the same for each try of one delivery; each of `secrets` signs it."""

    id: str
    url: str
    body: bytes
    secrets: Sequence[str]


@dataclass(frozen=True)
class Answer:
    """What came of one try. `status` None: there was no answer, and `problem` says why, in words."""

    duration_ms: int
    status: int | None = None
    text: str | None = None
    """The beginning of the answer's body, where it was no success."""
    retry_after: timedelta | None = None
    problem: str | None = None

    @property
    def is_success(self) -> bool:
        return self.status is not None and 200 <= self.status < 300

    @property
    def is_gone(self) -> bool:
        """The receiver wants nothing more of us (410)."""
        return self.status == 410


class Messenger(Protocol):
    async def send(self, message: Message) -> Answer:
        """One try. Raises nothing but what cancels it: whatever goes wrong is an answer."""
