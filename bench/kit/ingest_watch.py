"""A long history that is applied while somebody else of the household goes on booking."""

import asyncio
import multiprocessing
import time
from dataclasses import replace
from datetime import date
from decimal import Decimal
from itertools import islice
from multiprocessing.connection import Connection
from pathlib import Path
from statistics import median
from typing import Any
from uuid import UUID

import asyncpg

from bench.kit.held import Held
from bench.kit.ingest_place import Place, Rows, apply, made_up
from domain import tables
from domain.events import AccountUpdated
from domain.spending.commands import SpendingDelta, change_spending
from runtime import collector
from runtime.database import Database
from runtime.ids import new_id
from runtime.unit import Unit, in_unit
from runtime.viewer import Viewer

CATEGORY = UUID("00000000-0000-7000-8000-00000000009d")


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
    held = Held()

    async def book(unit: Unit) -> None:
        change_spending(unit, [SpendingDelta(other, CATEGORY, "CAD", date(2026, 11, 1), Decimal(-1), 1)])
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
    while not channel.poll():
        await held.look(probe, "streams where stream_id = $1", viewer.household_id)
        await asyncio.sleep(0.002)
    booking.cancel()
    await asyncio.gather(booking, return_exceptions=True)
    await probe.close()
    await database.close()
    channel.send((held.longest, booked))


async def _stalls(found: list[float]) -> None:
    """For how long this process computed and served nobody else, time and again."""
    while True:
        began = time.thread_time()
        await asyncio.sleep(0.002)
        found.append(time.thread_time() - began)


async def watched(place: Place, rows: Rows) -> dict[str, Any]:
    viewer, card = await place.household("watched")
    other = await place.open_account(viewer)
    # The imports and caches of the first are not the history's.
    await apply(place, viewer, other, lambda: islice(made_up(), 1000))
    collector.settle()  # as a worker does when it starts
    before, stalls = _start_peak(), list[float]()
    channel, theirs = multiprocessing.Pipe()
    process = multiprocessing.get_context("spawn").Process(target=watch, args=(place.roles.app, viewer, other, theirs))
    process.start()
    channel.recv()
    looking = asyncio.create_task(_stalls(stalls))
    began = time.perf_counter()
    applied = await apply(place, viewer, card, rows)
    seconds = time.perf_counter() - began
    looking.cancel()
    channel.send(None)
    held, booked = channel.recv()
    process.join()
    after = _peak()
    return {
        "rows": applied.added,
        "seconds": seconds,
        "stream_held": held,
        "memory_before": before,
        "memory_peak": after,
        "loop_held": max(stalls),
        "bookings": len(booked),
        "booking_median": median(booked),
        "booking_longest": max(booked),
        "syncs": {str(size): [await _one_sync(place, viewer, card, size) for _ in range(20)] for size in (500, 1)},
    }


async def _one_sync(place: Place, viewer: Viewer, account: UUID, size: int) -> float:
    mark = new_id().hex
    rows = [replace(row, source_id=f"{mark}:{n}") for n, row in enumerate(islice(made_up(), size))]
    began = time.perf_counter()
    await apply(place, viewer, account, lambda: iter(rows))
    return time.perf_counter() - began


def _start_peak() -> int:
    """Forget how large this process ever was; how large it is now, in MiB."""
    Path("/proc/self/clear_refs").write_text("5")
    return _peak()


def _peak() -> int:
    """MiB of this process at its largest."""
    status = Path("/proc/self/status").read_text().splitlines()
    return next(int(line.split()[1]) // 1024 for line in status if line.startswith("VmHWM:"))
