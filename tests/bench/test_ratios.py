"""Ratios, by numbers that can be checked by hand."""

from bench.kit.ratios import line, ratio
from bench.kit.rounds import Cell


def cell(server: str, number: int, rate: float, *, p99: int = 1000, cpu: float = 100.0) -> Cell:
    return Cell(
        server,
        "list",
        16,
        number,
        requests_per_second=rate,
        p50=500,
        p99=p99,
        cpu=cpu,
        postgres_cpu=0.0,
        bytes=13_500.0,
        rss=64 * 2**20,
        errors=0,
    )


def test_each_round_is_divided_by_itself() -> None:
    mine = [cell("coffer", 1, 300), cell("coffer", 2, 100), cell("coffer", 3, 400)]
    theirs = [cell("peer", 3, 100), cell("peer", 1, 100), cell("peer", 2, 200)]

    found = ratio(mine, theirs)

    assert found is not None
    # 300/100, 100/200, 400/100
    assert (found.least, found.median, found.most) == (0.5, 3.0, 4.0)


def test_cpu_and_latency_are_divided_as_well() -> None:
    found = ratio([cell("coffer", 1, 1, p99=3000, cpu=50)], [cell("peer", 1, 1, p99=2000, cpu=200)])

    assert found is not None
    assert found.row("list / peer") == ["list / peer", "1.00", "1.00..1.00", "0.25", "1.50"]


def test_servers_without_a_common_round_are_not_compared() -> None:
    assert ratio([cell("coffer", 1, 1)], [cell("peer", 2, 1)]) is None
    assert ratio([cell("coffer", 1, 1)], []) is None


def test_nothing_is_divided_by_a_figure_that_is_missing() -> None:
    found = ratio([cell("coffer", 1, 1)], [cell("peer", 1, 1, p99=0, cpu=0)])

    assert found is not None
    assert found.row("") == ["", "1.00", "1.00..1.00", "–", "0.00"]  # noqa: RUF001


def test_a_line_shows_medians_and_the_range() -> None:
    cells = [cell("coffer", 1, 900), cell("coffer", 2, 1100), cell("coffer", 3, 1000)]

    assert line("coffer", cells) == [
        *("coffer", "1000", "900..1100", "0.50", "1.0", "100"),
        *("–", "13500", "64", "0"),  # noqa: RUF001
    ]
