"""One id for a request, its answer, and whatever the log says of it."""

from contextvars import ContextVar
from itertools import count
from secrets import token_hex

_process = token_hex(8)
_numbers = count(1)

current: ContextVar[str | None] = ContextVar("correlation", default=None)


def begin() -> str:
    """A new id, which everything of the running task goes by from here on."""
    made = f"{_process}{next(_numbers):08x}"
    current.set(made)
    return made
