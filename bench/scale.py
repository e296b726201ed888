"""The list page under more of everything: rows, connections, objects a page, depth, API processes.

    scripts/bench scale [--curves rows connections objects depth processes] [--millions 1 5 20] [--write]
    scripts/bench scale --seed-only [--millions 1 5 20]

Each curve is one run of shuffled rounds. More rows are more households of 5,000 transactions; the same number of
people asks at every size, from all over the table, and at the largest sizes also all of them. `nice scripts/bench
scale --seed-only` makes the large tables beforehand: 20 million rows take 18 GB.
"""

import argparse
import statistics
import sys
from collections.abc import Mapping, Sequence
from contextlib import ExitStack
from dataclasses import asdict, dataclass, replace

from bench.kit import coffer, install
from bench.kit.engines import Server as Postgres
from bench.kit.engines import running_postgres, running_valkey
from bench.kit.home import make_folders
from bench.kit.people import PEOPLE, TRANSACTIONS, Size, prepare
from bench.kit.ratios import NOTHING, median, over
from bench.kit.report import Table, plain, publish
from bench.kit.rounds import Cell, Plan, measure
from bench.kit.servers import Server

CURVES = ("rows", "connections", "objects", "depth", "processes")
COLUMNS = ("", "req/s", "min..max", "p50 ms", "p50 ratio", "p99 ms", "CPU µs/req", "PG µs/req", "B/resp", "errors")
CONNECTIONS, OBJECTS, PROCESSES = (1, 4, 16, 64), (1, 10, 100), (1, 2)
USUAL_CONNECTIONS, USUAL_PAGE = 16, 50
PER_MILLION = PEOPLE

# Each level is the one before with one more edge at its end.
LEVELS = (
    "accounts {{ id name {} }}",
    "transactions(first: 10) {{ nodes {{ id date {} }} }}",
    "account {{ id name {} }}",
    "transactions(first: 1) {{ nodes {{ id date {} }} }}",
    "category {{ id name {} }}",
    "parent {{ id name {} }}",
)


@dataclass(frozen=True)
class Point:
    """One place on a curve."""

    name: str
    plan: Plan


class Curves:
    """Starts what a curve needs, for as long as `stack` is open."""

    def __init__(self, postgres: Postgres, redis_url: str, options: argparse.Namespace) -> None:
        self._postgres = postgres
        self._redis_url = redis_url
        self._options = options

    def points(self, curve: str, stack: ExitStack) -> list[Point]:
        made: list[Point] = getattr(self, f"_{curve}")(stack)
        return made

    def _server(self, stack: ExitStack, name: str, size: Size, *, people: int = PEOPLE, processes: int = 1) -> Server:
        urls = prepare(self._postgres, size)
        started = stack.enter_context(coffer.start(name, urls, self._redis_url, processes=processes))
        viewers = coffer.spread(coffer.everybody(self._postgres, size), people)
        return replace(started, requests=coffer.requests(viewers, {"first": USUAL_PAGE}))

    def _rows(self, stack: ExitStack) -> list[Point]:
        points = []
        for million in self._options.millions:
            size = sized(million)
            for people in sorted({PEOPLE, size.people}):
                server = self._server(stack, f"rows-{million}-{people}", size, people=people)
                for connections in (1, USUAL_CONNECTIONS):
                    name = f"{million} M rows, {people:,} people ask, {connections} at once"
                    points.append(Point(name, Plan(server, "list", connections)))
        return sorted(points, key=lambda point: point.plan.connections)

    def _connections(self, stack: ExitStack) -> list[Point]:
        server = self._server(stack, "connections", sized(1))
        return [Point(f"connections: {count}", Plan(server, "list", count)) for count in CONNECTIONS]

    def _objects(self, stack: ExitStack) -> list[Point]:
        server = self._server(stack, "objects", sized(1))
        viewers = coffer.spread(coffer.everybody(self._postgres, sized(1)), PEOPLE)
        return [
            Point(
                f"objects a page: {count}",
                Plan(
                    replace(server, name=f"objects-{count}", requests=coffer.requests(viewers, {"first": count})),
                    "list",
                    USUAL_CONNECTIONS,
                ),
            )
            for count in OBJECTS
        ]

    def _depth(self, stack: ExitStack) -> list[Point]:
        server = self._server(stack, "depth", sized(1))
        viewers = coffer.spread(coffer.everybody(self._postgres, sized(1)), PEOPLE)
        return [
            Point(
                f"depth: {level}",
                Plan(
                    replace(server, name=f"depth-{level}", requests=coffer.asking(viewers, nested(level), {})),
                    "depth",
                    USUAL_CONNECTIONS,
                ),
            )
            for level in range(1, len(LEVELS) + 1)
        ]

    def _processes(self, stack: ExitStack) -> list[Point]:
        servers = [
            self._server(stack, f"processes-{count}", sized(1), processes=count) for count in self._options.processes
        ]
        return [
            Point(f"API processes: {len(server.pids)}", Plan(server, "list", USUAL_CONNECTIONS)) for server in servers
        ]


def nested(levels: int) -> str:
    """A document with so many edges below the viewer."""
    text = ""
    for level in reversed(LEVELS[:levels]):
        text = level.format(text)
    return f"{{ viewer {{ {text} }} }}"


def sized(million: int) -> Size:
    return Size(people=PER_MILLION * million, transactions=TRANSACTIONS)


def table(curve: str, points: Sequence[Point], cells: Sequence[Cell]) -> Table:
    """The ratio is each point's p50 over that of the first point with as many connections, round by round."""
    rows = []
    for point in points:
        mine = cells_of(point, cells)
        first = next((one for one in points if one.plan.connections == point.plan.connections), point)
        rates = [cell.requests_per_second for cell in mine]
        rows.append(
            [
                point.name,
                f"{statistics.median(rates):.0f}",
                f"{min(rates):.0f}..{max(rates):.0f}",
                f"{median(mine, lambda cell: cell.p50) / 1e3:.2f}",
                NOTHING if first is point else f"{p50_ratio(mine, cells_of(first, cells)):.2f}",
                f"{median(mine, lambda cell: cell.p99) / 1e3:.1f}",
                f"{median(mine, lambda cell: cell.cpu):.0f}",
                f"{median(mine, lambda cell: cell.postgres_cpu):.0f}",
                f"{median(mine, lambda cell: cell.bytes):.0f}",
                str(sum(cell.errors for cell in mine)),
            ]
        )
    return Table(f"By {curve}:", COLUMNS, rows)


def cells_of(point: Point, cells: Sequence[Cell]) -> list[Cell]:
    return [
        cell for cell in cells if (cell.server, cell.connections) == (point.plan.server.name, point.plan.connections)
    ]


def p50_ratio(mine: Sequence[Cell], first: Sequence[Cell]) -> float:
    by_round = {cell.round: cell.p50 for cell in first}
    return statistics.median(over(cell.p50, by_round[cell.round]) for cell in mine)


def measured(options: argparse.Namespace) -> Mapping[str, tuple[list[Point], list[Cell]]]:
    install.need_wrk()
    found = {}
    with running_postgres() as postgres, running_valkey() as redis_url:
        for million in options.millions:
            prepare(postgres, sized(million))
        if options.seed_only:
            return {}
        curves = Curves(postgres, redis_url, options)
        for curve in options.curves:
            with ExitStack() as stack:
                points = curves.points(curve, stack)
                print(f"curve of {curve}: {len(points)} points", flush=True)
                found[curve] = (
                    points,
                    measure(
                        [point.plan for point in points],
                        postgres.pid,
                        rounds=options.rounds,
                        seconds=options.seconds,
                    ),
                )
    return found


def main() -> int:
    parser = argparse.ArgumentParser(prog="scripts/bench scale", description=(__doc__ or "").splitlines()[0])
    parser.add_argument("--curves", nargs="+", default=list(CURVES), choices=CURVES)
    parser.add_argument("--millions", type=int, nargs="+", default=[1, 5, 20], help="of rows, for the curve of rows")
    parser.add_argument("--processes", type=int, nargs="+", default=list(PROCESSES))
    parser.add_argument("--rounds", type=int, default=5)
    parser.add_argument("--seconds", type=int, default=3, help="for each point and round")
    parser.add_argument("--seed-only", action="store_true", help="make the tables and measure nothing")
    parser.add_argument("--write", action="store_true", help="put the tables into docs/performance.md")
    options = parser.parse_args()
    make_folders()
    found = measured(options)
    if found:
        intro = f"The list page on one machine; medians of {options.rounds} rounds of {options.seconds} s."
        tables = [table(curve, points, cells) for curve, (points, cells) in found.items()]
        results = {
            "options": plain(vars(options)),
            "curves": {curve: [asdict(cell) for cell in cells] for curve, (_, cells) in found.items()},
        }
        publish("scale", intro, tables, results, write=options.write)
    return 0


if __name__ == "__main__":
    sys.exit(main())
