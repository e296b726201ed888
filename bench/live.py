"""How long it takes from a purchase at the bank to the balance on a client's screen.

    scripts/bench live [--purchases 200] [--links 10] [--rate 5]

Everything runs as `scripts/up` starts it, on this machine; so do the clients. Each link is that of a household of its
own with an open socket. The time runs from just before the bank is called to the first event whose balance holds the
purchase.
"""

import argparse
import asyncio
import os
import platform
import sys
import time
from collections import deque
from contextlib import AsyncExitStack
from dataclasses import dataclass, field
from datetime import date
from decimal import Decimal
from pathlib import Path
from statistics import median, quantiles

import httpx

from tests.end_to_end.bank import Bank
from tests.end_to_end.coffer import Coffer, started
from tests.end_to_end.documents import BALANCE_CHANGED, LINK_BANK, LINK_STATES, SEQUENCE
from tests.end_to_end.patience import until
from tests.end_to_end.person import Person, Stream

PATIENCE = 30
PRICE = Decimal("3.21")
OPENING = 5_000


@dataclass
class Till:
    """One link: what was bought through it, when, and what its person has seen of it."""

    access_token: str
    stream: Stream
    balance: Decimal
    waiting: deque[tuple[Decimal, float]] = field(default_factory=deque)
    seconds: list[float] = field(default_factory=list)
    events: int = 0

    async def buy(self, bank: Bank, http: httpx.AsyncClient, number: int) -> None:
        self.balance -= PRICE
        today = date.today().isoformat()  # noqa: DTZ011 (any day will do)
        purchase = {"amount": float(PRICE), "description": f"STARBUCKS STORE {number:05}"}
        body = {"client_id": bank.client_id, "secret": bank.secret, "access_token": self.access_token}
        self.waiting.append((self.balance, time.perf_counter()))
        answer = await http.post(
            f"{bank.url}/sandbox/transactions/create",
            json={**body, "transactions": [{**purchase, "date_transacted": today, "date_posted": today}]},
        )
        answer.raise_for_status()

    async def watch(self) -> None:
        async for event in self.stream:
            seen, now = Decimal(event["balance"]["amount"]), time.perf_counter()
            self.events += 1
            while self.waiting and self.waiting[0][0] >= seen:
                self.seconds.append(now - self.waiting.popleft()[1])


async def open_till(stack: AsyncExitStack, coffer: Coffer, number: int) -> Till:
    person: Person = await stack.enter_async_context(coffer.person(f"Buyer{number}"))
    bank = coffer.bank()
    account = {"type": "depository", "subtype": "checking", "starting_balance": OPENING}
    token = await bank.public_token([{**account, "transactions": []}])
    await person.change(LINK_BANK, input={"publicToken": token})

    async def synced() -> bool:
        return bool((await person.ask(LINK_STATES))["viewer"]["bankLinks"][0]["lastSyncedAt"])

    await until(synced, "the link is synchronised")
    items = await bank.items()
    after = (await person.ask(SEQUENCE))["viewer"]["sequence"]
    stream = await stack.enter_async_context(person.listening(BALANCE_CHANGED, after=after))
    return Till(items[-1].access_token, stream, Decimal(OPENING))


async def measure(purchases: int, links: int, rate: float) -> list[Till]:
    async with started(SANDBOX_PURCHASE_SECONDS="0") as coffer, AsyncExitStack() as stack:
        tills = [await open_till(stack, coffer, number) for number in range(links)]
        watching = [asyncio.create_task(till.watch()) for till in tills]
        http = await stack.enter_async_context(httpx.AsyncClient(timeout=PATIENCE, trust_env=False))
        bank, begun, buying = coffer.bank(), time.perf_counter(), []
        for number in range(purchases):
            await asyncio.sleep(max(0.0, begun + number / rate - time.perf_counter()))
            buying.append(asyncio.create_task(tills[number % links].buy(bank, http, number)))
        await asyncio.gather(*buying)

        async def all_seen() -> bool:
            return not any(till.waiting for till in tills)

        await until(all_seen, "every purchase is seen")
        for task in watching:
            task.cancel()
        await asyncio.gather(*watching, return_exceptions=True)
        return tills


def machine() -> str:
    """What the figures hold for."""
    models = [line for line in Path("/proc/cpuinfo").read_text().splitlines() if line.startswith("model name")]
    model = models[0].partition(":")[2].strip() if models else platform.machine()
    return f"{os.cpu_count()} cores of {model}, Python {platform.python_version()}"


def main() -> int:
    parser = argparse.ArgumentParser(description=(__doc__ or "").splitlines()[0])
    parser.add_argument("--purchases", type=int, default=200)
    parser.add_argument("--links", type=int, default=10)
    parser.add_argument("--rate", type=float, default=5.0, help="purchases a second over all links")
    given = parser.parse_args()
    tills = asyncio.run(measure(given.purchases, given.links, given.rate))
    seconds = sorted(second for till in tills for second in till.seconds)
    p95 = quantiles(seconds, n=20)[-1]
    print(f"{len(seconds)} of {given.purchases} purchases reflected in {sum(till.events for till in tills)} events")
    print(f"p50 {median(seconds) * 1000:.0f} ms, p95 {p95 * 1000:.0f} ms, longest {seconds[-1] * 1000:.0f} ms")
    print(machine())
    return 0 if len(seconds) == given.purchases else 1


if __name__ == "__main__":
    sys.exit(main())
