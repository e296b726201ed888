"""Every server in turn, in another order in each round, so that no time of the day belongs to anyone."""

import random
import tempfile
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path

from bench.kit.load import Answered, write_requests, wrk
from bench.kit.processes import usage
from bench.kit.servers import Server

PYTHON_WARM_UP, LEAD_IN = 3, 1


@dataclass(frozen=True)
class Cell:
    """One server, one kind of query, one round. Times in microseconds; CPU and bytes are per request."""

    server: str
    kind: str
    connections: int
    round: int
    requests_per_second: float
    p50: int
    p99: int
    cpu: float
    postgres_cpu: float
    bytes: float
    rss: int
    errors: int


@dataclass(frozen=True)
class Plan:
    """What is measured in each round: one server, one kind of query, so many connections."""

    server: Server
    kind: str
    connections: int = 16

    @property
    def file(self) -> str:
        return f"{self.server.name}-{self.kind}"


def plans(servers: Sequence[Server], kinds: Sequence[str], connections: int) -> list[Plan]:
    return [Plan(server, kind, connections) for server in servers for kind in server.kinds if kind in kinds]


def measure(
    planned: Sequence[Plan], postgres_pid: int, *, rounds: int, seconds: int, warm_node: int = 15
) -> list[Cell]:
    """`warm_node`: seconds for each query; V8 needs them before it is fast."""
    cells: list[Cell] = []
    order = list(planned)
    with tempfile.TemporaryDirectory(prefix="coffer-bench-") as name:
        folder = Path(name)
        _write(order, folder)
        for plan in order:
            warm_up = warm_node if plan.server.is_node else PYTHON_WARM_UP
            wrk(plan.server, folder / plan.file, seconds=warm_up, connections=plan.connections)
        for number in range(1, rounds + 1):
            _write(order, folder)
            random.shuffle(order)
            for plan in order:
                wrk(plan.server, folder / plan.file, seconds=LEAD_IN, connections=plan.connections)
                cells.append(_cell(plan, number, folder, postgres_pid, seconds))
            print(f"round {number} of {rounds}", flush=True)
    return cells


def _write(planned: Sequence[Plan], folder: Path) -> None:
    for plan in {plan.file: plan for plan in planned}.values():
        write_requests(folder / plan.file, plan.server.requests(plan.kind))


def _answered(plan: Plan, folder: Path, seconds: int) -> Answered:
    """A second try is given more time: on a busy machine a slow document may not be answered at all."""
    for longer in (seconds, seconds * 5):
        answered = wrk(plan.server, folder / plan.file, seconds=longer, connections=plan.connections)
        if answered.requests:
            return answered
    raise SystemExit(f"{plan.server.name} answered no {plan.kind} in {longer} s")


def _cell(plan: Plan, number: int, folder: Path, postgres_pid: int, seconds: int) -> Cell:
    own, postgres = usage(*plan.server.pids), usage(postgres_pid)
    answered = _answered(plan, folder, seconds)
    own_after, postgres_after = usage(*plan.server.pids), usage(postgres_pid)
    return Cell(
        plan.server.name,
        plan.kind,
        plan.connections,
        number,
        requests_per_second=answered.requests / answered.duration * 1e6,
        p50=answered.p50,
        p99=answered.p99,
        cpu=own_after.cpu_since(own) / answered.requests * 1e6,
        postgres_cpu=postgres_after.cpu_since(postgres) / answered.requests * 1e6,
        bytes=answered.bytes / answered.requests,
        rss=own_after.rss,
        errors=answered.errors,
    )
