"""The load: one run of wrk on one server, and what it said."""

import os
import subprocess
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path

from bench.kit.home import BENCH
from bench.kit.servers import Request, Server

# wrk calls an answer that takes longer an error.
LONGEST_SECONDS = 20
SCRIPT = BENCH / "kit" / "wrk.lua"


@dataclass(frozen=True)
class Answered:
    """Times in microseconds, of the whole run and of one request."""

    requests: int
    duration: int
    bytes: int
    p50: int
    p99: int
    errors: int


def wrk(server: Server, file: Path, *, seconds: int, connections: int) -> Answered:
    """Ask what is in the file again and again."""
    threads = min(len(server.ports), connections)
    command = ["wrk", f"-t{threads}", f"-c{connections}", f"-d{seconds}s", f"--timeout={LONGEST_SECONDS}s"]
    output = subprocess.run(  # noqa: S603
        [*command, "-s", str(SCRIPT), server.url, "--", str(file)],
        check=True,
        capture_output=True,
        text=True,
        timeout=seconds + LONGEST_SECONDS + 30,
        env={**os.environ, "BENCH_PORTS": " ".join(map(str, server.ports))},
    ).stdout
    return read_result(output)


def read_result(output: str) -> Answered:
    """The line that wrk.lua writes at the end."""
    result = next(line for line in output.splitlines() if line.startswith("RESULT "))
    return Answered(*map(int, result.split()[1:]))


def write_requests(file: Path, requests: Sequence[Request]) -> None:
    """As wrk.lua reads them: one in a line, body and headers divided by tabs."""
    file.write_bytes(b"\n".join(map(_line, requests)) + b"\n")


def _line(request: Request) -> bytes:
    return b"\t".join([request.body, *(f"{name}: {value}".encode() for name, value in request.headers.items())])
