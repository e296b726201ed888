"""How long an operation may run. Ending it cancels its statement in PostgreSQL, which the pool and the driver do."""

import asyncio
from types import TracebackType

from api.errors import LIMITED, ClientError
from api.transport.bounds import Bounds
from api.transport.watch import Watch

LOOK_SECONDS = 0.5


class TimeLimit:
    """For all operations of a process: nearly all are over before anything is set up for them."""

    def __init__(self, bounds: Bounds) -> None:
        self.seconds = bounds.operation_seconds
        self._look_seconds = min(LOOK_SECONDS, self.seconds / 2)
        self._watch = Watch(self._look_seconds)

    def of(self, task: "asyncio.Task[object]") -> "Allotment":
        """A context: the task is cancelled that is still in it after the limit, or up to half a second sooner, and
        ClientError LIMITED is raised in place of the cancellation."""
        return Allotment(self._watch, task, self.seconds, self.seconds - 2 * self._look_seconds)


class Allotment:
    __slots__ = ("_later", "_passed", "_seconds", "_task", "_timer", "_watch")

    def __init__(self, watch: Watch, task: "asyncio.Task[object]", seconds: float, later: float) -> None:
        self._watch = watch
        self._task = task
        self._seconds = seconds
        self._later = later
        self._timer: asyncio.TimerHandle | None = None
        self._passed = False

    def __enter__(self) -> None:
        self._watch.add(self)

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self._watch.remove(self)
        if self._timer is not None:
            self._timer.cancel()
        if self._passed and isinstance(error, asyncio.CancelledError) and not self._task.uncancel():
            raise ClientError(
                LIMITED,
                f"The operation took longer than {self._seconds:g} s and was ended",
                {"limit": "operation_seconds", "maximum": self._seconds},
            ) from None

    def overdue(self) -> None:
        self._timer = asyncio.get_running_loop().call_later(self._later, self._cut)

    def _cut(self) -> None:
        self._passed = True
        self._task.cancel()
