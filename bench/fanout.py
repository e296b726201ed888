"""One event to thousands of sockets: Coffer beside Node's graphql-ws, in shuffled rounds.

    scripts/bench fanout [--clients 1000 5000] [--rounds 5] [--growth-events 50000] [--write]

Coffer's events are changes of a balance that are really committed, told by the relay and read back; all subscribers
are people of one household. Node's come straight out of Redis. Each measurement has a server of its own.
"""

import argparse
import math
import random
import resource
import statistics
import sys
import time
from collections.abc import Sequence
from contextlib import ExitStack
from dataclasses import asdict, dataclass

import uvloop

from bench.kit import coffer, install, peers
from bench.kit.crowd import Crowd, Publish, Target
from bench.kit.engines import running_postgres, running_valkey
from bench.kit.home import PEERS, make_folders
from bench.kit.people import Size, prepare
from bench.kit.processes import usage
from bench.kit.publishers import Publisher, through_redis, through_units
from bench.kit.report import Table, plain, publish
from bench.kit.servers import Server

COFFER, PEER = "coffer", peers.SUBSCRIPTION_PEER.name
FAMILY = Size(people=10, transactions=100)
FIRST_CLIENTS, WARM_UP_EVENTS, WINDOW = 20, 20, 8
RAPID_CLIENTS = 100
COLUMNS = (
    *("", "KiB/conn", "RSS MiB", "delivered msg/s", "min..max", "CPU µs/msg", "p50 ms", "p99 ms", "missing", "lost"),
)
RATIO_COLUMNS = ("Coffer / Node", "KiB/conn", "delivered msg/s", "min..max", "CPU/msg", "p99")
GROWTH_CLIENTS, GROWTH_WARM_UP = 10, 5000


@dataclass(frozen=True)
class Measurement:
    """Latency in milliseconds from publishing to arrival; CPU in microseconds per delivery, the relay's included."""

    server: str
    clients: int
    round: int
    bytes_per_connection: float
    rss: int
    deliveries_per_second: float
    cpu: float
    p50: float
    p99: float
    missing: int
    lost: int


@dataclass(frozen=True)
class Stage:
    """A started server, who publishes, and every process that works for an event."""

    server: Server
    target: Target
    publisher: Publisher
    workers: Sequence[int]


class Stages:
    """Starts a server for each measurement, on engines that run all the time."""

    def __init__(self, stack: ExitStack) -> None:
        self.postgres = stack.enter_context(running_postgres())
        self.redis_url = stack.enter_context(running_valkey())
        self.urls = prepare(self.postgres, FAMILY, anew=True)
        everyone = coffer.everybody(self.postgres, FAMILY)
        self.family = [one for one in everyone if one.household_id == everyone[0].household_id]
        self.relay = stack.enter_context(coffer.start_relay(self.urls, self.redis_url))

    def open(self, name: str, stack: ExitStack) -> Stage:
        if name == PEER:
            server = stack.enter_context(peers.start(peers.SUBSCRIPTION_PEER, {"BENCH_REDIS_URL": self.redis_url}))
            document = (PEERS / "queries" / "subscription.graphql").read_text()
            target = Target(name, server.url, document, [{}])
            return Stage(server, target, through_redis(self.redis_url), server.pids)
        server = stack.enter_context(coffer.start(name, self.urls, self.redis_url))
        parameters = coffer.Signers(self.family).headers()
        target = Target(name, server.url, coffer.document("balance"), parameters)
        return Stage(server, target, through_units(self.urls.app, self.family[0]), [*server.pids, self.relay])


async def measure(stage: Stage, clients: int, number: int, options: argparse.Namespace) -> Measurement:
    crowd = Crowd(stage.target)
    try:
        await crowd.connect(FIRST_CLIENTS)
        await crowd.settle()
        before = usage(*stage.server.pids)
        await crowd.connect(clients - FIRST_CLIENTS)
        await crowd.settle()
        connected = usage(*stage.server.pids)
        async with stage.publisher() as publish_one:
            await crowd.burst(publish_one, WARM_UP_EVENTS, WINDOW)
            worked, delivered = usage(*stage.workers), crowd.delivered
            rates = await bursts(crowd, publish_one, options)
            cpu = usage(*stage.workers).cpu_since(worked) / max(crowd.delivered - delivered, 1)
            crowd.latencies.clear()
            await crowd.steadily(publish_one, options.steady / clients, options.seconds)
    finally:
        crowd.leave()
    p50, p99 = percentiles(crowd.latencies)
    return Measurement(
        stage.target.name,
        clients,
        number,
        bytes_per_connection=(connected.rss - before.rss) / (clients - FIRST_CLIENTS),
        rss=connected.rss,
        deliveries_per_second=statistics.median(rates),
        cpu=cpu * 1e6,
        p50=p50,
        p99=p99,
        missing=crowd.expected - crowd.delivered,
        lost=crowd.lost,
    )


async def bursts(crowd: Crowd, publish_one: Publish, options: argparse.Namespace) -> list[float]:
    """Deliveries a second of each burst."""
    rates = []
    for _ in range(options.bursts):
        delivered, started = crowd.delivered, time.perf_counter()
        await crowd.burst(publish_one, math.ceil(options.deliveries / len(crowd.subscribers)), WINDOW)
        rates.append((crowd.delivered - delivered) / (time.perf_counter() - started))
    return rates


def percentiles(latencies: Sequence[float]) -> tuple[float, float]:
    """The 50th and the 99th, of seconds, in milliseconds."""
    ordered = sorted(latencies) or [math.nan]
    return ordered[len(ordered) // 2] * 1e3, ordered[int(len(ordered) * 0.99)] * 1e3


async def rapid(stage: Stage, rate: int, seconds: int) -> tuple[float, float]:
    """p50 and p99 of a few subscribers under many events."""
    crowd = Crowd(stage.target)
    try:
        await crowd.connect(RAPID_CLIENTS)
        await crowd.settle()
        async with stage.publisher() as publish_one:
            await crowd.steadily(publish_one, rate, 2)
            crowd.latencies.clear()
            await crowd.steadily(publish_one, rate, seconds)
    finally:
        crowd.leave()
    return percentiles(crowd.latencies)


async def growth(stage: Stage, events: int) -> float:
    """MiB by which the API process grows over so many events, after a warm-up."""
    crowd = Crowd(stage.target)
    try:
        await crowd.connect(GROWTH_CLIENTS)
        await crowd.settle()
        async with stage.publisher() as publish_one:
            await crowd.burst(publish_one, min(GROWTH_WARM_UP, events), WINDOW)
            before = usage(*stage.server.pids).rss
            await crowd.burst(publish_one, events, WINDOW)
            return (usage(*stage.server.pids).rss - before) / 2**20
    finally:
        crowd.leave()


def measured(options: argparse.Namespace) -> tuple[list[Measurement], dict[str, float]]:
    install.need_node()
    found, extra = [], {}
    with ExitStack() as whole:
        stages = Stages(whole)
        for number in range(1, options.rounds + 1):
            order = [(name, clients) for name in (COFFER, PEER) for clients in options.clients]
            random.shuffle(order)
            for name, clients in order:
                with ExitStack() as stack:
                    stage = stages.open(name, stack)
                    found.append(uvloop.run(measure(stage, clients, number, options)))
            print(f"round {number} of {options.rounds}", flush=True)
        with ExitStack() as stack:
            extra["p50"], extra["p99"] = uvloop.run(rapid(stages.open(COFFER, stack), options.rapid, options.seconds))
        if options.growth_events:
            with ExitStack() as stack:
                extra["growth"] = uvloop.run(growth(stages.open(COFFER, stack), options.growth_events))
    return found, extra


def tables(found: Sequence[Measurement], extra: dict[str, float], options: argparse.Namespace) -> list[Table]:
    lines, divided = [], []
    for clients in options.clients:
        mine, theirs = ([one for one in found if (one.server, one.clients) == (s, clients)] for s in (COFFER, PEER))
        lines += [_line(one) for one in (mine, theirs)]
        by_round = {one.round: one for one in theirs}
        divided.append(_ratio(f"{clients:,} subscribers", [(one, by_round[one.round]) for one in mine]))
    last = [[f"{options.rapid} events/s to {RAPID_CLIENTS} subscribers: p50, p99 ms"]]
    last[0].append(f"{extra['p50']:.1f}, {extra['p99']:.1f}")
    if "growth" in extra:
        last.append([f"the API process grows over {options.growth_events:,} events by", f"{extra['growth']:.1f} MiB"])
    return [
        Table("Servers:", COLUMNS, lines),
        Table("Each round by itself:", RATIO_COLUMNS, divided),
        Table("Coffer alone:", ["", ""], last),
    ]


def _line(some: Sequence[Measurement]) -> list[str]:
    rates = [one.deliveries_per_second for one in some]
    return [
        f"{some[0].server}, {some[0].clients:,}",
        f"{statistics.median(one.bytes_per_connection for one in some) / 1024:.1f}",
        f"{statistics.median(one.rss for one in some) / 2**20:.0f}",
        f"{statistics.median(rates):.0f}",
        f"{min(rates):.0f}..{max(rates):.0f}",
        *(f"{statistics.median(getattr(one, name) for one in some):.1f}" for name in ("cpu", "p50", "p99")),
        str(sum(one.missing for one in some)),
        str(sum(one.lost for one in some)),
    ]


def _ratio(title: str, pairs: Sequence[tuple[Measurement, Measurement]]) -> list[str]:
    def of(name: str) -> list[float]:
        return [getattr(mine, name) / getattr(theirs, name) for mine, theirs in pairs]

    rates = of("deliveries_per_second")
    return [
        title,
        f"{statistics.median(of('bytes_per_connection')):.2f}",
        f"{statistics.median(rates):.2f}",
        f"{min(rates):.2f}..{max(rates):.2f}",
        f"{statistics.median(of('cpu')):.2f}",
        f"{statistics.median(of('p99')):.2f}",
    ]


def main() -> int:
    parser = argparse.ArgumentParser(prog="scripts/bench fanout", description=(__doc__ or "").splitlines()[0])
    parser.add_argument("--clients", type=int, nargs="+", default=[1000, 5000])
    parser.add_argument("--rounds", type=int, default=5)
    parser.add_argument("--deliveries", type=int, default=50_000, help="in each burst")
    parser.add_argument("--bursts", type=int, default=3, help="in each round")
    parser.add_argument("--steady", type=int, default=5000, help="deliveries a second while latency is measured")
    parser.add_argument("--seconds", type=int, default=10, help="of the steady rate")
    parser.add_argument("--rapid", type=int, default=200, help=f"events a second to {RAPID_CLIENTS} subscribers")
    parser.add_argument("--growth-events", type=int, default=50_000, help="0 leaves that measurement out")
    parser.add_argument("--write", action="store_true", help="put the tables into docs/performance.md")
    options = parser.parse_args()
    _, limit = resource.getrlimit(resource.RLIMIT_NOFILE)
    resource.setrlimit(resource.RLIMIT_NOFILE, (limit, limit))
    make_folders()
    found, extra = measured(options)
    intro = (
        f"Bursts of {options.deliveries:,} deliveries; latency at {options.steady:,} deliveries/s, from publishing to "
        f"arrival; medians of {options.rounds} rounds."
    )
    results = {"options": plain(vars(options)), "measurements": [asdict(one) for one in found], "extra": extra}
    publish("fanout", intro, tables(found, extra, options), results, write=options.write)
    return 0


if __name__ == "__main__":
    sys.exit(main())
