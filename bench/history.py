"""One item with a very long history, synchronised by the whole of Coffer while its person goes on using it.

    scripts/bench history [--rows 300000] --data FILE

FILE is a CSV, gzipped or not, with date, merchant, amount and currency. Everything runs as `scripts/up` starts it.
Meanwhile the person reads the list page again and again and books on an account kept by hand; a probe tries the lock of
the household's stream every two milliseconds.
"""

import argparse
import asyncio
import sys
import time
from dataclasses import dataclass, field
from pathlib import Path
from statistics import median, quantiles
from typing import Any

import asyncpg
import httpx

from bench.kit.held import Held
from bench.live import machine
from tests.end_to_end.coffer import Coffer, started
from tests.end_to_end.documents import LINK_BANK, LINK_STATES
from tests.end_to_end.person import Person

PATIENCE = 600
LIST_PAGE = """
query { viewer { transactions(first: 50) { nodes {
  id date amount { amount currency } description account { id name } category { id name }
} } } }
"""
OPEN_ACCOUNT = """
mutation { createAccount(input: {name: "Cash", type: CASH, currency: "CAD"}) { account { id } userErrors { message } } }
"""
BOOK = """
mutation ($account: ID!, $date: Date!) {
  createTransaction(input: {accountId: $account, date: $date, amount: "-1.00", description: "Coffee"}) {
    transaction { id } userErrors { message }
  }
}
"""


@dataclass
class Meanwhile:
    """What others noticed of it, in seconds; memory in MiB."""

    pages: list[float] = field(default_factory=list)
    bookings: list[float] = field(default_factory=list)
    stream_held: float = 0.0
    worker_before: int = 0
    worker_peak: int = 0


async def read_pages(person: Person, seen: Meanwhile) -> None:
    while True:
        began = time.perf_counter()
        await person.ask(LIST_PAGE)
        seen.pages.append(time.perf_counter() - began)
        await asyncio.sleep(0.02)


async def book(person: Person, account: str, seen: Meanwhile) -> None:
    while True:
        began = time.perf_counter()
        await person.change(BOOK, account=account, date="2026-11-01")
        seen.bookings.append(time.perf_counter() - began)
        await asyncio.sleep(0.1)


async def probe_stream(url: str, seen: Meanwhile) -> None:
    """As the owner, who may lock any head: that of the household that has the account for cash."""
    connection = await asyncpg.connect(url)
    held = Held()
    try:
        household = await connection.fetchval("select household_id from accounts where name = 'Cash'")
        while True:
            await held.look(connection, "streams where stream_id = $1", household)
            seen.stream_held = held.longest
            await asyncio.sleep(0.002)
    finally:
        await connection.close()


def memory(pid: int, name: str) -> int:
    """MiB of a process now (VmRSS) or at its largest (VmHWM), by Linux's own book."""
    for line in Path(f"/proc/{pid}/status").read_text().splitlines():
        if line.startswith(f"{name}:"):
            return int(line.split()[1]) // 1024
    return 0


async def load(coffer: Coffer, data: str, rows: int) -> dict[str, Any]:
    bank = coffer.bank()
    body = {"client_id": bank.client_id, "secret": bank.secret, "path": data, "rows": rows}
    async with httpx.AsyncClient(timeout=PATIENCE, trust_env=False) as http:
        answer = await http.post(f"{bank.url}/control/history", json={**body, "currency": "CAD"})
        answer.raise_for_status()
        loaded: dict[str, Any] = answer.json()
        return loaded


async def synced(person: Person) -> dict[str, Any]:
    while True:
        (link,) = (await person.ask(LINK_STATES))["viewer"]["bankLinks"]
        done = [sync for sync in link["syncs"]["nodes"] if sync["status"] != "RUNNING" and sync["added"]]
        if done:
            sync: dict[str, Any] = done[0]
            return sync
        await asyncio.sleep(0.1)


async def measure(data: str, rows: int) -> bool:
    seen = Meanwhile()
    async with started(SANDBOX_PURCHASE_SECONDS="0") as coffer, coffer.person("Treasurer", currency="CAD") as person:
        loaded = await load(coffer, data, rows)
        cash = (await person.change(OPEN_ACCOUNT))["account"]["id"]
        worker = coffer.facts["pids"]["worker"]
        seen.worker_before = memory(worker, "VmRSS")
        owner = coffer.facts["database_owner"]
        tasks = [
            asyncio.create_task(read_pages(person, seen)),
            asyncio.create_task(book(person, cash, seen)),
            asyncio.create_task(probe_stream(owner, seen)),
        ]
        began = time.perf_counter()
        await person.change(LINK_BANK, input={"publicToken": loaded["public_token"]})
        async with asyncio.timeout(PATIENCE):
            sync = await synced(person)
        seconds = time.perf_counter() - began
        for task in tasks:
            task.cancel()
        await asyncio.gather(*tasks, return_exceptions=True)
        seen.worker_peak = memory(worker, "VmHWM")
        connection = await asyncpg.connect(owner)
        found = await connection.fetchrow(
            "select count(*), sum(t.amount) as total from transactions t join accounts a on a.id = t.account_id "
            "where a.currency = 'CAD' and t.source_id is not null"
        )
        await connection.close()
        assert found is not None  # noqa: S101 (a count always gives a row)

    print(f"{sync['status']}: {sync['added']:,} of {loaded['rows']:,} rows in {seconds:.1f} s")
    print(f"{sync['added'] / seconds:,.0f} rows a second; {found['count']:,} in the table, {found['total']} in all")
    print(f"the worker took {seen.worker_peak} MiB at most, {seen.worker_before} MiB before")
    print(f"the household's stream was held {seen.stream_held * 1000:.0f} ms at most")
    for what, times in (("list pages", seen.pages), ("bookings", seen.bookings)):
        p95 = quantiles(times, n=20)[-1]
        print(
            f"{len(times)} {what} meanwhile: p50 {median(times) * 1000:.0f}, p95 {p95 * 1000:.0f}, "
            f"longest {max(times) * 1000:.0f} ms"
        )
    print(machine())
    return bool(found["count"] == loaded["rows"] == sync["added"])


def main() -> int:
    parser = argparse.ArgumentParser(prog="scripts/bench history", description=__doc__)
    parser.add_argument("--rows", type=int, default=300_000)
    parser.add_argument("--data", type=Path, required=True)
    given = parser.parse_args()
    return 0 if asyncio.run(measure(str(given.data.resolve()), given.rows)) else 1


if __name__ == "__main__":
    sys.exit(main())
