"""How fast a long history is applied, what memory it takes, and how long others wait for it.

    scripts/bench ingest [--rows 300000] [--data FILE]

One PostgreSQL on this machine, durable, one process that applies. Meanwhile another process tries the household's
stream every two milliseconds, and books on another of its accounts ten times a second. FILE is a gzipped CSV with
date, merchant, amount and currency; without it rows are made up.
"""

import argparse
import asyncio
import csv
import gzip
import multiprocessing
import os
import platform
import resource
import time
from collections.abc import Callable, Iterator
from datetime import UTC, date, datetime, timedelta
from decimal import Decimal
from itertools import islice
from multiprocessing.connection import Connection
from pathlib import Path
from statistics import median
from uuid import UUID

import asyncpg

from cli.migrations import migrate
from domain import tables
from domain.accounts.models import Account
from domain.events import AccountUpdated
from domain.identity.people import Registration, register
from domain.mistakes import Problem
from domain.spending.commands import SpendingDelta, change_spending
from domain.transactions.ingest import Applied, IncomingRow, apply_rows
from engines import postgres
from runtime.database import Database
from runtime.ids import new_id
from runtime.roles import create_roles
from runtime.system import SystemDatabase
from runtime.unit import Unit, in_unit
from runtime.viewer import Viewer
from tests.cluster import in_own_loop, temporary_folder

BINARY_MEGABYTE = 1024


def from_file(path: Path) -> Iterator[IncomingRow]:
    with gzip.open(path, "rt", encoding="utf-8", newline="") as file:
        for number, line in enumerate(csv.DictReader(file)):
            try:
                yield _row(number, date.fromisoformat(line["date"]), -Decimal(line["amount"]), line["merchant"])
            except (Problem, ArithmeticError):
                continue


def made_up() -> Iterator[IncomingRow]:
    number = 0
    while True:
        number += 1
        day = date(2020, 1, 1) + timedelta(days=number % 2000)
        yield _row(number, day, Decimal(-(number % 9_000) - 1) / 100, f"SHOP {number * 7919 % 20_000:05} TORONTO ON")


def _row(number: int, day: date, amount: Decimal, words: str) -> IncomingRow:
    return IncomingRow(f"bench:{number}", day, amount, "CAD", "POSTED", words, words)


def peak() -> int:
    """MiB of this process, at its largest."""
    return resource.getrusage(resource.RUSAGE_SELF).ru_maxrss // BINARY_MEGABYTE


async def open_account(database: Database, viewer: Viewer) -> UUID:
    now = datetime.now(UTC)
    account = Account(
        household_id=viewer.household_id,
        id=new_id(),
        name="Card",
        type="CREDIT_CARD",
        currency="CAD",
        balance=Decimal(0),
        balance_at=now,
        created_at=now,
    )

    async def work(unit: Unit) -> None:
        unit.session.add(account)

    await in_unit(database, viewer, work)
    return account.id


async def apply(database: Database, viewer: Viewer, account: UUID, rows: Callable[[], Iterator[IncomingRow]]) -> float:
    """Seconds."""
    began = time.perf_counter()

    async def work(unit: Unit) -> Applied:
        return await apply_rows(unit, ((account, row) for row in rows()))

    applied = await in_unit(database, viewer, work, actor="provider:bench")
    seconds = time.perf_counter() - began
    print(f"  {applied}: {seconds:.2f} s", flush=True)
    return seconds


def watch(url: str, viewer: Viewer, other: UUID, channel: "Connection") -> None:
    """What somebody else of the household waits for, until the channel says stop."""
    tables.metadata()
    asyncio.run(_watch(url, viewer, other, channel))


async def _watch(url: str, viewer: Viewer, other: UUID, channel: "Connection") -> None:
    database = Database(url, pool=2)
    probe = await asyncpg.connect(url)
    await probe.execute("select set_config('app.household_id', $1, false)", str(viewer.household_id))
    await probe.execute("select set_config('app.role', 'OWNER', false)")
    booked: list[float] = []
    longest, since = 0.0, None

    async def book(unit: Unit) -> None:
        category = UUID("00000000-0000-7000-8000-00000000009d")
        change_spending(unit, [SpendingDelta(other, category, "CAD", date(2026, 11, 1), Decimal(-1), 1)])
        unit.record(AccountUpdated(ids=[other], account_id=other))

    async def keep_booking() -> None:
        while True:
            began = time.perf_counter()
            await in_unit(database, viewer, book)
            booked.append(time.perf_counter() - began)
            await asyncio.sleep(0.1)

    await in_unit(database, viewer, book)
    channel.send(None)
    booking = asyncio.create_task(keep_booking())
    statement = "select from streams where stream_id = $1 for update nowait"
    while not channel.poll():
        try:
            await probe.execute(statement, viewer.household_id)
        except asyncpg.LockNotAvailableError:
            since = since or time.perf_counter()
        else:
            longest = max(longest, time.perf_counter() - since) if since else longest
            since = None
        await asyncio.sleep(0.002)
    booking.cancel()
    await asyncio.gather(booking, return_exceptions=True)
    await probe.close()
    await database.close()
    channel.send((longest, booked))


async def measure(owner: str, app: str, system_url: str, rows: Callable[[], Iterator[IncomingRow]]) -> None:
    database, system = Database(app, pool=2), SystemDatabase(system_url)
    viewer = await register(system, Registration("bench@example.com", "long enough", "Bench", currency="CAD"))
    card, other = await open_account(database, viewer), await open_account(database, viewer)
    # The imports and caches of the first are not the history's.
    await apply(database, viewer, other, lambda: islice(made_up(), 1000))
    before = peak()

    channel, theirs = multiprocessing.Pipe()
    watcher = multiprocessing.get_context("spawn").Process(target=watch, args=(app, viewer, other, theirs))
    watcher.start()
    channel.recv()
    seconds = await apply(database, viewer, card, rows)
    channel.send(None)
    locked, booked = channel.recv()
    watcher.join()

    connection = await asyncpg.connect(owner)
    count = await connection.fetchval("select count(*) from transactions where account_id = $1", card)
    by_source = await connection.fetch(
        "select categorized_by, count(*) from transactions where account_id = $1 group by 1 order by 2 desc", card
    )
    lines = await connection.fetchval("select count(*) from journal where stream_id = $1", viewer.household_id)
    await connection.close()
    print(f"{count:,} transactions in {seconds:.1f} s: {count / seconds:,.0f} a second; {lines:,} journal lines")
    print(f"categorised by {', '.join(f'{name} {number:,}' for name, number in by_source)}")
    print(f"peak memory {peak()} MiB, {peak() - before} MiB more than before")
    print(f"the stream was held {locked * 1000:.0f} ms")
    print(
        f"{len(booked)} bookings meanwhile: median {median(booked) * 1000:.1f} ms, longest {max(booked) * 1000:.0f} ms"
    )

    print("the same once more:")
    await apply(database, viewer, card, rows)
    print("a sync of 500 new rows, and of one:")
    for size in (500, 500, 500, *[1] * 8):
        mark = new_id().hex
        await apply(
            database,
            viewer,
            card,
            lambda size=size, mark=mark: (  # type: ignore[misc]
                IncomingRow(f"{mark}:{one.source_id}", one.date, one.amount, "CAD", "POSTED", one.description, "")
                for one in islice(made_up(), size)
            ),
        )
    await database.close()
    await system.close()


def main() -> None:
    parser = argparse.ArgumentParser(prog="scripts/bench ingest", description=__doc__)
    parser.add_argument("--rows", type=int, default=300_000)
    parser.add_argument("--data", type=Path)
    given = parser.parse_args()
    tables.metadata()
    print(f"{platform.machine()}, {os.cpu_count()} processors, Python {platform.python_version()}")
    with temporary_folder() as folder:
        cluster = postgres.prepare(folder / "postgres")
        server = postgres.start(cluster)
        try:
            postgres.wait_ready(cluster, server)
            roles = in_own_loop(create_roles(cluster.url(), database="coffer"))
            migrate(roles.owner)

            def rows() -> Iterator[IncomingRow]:
                return islice(from_file(given.data) if given.data else made_up(), given.rows)

            asyncio.run(measure(roles.owner, roles.app, roles.system, rows))
        finally:
            postgres.shut_down(server)


if __name__ == "__main__":
    main()
