"""Child processes: start them, wait for their port, measure them, stop them. A child never outlives its parent."""

import os
import socket
import subprocess
import time
from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path

import psutil

from bench.kit.home import LOGS
from engines.processes import spawn, stop


@contextmanager
def running(
    command: Sequence[str | Path], *, name: str, env: Mapping[str, str], cwd: Path, port: int | None = None
) -> Iterator["subprocess.Popen[bytes]"]:
    """Run a command for as long as the block lasts, from when it listens on `port`. Its words go to LOGS."""
    log = LOGS / f"{name}.log"
    with log.open("wb") as output:
        child = spawn(command, env={**os.environ, **env}, cwd=cwd, output=output)
    try:
        if port is not None:
            _wait_for_port(child, port, log)
        yield child
    finally:
        stop(child, seconds=10)


def _wait_for_port(child: "subprocess.Popen[bytes]", port: int, log: Path, seconds: float = 60) -> None:
    deadline = time.monotonic() + seconds
    while time.monotonic() < deadline:
        if child.poll() is not None:
            break
        try:
            socket.create_connection(("127.0.0.1", port), 1).close()
        except OSError:
            time.sleep(0.1)
        else:
            return
    raise SystemExit(f"nothing listens on port {port}; the end of {log}:\n{log.read_text()[-2000:]}")


@dataclass(frozen=True)
class Usage:
    """CPU seconds used so far and bytes of memory held now, by processes and their descendants."""

    cpu_by_pid: Mapping[int, float]
    rss: int

    def cpu_since(self, earlier: "Usage") -> float:
        return sum(cpu - earlier.cpu_by_pid.get(pid, 0.0) for pid, cpu in self.cpu_by_pid.items())


def usage(*pids: int) -> Usage:
    cpu: dict[int, float] = {}
    rss = 0
    for process in _trees(pids):
        try:
            times = process.cpu_times()
            cpu[process.pid] = times.user + times.system
            rss += process.memory_info().rss
        except psutil.NoSuchProcess:
            continue
    return Usage(cpu, rss)


def _trees(pids: Sequence[int]) -> Iterator[psutil.Process]:
    for pid in pids:
        try:
            process = psutil.Process(pid)
            yield process
            yield from process.children(recursive=True)
        except psutil.NoSuchProcess:
            continue
