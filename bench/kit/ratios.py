"""What cells say: medians of a server, and one server divided by another, round by round."""

import statistics
from collections.abc import Callable, Sequence
from dataclasses import dataclass

from bench.kit.report import Table
from bench.kit.rounds import Cell

SERVER_COLUMNS = (
    *("server", "req/s", "min..max", "p50 ms", "p99 ms", "CPU µs/req", "PG µs/req", "B/resp", "RSS MiB", "errors"),
)
RATIO_COLUMNS = ("", "req/s", "min..max", "CPU/req", "p99")
NOTHING = "–"  # noqa: RUF001


@dataclass(frozen=True)
class Ratio:
    """One server's figures over another's, each round by itself: the median of the rounds, and their range."""

    median: float
    least: float
    most: float
    cpu: float
    p99: float

    def row(self, title: str) -> list[str]:
        spread = f"{self.least:.2f}..{self.most:.2f}"
        return [title, f"{self.median:.2f}", spread, f"{self.cpu:.2f}" if self.cpu else NOTHING, f"{self.p99:.2f}"]


def ratio(mine: Sequence[Cell], theirs: Sequence[Cell]) -> Ratio | None:
    """None where the two have no round in common."""
    by_round = {cell.round: cell for cell in theirs}
    pairs = [(cell, by_round[cell.round]) for cell in mine if cell.round in by_round]
    if not pairs:
        return None
    rates = [one.requests_per_second / other.requests_per_second for one, other in pairs]
    return Ratio(
        statistics.median(rates),
        min(rates),
        max(rates),
        cpu=statistics.median(over(one.cpu, other.cpu) for one, other in pairs),
        p99=statistics.median(over(one.p99, other.p99) for one, other in pairs),
    )


def over(mine: float, theirs: float) -> float:
    """Zero where there is nothing to compare with: wrk has no percentiles of a few requests."""
    return mine / theirs if theirs else 0.0


def of(cells: Sequence[Cell], server: str, kind: str) -> list[Cell]:
    return [cell for cell in cells if (cell.server, cell.kind) == (server, kind)]


def table_of_kind(title: str, named: Sequence[tuple[str, Sequence[Cell]]]) -> Table:
    """One line for each (name, its cells), the fastest first; names without cells are left out."""
    rows = [(median(cells, lambda cell: cell.requests_per_second), line(name, cells)) for name, cells in named if cells]
    return Table(title, SERVER_COLUMNS, [row for _, row in sorted(rows, key=lambda row: -row[0])])


def median(cells: Sequence[Cell], value: Callable[[Cell], float]) -> float:
    return statistics.median(map(value, cells))


def line(name: str, cells: Sequence[Cell]) -> list[str]:
    rates = [cell.requests_per_second for cell in cells]
    return [
        name,
        f"{statistics.median(rates):.0f}",
        f"{min(rates):.0f}..{max(rates):.0f}",
        f"{median(cells, lambda cell: cell.p50) / 1e3:.2f}",
        f"{median(cells, lambda cell: cell.p99) / 1e3:.1f}",
        _or_dash(median(cells, lambda cell: cell.cpu)),
        _or_dash(median(cells, lambda cell: cell.postgres_cpu)),
        f"{median(cells, lambda cell: cell.bytes):.0f}",
        _or_dash(median(cells, lambda cell: cell.rss) / 2**20),
        str(sum(cell.errors for cell in cells)),
    ]


def _or_dash(value: float) -> str:
    return f"{value:.0f}" if value >= 0.5 else NOTHING
