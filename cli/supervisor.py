"""Keeps processes running: started again when they die, ended together."""

import asyncio
import signal
import subprocess
import time
from collections.abc import Callable, Sequence
from dataclasses import dataclass, field

from cli.logbook import Logbook
from cli.services import Child, Service, follow
from engines.processes import EngineFailure

FIRST_DELAY = 0.1
LONGEST_DELAY = 5.0
# Who ran this long is healthy: its next end is no reason to wait.
STEADY = 5.0
# A process that ends with this code (sysexits.h) must not be started again: its configuration is wrong.
EX_CONFIG = 78
TRIES = 4
# Seconds for everything to end before force is used.
PATIENCE = 4.0


class StartFailure(Exception):
    """A process does not come up; the message holds its last words."""


@dataclass
class _Kept:
    service: Service
    child: Child | None = None
    ended: asyncio.Event = field(default_factory=asyncio.Event)
    deaths: int = 0
    hopeless: bool = False
    # We ended it ourselves, to start it again at once.
    asked_to_go: bool = False


class Supervisor:
    """Lives on the main thread's event loop: the kernel ends our children with the thread that started them.

    `changed` is called whenever a process was started.
    """

    def __init__(self, logbook: Logbook, changed: Callable[[], None] = lambda: None) -> None:
        self._logbook = logbook
        self._changed = changed
        self._kept: dict[str, _Kept] = {}
        self._tasks: list[asyncio.Task[None]] = []
        self.hopeless = asyncio.Event()

    def pids(self) -> dict[str, int]:
        """Of those that run now."""
        return {name: kept.child.pid for name, kept in self._kept.items() if kept.child is not None}

    async def start(self, *services: Service, seconds: float = 60) -> None:
        """Start them all and wait until each is ready. Raises StartFailure; then call `stop`."""
        self.launch(*services)
        await self.wait_ready(*services, seconds=seconds)

    def launch(self, *services: Service) -> None:
        """Start them all; `wait_ready` tells how it went."""
        asyncio.get_running_loop().add_signal_handler(signal.SIGCHLD, self._look)
        for service in services:
            kept = self._kept[service.name] = _Kept(service)
            self._tasks.append(asyncio.create_task(self._keep(kept)))

    async def wait_ready(self, *services: Service, seconds: float = 60) -> None:
        """Wait for some that were launched. Raises StartFailure, also when another one cannot be started."""
        try:
            async with asyncio.timeout(seconds):
                for service in services:
                    await self._until_ready(self._kept[service.name])
        except TimeoutError:
            raise StartFailure(f"not ready after {seconds:.0f} s: {', '.join(one.name for one in services)}") from None

    async def run_once(self, name: str, start: Callable[[], Child]) -> None:
        """Run a step to its end. Raises StartFailure if it fails."""
        child = start()
        try:
            await follow(child, name, self._logbook)
            await asyncio.to_thread(child.wait)
        finally:
            if child.poll() is None:
                child.kill()
                child.wait()
        if child.returncode != 0:
            await asyncio.sleep(0.05)  # the end of its output
            raise StartFailure(f"{name} failed: {self._logbook.last_words(name) or _how(child.returncode)}")

    async def restart(self, names: Sequence[str]) -> None:
        """End these; they are started again at once."""
        for name in names:
            kept = self._kept[name]
            if kept.child is not None:
                kept.asked_to_go = True
                kept.child.send_signal(kept.service.stop_signal)

    async def stop(self) -> None:
        """End everything within 5 s: first our own processes, then the engines with the time that is left."""
        for task in self._tasks:
            task.cancel()
        await asyncio.gather(*self._tasks, return_exceptions=True)
        begun = time.monotonic()
        await self._end(engines=False, seconds=PATIENCE * 0.6)
        await self._end(engines=True, seconds=begun + PATIENCE - time.monotonic())
        asyncio.get_running_loop().remove_signal_handler(signal.SIGCHLD)

    async def _end(self, *, engines: bool, seconds: float) -> None:
        running = [kept for kept in self._kept.values() if kept.child is not None and kept.service.engine is engines]
        await asyncio.gather(*(self._end_one(kept.service, kept.child, seconds) for kept in running if kept.child))
        for kept in running:
            kept.child = None

    async def _end_one(self, service: Service, child: Child, seconds: float) -> None:
        child.send_signal(service.stop_signal)
        if await asyncio.to_thread(_ends, child, seconds):
            return
        self._logbook.event(service.name, "does not end when asked to: forced", level="warning")
        child.send_signal(service.force_signal)
        if not await asyncio.to_thread(_ends, child, 0.4):
            child.kill()
            child.wait()

    def _look(self) -> None:
        for kept in self._kept.values():
            if kept.child is not None and kept.child.poll() is not None:
                kept.ended.set()

    async def _keep(self, kept: _Kept) -> None:
        name, delay = kept.service.name, FIRST_DELAY
        while True:
            started = time.monotonic()
            how = await self._run(kept)
            lived = time.monotonic() - started
            if kept.asked_to_go:
                kept.asked_to_go = False
                continue
            kept.deaths += 1
            if kept.hopeless:
                words = self._logbook.last_words(name)
                self._logbook.event(name, f"{how}: its configuration is wrong. {words}", level="error")
                self.hopeless.set()
                return
            delay = FIRST_DELAY if lived > STEADY else delay
            self._logbook.event(name, f"{how}; starting it again in {delay:.1f} s", level="warning")
            await asyncio.sleep(delay)
            delay = min(delay * 2, LONGEST_DELAY)

    async def _run(self, kept: _Kept) -> str:
        """Start it and wait for its end; how that came."""
        name = kept.service.name
        kept.ended.clear()
        try:
            child = kept.service.start()
        except EngineFailure as failure:
            return str(failure)
        kept.child = child
        self._logbook.event(name, f"started, process {child.pid}")
        self._changed()
        await follow(child, name, self._logbook)
        while child.poll() is None:
            try:
                # Signals may be merged: look now and then even if none came.
                await asyncio.wait_for(kept.ended.wait(), 0.5)
            except TimeoutError:
                continue
        kept.child = None
        kept.hopeless = child.returncode == EX_CONFIG
        return _how(child.returncode)

    async def _until_ready(self, kept: _Kept) -> None:
        while True:
            for name, other in self._kept.items():
                if other.hopeless or other.deaths >= TRIES:
                    raise StartFailure(f"{name} does not start: {self._logbook.last_words(name) or 'see its log'}")
            child = kept.child
            if child is not None and await kept.service.is_ready(child) and child.poll() is None:
                return
            await asyncio.sleep(0.03)


def _ends(child: Child, seconds: float) -> bool:
    try:
        child.wait(seconds)
    except subprocess.TimeoutExpired:
        return False
    return True


def _how(code: int) -> str:
    return f"killed by {signal.Signals(-code).name}" if code < 0 else f"ended with code {code}"
