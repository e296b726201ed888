"""How fast many rows are applied, against a raw COPY of the same rows into the same table.

    scripts/bench ingest [--rows 100000] [--rounds 5] [--watched 300000] [--others 1000000] [--data FILE] [--write]

One PostgreSQL on this machine, durable, one process that applies, row-level security on; the rows of other households
lie in the tables already. First a long history is applied while another process tries the household's stream every
two milliseconds and books on another of its accounts. Then come rounds of three ways, in shuffled order: COPY by the
administrator; rows whose merchant and category are known, applied with sums and journal; the same with names cleaned,
merchants found and categories chosen. The latter two are applied once more as well, when nothing changes. After each
the sums are counted anew, and the rows taken out again. FILE is a gzipped CSV with date, merchant, amount and currency;
without it rows are made up.
"""

import argparse
import asyncio
import gc
import random
import time
from collections import defaultdict
from collections.abc import Awaitable, Callable, Sequence
from dataclasses import asdict, dataclass
from itertools import islice
from pathlib import Path
from statistics import median
from typing import Any

import asyncpg

from bench.kit.home import make_folders
from bench.kit.ingest_place import COLUMNS, Place, Rows, apply, from_file, made_up, opened, seed_others
from bench.kit.ingest_watch import watched
from bench.kit.processes import usage
from bench.kit.report import Table, plain, publish
from cli.migrations import migrate
from domain import tables
from domain.transactions.categorising import Catalogue, Categorised, Uncategorised, whole_catalogue
from domain.transactions.ingest import IncomingRow, apply_staged
from domain.transactions.ingest_rows import Seen, stage_lines
from domain.transactions.ingest_stage import Stage
from engines import postgres
from runtime.roles import create_roles
from runtime.unit import Unit, in_unit
from runtime.viewer import Viewer
from tests.cluster import in_own_loop, temporary_folder

COPY, KNOWN, CLEANED = "COPY of new rows", "new rows, applied", "new rows, cleaned and applied"
AGAIN = {KNOWN: "the same again, applied", CLEANED: "the same again, cleaned and applied"}
WRONG_SUMS = """
select count(*)
from (
    select account_id, category_id, currency, date_trunc('month', date::timestamp)::date as month,
        sum(amount) as amount, count(*) as count
    from transactions where household_id = $1 and counts group by 1, 2, 3, 4
) counted
full join (select * from spending where household_id = $1 and (count <> 0 or amount <> 0)) kept
    using (account_id, category_id, currency, month)
where (counted.amount, counted.count) is distinct from (kept.amount, kept.count)
"""


class Known(Catalogue):
    """Has every answer already."""

    def __init__(self, answers: dict[tuple[str, bool], Categorised]) -> None:
        self._answers = answers

    def categorise(self, row: Uncategorised) -> Categorised:
        return self._answers[row.description, row.amount > 0]


@dataclass(frozen=True)
class Figure:
    """Of one pass; CPU in µs a row."""

    rows_per_second: float
    own_cpu: float
    postgres_cpu: float


async def rounds(place: Place, rows: list[IncomingRow], count: int) -> dict[str, list[Figure]]:
    viewer, card = await place.household("rounds")
    admin = await asyncpg.connect(place.cluster.url("coffer"), command_timeout=600)
    # All merchants are there from now on, for every way.
    await apply(place, viewer, card, lambda: iter(rows))
    found = await admin.fetch(
        f"select {', '.join(COLUMNS)} from transactions where household_id = $1 order by id", viewer.household_id
    )
    records = [tuple(one) for one in found]
    known = await _known(place, viewer, rows)
    await _clear(admin, viewer)

    async def copy() -> None:
        async with admin.transaction():
            await admin.copy_records_to_table("transactions", records=records, columns=COLUMNS)

    async def apply_known() -> None:
        async def work(unit: Unit) -> None:
            stage, seen = Stage(await unit.connection()), Seen()
            await stage.copy(stage_lines(known, ((card, row) for row in rows), seen))
            await apply_staged(unit, stage, seen)

        await in_unit(place.database, viewer, work, actor="provider:bench")

    async def apply_cleaned() -> None:
        await apply(place, viewer, card, lambda: iter(rows))

    ways: list[tuple[str, Callable[[], Awaitable[None]]]] = [
        (COPY, copy),
        (KNOWN, apply_known),
        (CLEANED, apply_cleaned),
    ]
    figures: dict[str, list[Figure]] = defaultdict(list)
    del found
    gc.collect()
    gc.freeze()  # what was prepared is not looked through again and again while it is measured
    for number in range(count):
        for name, way in random.sample(ways, len(ways)):
            figures[name].append(await _timed(place, admin, way, len(rows)))
            if name in AGAIN:
                figures[AGAIN[name]].append(await _timed(place, admin, way, len(rows)))
                if wrong := await admin.fetchval(WRONG_SUMS, viewer.household_id):
                    raise SystemExit(f"{wrong} sums are wrong")
            await _clear(admin, viewer)
        print(f"round {number + 1} of {count}", flush=True)
    await admin.close()
    return figures


async def _known(place: Place, viewer: Viewer, rows: Sequence[IncomingRow]) -> Known:
    async def work(unit: Unit) -> Known:
        catalogue = await whole_catalogue(unit)
        questions = {(row.description, row.amount > 0): row for row in rows}
        return Known(
            {
                question: catalogue.categorise(
                    Uncategorised(row.description, row.amount, row.currency, row.original_description)
                )
                for question, row in questions.items()
            }
        )

    return await in_unit(place.database, viewer, work)


async def _timed(place: Place, admin: asyncpg.Connection, way: Callable[[], Awaitable[None]], rows: int) -> Figure:
    await admin.execute("checkpoint")
    began, own, theirs = time.perf_counter(), time.process_time(), usage(place.server_pid)
    await way()
    seconds, own = time.perf_counter() - began, time.process_time() - own
    return Figure(rows / seconds, own / rows * 1e6, usage(place.server_pid).cpu_since(theirs) / rows * 1e6)


async def _clear(admin: asyncpg.Connection, viewer: Viewer) -> None:
    for table in ("transactions", "spending"):
        await admin.execute(f"delete from {table} where household_id = $1", viewer.household_id)
        await admin.execute(f"vacuum analyze {table}")


async def measure(place: Place, options: argparse.Namespace, rows: Rows) -> tuple[dict[str, Any], dict[str, Any]]:
    await seed_others(place, options.others)
    history = await watched(place, lambda: islice(rows(), options.watched))
    print(history, flush=True)
    return history, await rounds(place, list(islice(rows(), options.rows)), options.rounds)


def rounds_table(figures: dict[str, list[Figure]], rows: int) -> Table:
    copies = [one.rows_per_second for one in figures[COPY]]
    lines = []
    for name in (COPY, KNOWN, CLEANED, *AGAIN.values()):
        rates = [one.rows_per_second for one in figures[name]]
        ratios = [rate / copy for rate, copy in zip(rates, copies, strict=True)]
        own, theirs = (median(getattr(one, of) for one in figures[name]) for of in ("own_cpu", "postgres_cpu"))
        lines.append(
            [
                name,
                f"{median(rates):,.0f}",
                f"{median(ratios):.2f}",
                f"{min(ratios):.2f}..{max(ratios):.2f}",
                f"{own:.1f}",
                f"{theirs:.1f}",
            ]
        )
    columns = ("", "rows/s", "of COPY", "min..max", "own CPU µs/row", "PostgreSQL CPU µs/row")
    return Table(f"{rows:,} rows a pass, median of {len(copies)} rounds:", columns, lines)


def history_table(history: dict[str, Any]) -> Table:
    seconds, rows = history["seconds"], history["rows"]
    lines = [
        ["new rows in one transaction, cleaned and applied", f"{rows:,}"],
        ["time", f"{seconds:.1f} s: {rows / seconds:,.0f} rows a second"],
        ["the household's stream was locked", f"{history['stream_held'] * 1000:.0f} ms"],
        ["computed at a stretch, serving nobody else", f"{history['loop_held'] * 1000:.0f} ms at most"],
        ["memory", f"{history['memory_peak']} MiB at most, {history['memory_before']} MiB before"],
        [
            f"{history['bookings']} bookings of others meanwhile",
            f"p50 {history['booking_median'] * 1000:.0f}, longest {history['booking_longest'] * 1000:.0f} ms",
        ],
    ]
    for size, times in history["syncs"].items():
        ordered = sorted(times)
        words = f"p50 {median(ordered) * 1000:.1f}, longest {ordered[-1] * 1000:.1f} ms"
        lines.append([f"a sync of {size} new row{'s' if int(size) > 1 else ''}", words])
    return Table("A first history, somebody else of the household at work beside it:", ("", ""), lines)


def main() -> None:
    parser = argparse.ArgumentParser(prog="scripts/bench ingest", description=__doc__)
    parser.add_argument("--rows", type=int, default=100_000)
    parser.add_argument("--rounds", type=int, default=5)
    parser.add_argument("--watched", type=int, default=300_000)
    parser.add_argument("--others", type=int, default=1_000_000)
    parser.add_argument("--data", type=Path)
    parser.add_argument("--write", action="store_true", help="put the tables into docs/performance.md")
    options = parser.parse_args()
    tables.metadata()
    make_folders()

    def rows() -> Any:
        return from_file(options.data) if options.data else made_up()

    async def run(cluster: postgres.Cluster, pid: int) -> tuple[dict[str, Any], dict[str, Any]]:
        async with opened(cluster, pid, roles) as place:
            return await measure(place, options, rows)

    with temporary_folder() as folder:
        cluster = postgres.prepare(folder / "postgres")
        server = postgres.start(cluster)
        try:
            postgres.wait_ready(cluster, server)
            roles = in_own_loop(create_roles(cluster.url(), database="coffer"))
            migrate(roles.owner)
            history, figures = asyncio.run(run(cluster, server.pid))
        finally:
            postgres.shut_down(server)
    intro = (
        f"`scripts/bench ingest`: rows into the real tables with all their keys and indexes, row-level security on, "
        f"beside {options.others:,} transactions of others; sums, journal and commit included. Cleaned: names cleaned, "
        "merchants found, categories chosen as well."
    )
    passes = {name: [asdict(one) for one in found] for name, found in figures.items()}
    results = {"options": plain(vars(options)), "history": history, "rounds": passes}
    shown = [rounds_table(figures, options.rows), history_table(history)]
    publish("ingest", intro, shown, results, write=options.write)


if __name__ == "__main__":
    main()
