"""Child processes that never outlive their parent."""

import ctypes
import os
import secrets
import signal
import socket
import subprocess
import sys
import threading
import time
from collections.abc import Callable, Mapping, Sequence
from pathlib import Path
from typing import IO

from engines.account import Account

FIRST_PORT = 20_000
PR_SET_PDEATHSIG = 1  # linux/prctl.h
# Loaded here, not in the child: between fork and exec only what is in memory already may be touched.
_prctl: Callable[[int, int], int] | None = ctypes.CDLL(None).prctl if sys.platform == "linux" else None


class EngineFailure(Exception):
    """An engine cannot run here; the message is for the person who started it."""


def free_port() -> int:
    """A TCP port of loopback that nobody listened on a moment ago.

    Below those that the kernel gives to outgoing connections: else one of ours could take an engine's port while that
    is being restarted.
    """
    for _ in range(50):
        port = FIRST_PORT + secrets.randbelow(max(_first_outgoing_port() - FIRST_PORT, 1))
        if not port_is_taken(port):
            return port
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        given: int = probe.getsockname()[1]
        return given


def _first_outgoing_port() -> int:
    try:
        return int(Path("/proc/sys/net/ipv4/ip_local_port_range").read_text().split()[0])
    except OSError:
        return 32768


def port_is_taken(port: int) -> bool:
    """Whether somebody listens on this port of loopback (or of all addresses)."""
    with socket.socket() as probe:
        # As a server would bind it: connections of an earlier run that linger in TIME_WAIT do not count.
        probe.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        try:
            probe.bind(("127.0.0.1", port))
        except OSError:
            return True
        return False


def spawn(
    command: Sequence[str | Path],
    *,
    env: Mapping[str, str],
    cwd: Path = Path("/"),
    output: int | IO[bytes] = subprocess.DEVNULL,
    stdin: int | IO[bytes] = subprocess.DEVNULL,
    account: Account | None = None,
    death_signal: signal.Signals = signal.SIGKILL,
) -> "subprocess.Popen[bytes]":
    """Start a program in a session of its own; the kernel sends it `death_signal` when this process is gone.

    Raises EngineFailure if the program cannot be started, RuntimeError off the main thread: the kernel watches the
    *thread* that forked, so a child of a pool's thread would die with that.
    """
    if threading.current_thread() is not threading.main_thread():
        raise RuntimeError("children are started by the main thread only")
    try:
        return subprocess.Popen(  # noqa: S603  our own commands only
            [str(part) for part in command],
            stdin=stdin,
            stdout=output,
            stderr=subprocess.STDOUT if output != subprocess.DEVNULL else subprocess.DEVNULL,
            env=dict(env),
            cwd=cwd,
            user=account.uid if account else None,
            group=account.gid if account else None,
            extra_groups=[] if account else None,
            # A terminal's Ctrl-C then reaches the parent alone, which ends its children in order.
            start_new_session=True,
            preexec_fn=_die_with(os.getpid(), death_signal),
        )
    except (OSError, subprocess.SubprocessError) as error:
        raise EngineFailure(f"cannot start {Path(command[0]).name}: {error}") from error


def _die_with(parent: int, death_signal: signal.Signals) -> Callable[[], None]:
    def before_exec() -> None:
        if _prctl is not None:
            _prctl(PR_SET_PDEATHSIG, death_signal)
        if os.getppid() != parent:  # it died before we asked to be told
            os._exit(1)

    return before_exec


def stop(child: "subprocess.Popen[bytes]", stop_signal: signal.Signals = signal.SIGTERM, seconds: float = 4.0) -> None:
    """End a child politely, or by force when it has not gone after `seconds`. Safe to call twice."""
    if child.poll() is None:
        child.send_signal(stop_signal)
        try:
            child.wait(seconds)
        except subprocess.TimeoutExpired:
            child.kill()
            child.wait()
    if child.stdout is not None:
        child.stdout.close()


def wait_until(
    child: "subprocess.Popen[bytes]", ready: Callable[[], bool], *, seconds: float, what: str, log: Path | None = None
) -> None:
    """Wait until `ready()`. Raises EngineFailure, with the end of the log, if the child ends or takes too long."""
    deadline = time.monotonic() + seconds
    while not ready():
        if child.poll() is not None:
            raise EngineFailure(f"{what} ended at once (exit {child.returncode}){_last_lines(log)}")
        if time.monotonic() > deadline:
            raise EngineFailure(f"{what} was not ready after {seconds:.0f} s{_last_lines(log)}")
        time.sleep(0.02)


def _last_lines(log: Path | None, count: int = 5) -> str:
    if log is None or not log.exists():
        return ""
    lines = log.read_text(errors="replace").strip().splitlines()[-count:]
    return ": " + " / ".join(line.strip() for line in lines) if lines else ""
