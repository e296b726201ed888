"""Which jobs there are, and what is done again and again: functions say so themselves with `@job` and `@every`.

Both may run twice, at the same time or after a crash, in any worker.
"""

import importlib
import logging
import pkgutil
from collections.abc import Awaitable, Callable
from dataclasses import dataclass
from typing import Any

from arq.worker import Function, Retry, func
from sqlalchemy.exc import SQLAlchemyError

import workers
from integrations.world import World
from runtime.jobs import ids_of

USUAL_SECONDS = 60
MOST_TRIES = 4
RETRY_SECONDS = 5.0
"""Before the second try; longer before each one after it."""
# Modules of this package that are programs, not jobs.
_PROGRAMS = frozenset({"workers.__main__", "workers.main", "workers.relay", "workers.eraser"})

log = logging.getLogger("coffer.jobs")

Work = Callable[..., Awaitable[None]]


@dataclass(frozen=True)
class Chore:
    """Something done in every worker each `seconds`, the first time when it starts."""

    name: str
    seconds: float
    work: Callable[[World], Awaitable[None]]


JOBS: dict[str, Function] = {}
CHORES: dict[str, Chore] = {}


def job(*, seconds: float = USUAL_SECONDS) -> Callable[[Work], Work]:
    """A job under the function's own name, ended after `seconds`: `async def sync(world, *, bank_link_id: UUID)`."""

    def declare(work: Work) -> Work:
        async def run(ctx: dict[Any, Any], *args: Any, **kwargs: Any) -> None:
            try:
                await work(ctx["world"], **ids_of(kwargs))
            except (SQLAlchemyError, OSError) as error:
                # The database may be away for a moment, and arq does not try again by itself.
                log.warning("job %s failed and is tried again", name, exc_info=error)
                raise Retry(defer=RETRY_SECONDS * ctx["job_try"]) from error

        name = work.__name__
        if name in JOBS:
            raise ValueError(f"there are two jobs named {name}")
        JOBS[name] = func(run, name=name, timeout=seconds, keep_result=0, max_tries=MOST_TRIES)
        return work

    return declare


def every(*, seconds: float) -> Callable[[Callable[[World], Awaitable[None]]], Callable[[World], Awaitable[None]]]:
    """A chore: it looks into the tables for what is due and enqueues it, or clears something up."""

    def declare(work: Callable[[World], Awaitable[None]]) -> Callable[[World], Awaitable[None]]:
        CHORES[work.__name__] = Chore(work.__name__, seconds, work)
        return work

    return declare


def collect() -> None:
    """Import every module of this folder, so that its jobs and chores are known."""
    for module in pkgutil.iter_modules(workers.__path__, "workers."):
        if module.name not in _PROGRAMS:
            importlib.import_module(module.name)
