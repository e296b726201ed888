"""What a supervised process is, and how its output reaches the logbook."""

import asyncio
import signal
import subprocess
from collections.abc import Awaitable, Callable
from dataclasses import dataclass

from cli.logbook import LONGEST_LINE, Logbook

Child = subprocess.Popen[bytes]


async def runs(_child: Child) -> bool:
    """Ready as soon as it runs."""
    return True


@dataclass(frozen=True)
class Service:
    """A process that must always run. `start` gives a child whose output is a pipe, or raises EngineFailure."""

    name: str
    start: Callable[[], Child]
    is_ready: Callable[[Child], Awaitable[bool]] = runs
    stop_signal: signal.Signals = signal.SIGTERM
    force_signal: signal.Signals = signal.SIGKILL
    # Engines are ended last, when nobody needs them any more.
    engine: bool = False


class Output(asyncio.Protocol):
    """Splits what a process writes into lines for the logbook."""

    def __init__(self, name: str, logbook: Logbook) -> None:
        self._name = name
        self._logbook = logbook
        self._rest = b""

    def data_received(self, data: bytes) -> None:
        *lines, self._rest = (self._rest + data).split(b"\n")
        if len(self._rest) > LONGEST_LINE:
            lines, self._rest = [*lines, self._rest], b""
        for line in lines:
            self._logbook.said(self._name, line)

    def connection_lost(self, _error: Exception | None) -> None:
        if self._rest:
            self._logbook.said(self._name, self._rest)


async def follow(child: Child, name: str, logbook: Logbook) -> None:
    """Write down what the child says from now on, until it closes its output."""
    if child.stdout is not None:
        await asyncio.get_running_loop().connect_read_pipe(lambda: Output(name, logbook), child.stdout)
