"""A server of its own, somebody who attacks it, and somebody else who only wants to see their accounts."""

import asyncio
import itertools
import os
import re
import sys
import time
from collections.abc import AsyncIterator, Callable, Iterator
from contextlib import asynccontextmanager, contextmanager, suppress
from dataclasses import dataclass, field
from pathlib import Path

import httpx
import orjson
from websockets import Subprotocol
from websockets.asyncio.client import connect
from websockets.exceptions import ConnectionClosed

from engines.processes import free_port, spawn, stop
from tests.api.books import book, open_account
from tests.api.client import Person, register
from tests.cluster import Engines, own_database, temporary_folder
from tests.hostile.bodies import BODIES

ROOT = Path(__file__).parents[2]
ANSWER_SECONDS, OTHERS_SECONDS, GROWN_BYTES, RATIO = 1.0, 0.25, 64 * 1024 * 1024, 2.5
WORTH_SECONDS = 0.02
"""An answer that comes sooner has no ratio: it is the network's."""
FRAME_BYTES = 250_000
TRIES = 3
OWN = "{ viewer { user { email } accounts { name } } }"


@dataclass
class Found:
    """Seconds and bytes."""

    name: str
    answer: float
    twice: float
    by_socket: float
    others: float
    grown: int
    wrong: list[str] = field(default_factory=list)

    @property
    def ratio(self) -> float:
        return self.twice / self.answer if self.twice > WORTH_SECONDS else 0.0

    def judge(self) -> None:
        limits = {
            "answer": (max(self.answer, self.twice, self.by_socket), ANSWER_SECONDS),
            "others": (self.others, OTHERS_SECONDS),
            "grown": (self.grown, GROWN_BYTES),
            "ratio": (self.ratio, RATIO),
        }
        self.wrong += [name for name, (value, most) in limits.items() if value > most]


async def measure(only: str, say: Callable[[str], None]) -> int:
    """The number of operations that cost too much."""
    with running() as (port, pid):
        url = f"http://127.0.0.1:{port}"
        async with httpx.AsyncClient(base_url=url, timeout=60) as http, httpx.AsyncClient(base_url=url) as calm:
            attacker, other = await settled_people(http, calm)
            for _ in range(200):
                await other.send(OWN)
            say(f"{'answer':>8} {'twice':>8} {'ratio':>6} {'socket':>8} {'others':>8} {'CPU':>6} {'grown':>9}  ms, KiB")
            found = [
                await one(name, attacker, other, port, pid, say) for name in BODIES if only.lower() in name.lower()
            ]
            whole = sum(one.grown for one in found)
            say(f"{len(found)} operations; the server has grown by {whole // 1024:,} KiB over all of them")
            say(
                f"longest: answer {max(one.answer for one in found) * 1000:.0f} ms, "
                f"others {max(one.others for one in found) * 1000:.0f} ms"
            )
            wrong = [one for one in found if one.wrong]
            for one_wrong in wrong:
                say(f"TOO MUCH  {one_wrong.name}: {', '.join(one_wrong.wrong)}")
    return len(wrong) or (whole > 2 * GROWN_BYTES)


async def settled_people(http: httpx.AsyncClient, calm: httpx.AsyncClient) -> tuple[Person, Person]:
    attacker, other = await register(http), await register(calm)
    account = await open_account(attacker)
    for number in range(50):
        await book(attacker, account, "-1.00", f"Shop {number}")
    await open_account(other)
    return attacker, other


_runs = itertools.count()


async def one(name: str, attacker: Person, other: Person, port: int, pid: int, say: Callable[[str], None]) -> Found:
    before = memory_of(pid)
    async with waiting(other) as waits:
        used = seconds_of(pid)
        answers = [await asked(attacker, BODIES[name](1)) for _ in range(TRIES)]
        used = (seconds_of(pid) - used) / TRIES
        twice = [await asked(attacker, BODIES[name](2)) for _ in range(TRIES)]
        by_socket = await asked_by_socket(attacker, port, BODIES[name](1))
    found = Found(name, min(answers), min(twice), by_socket, max(waits), memory_of(pid) - before)
    found.judge()
    say(
        f"{max(answers) * 1000:8.1f} {max(twice) * 1000:8.1f} {found.ratio:6.2f} {by_socket * 1000:8.1f} "
        f"{found.others * 1000:8.1f} {used * 1000:6.0f} {found.grown // 1024:9,}  {name}"
    )
    return found


def never_seen(body: bytes) -> bytes:
    """The same with another document, so that none is known from the time before."""
    return re.sub(rb'"query": "', b'"query": "#%d\\\\n' % next(_runs), body, count=1)


async def asked(person: Person, body: bytes) -> float:
    body = never_seen(body)
    headers = {"Authorization": f"Bearer {person.access_token}", "Content-Type": "application/json"}
    began = time.perf_counter()
    response = await person.http.post("/graphql", content=body, headers=headers)
    took = time.perf_counter() - began
    assert response.status_code in (200, 400, 413), response.text[:500]
    assert b"INTERNAL" not in response.content, response.text[:500]
    return took


async def asked_by_socket(person: Person, port: int, body: bytes) -> float:
    if len(body) > FRAME_BYTES:
        return 0.0
    init = {"type": "connection_init", "payload": {"Authorization": f"Bearer {person.access_token}"}}
    url, name = f"ws://127.0.0.1:{port}/graphql", Subprotocol("graphql-transport-ws")
    async with connect(url, subprotocols=[name], max_size=None) as socket:
        await socket.send(orjson.dumps(init), text=True)
        await socket.recv()
        began = time.perf_counter()
        with suppress(ConnectionClosed):
            message = b'{"type": "subscribe", "id": "a", "payload": ' + never_seen(body) + b"}"
            await socket.send(message, text=True)
            await socket.recv()
        return time.perf_counter() - began


@asynccontextmanager
async def waiting(other: Person) -> AsyncIterator[list[float]]:
    """How long somebody else waits for each of their answers meanwhile."""
    waits: list[float] = [0.0]

    async def ask_on() -> None:
        while True:
            began = time.perf_counter()
            answer = await other.send(OWN)
            waits.append(time.perf_counter() - began)
            assert answer["data"]["viewer"]["user"]["email"] == other.email
            await asyncio.sleep(0.002)

    task = asyncio.create_task(ask_on())
    try:
        await asyncio.sleep(0.01)
        yield waits
        await asyncio.sleep(0.01)
    finally:
        task.cancel()
        with suppress(asyncio.CancelledError):
            await task


def seconds_of(pid: int) -> float:
    """Of the processor, used by the server for the attacker and for the other together: whatever else the machine
    does, this is the same."""
    fields = Path(f"/proc/{pid}/stat").read_text().rpartition(")")[2].split()
    return (int(fields[11]) + int(fields[12])) / os.sysconf("SC_CLK_TCK")


def memory_of(pid: int) -> int:
    """Resident, in bytes."""
    return int(Path(f"/proc/{pid}/statm").read_text().split()[1]) * os.sysconf("SC_PAGE_SIZE")


@contextmanager
def running() -> Iterator[tuple[int, int]]:
    """The port and the process of `python -m api` on engines of its own."""
    engines = Engines()
    try:
        urls = own_database(engines.addresses, "hostile")
        port = free_port()
        with temporary_folder() as folder:
            environment = {
                **os.environ,
                "DATABASE_URL": urls.app,
                "DATABASE_SYSTEM_URL": urls.system,
                "REDIS_URL": f"{engines.addresses.redis}/0",
                "COFFER_DATA": str(folder),
                "COFFER_KEYS_FILE": str(folder / "keys.json"),
                "COFFER_LIMIT_OBJECTS_PER_MINUTE": str(10**9),
                "COFFER_LIMIT_MUTATIONS_PER_MINUTE": str(10**9),
            }
            with (folder / "api.log").open("wb") as output:
                command = [sys.executable, "-m", "api", "--port", str(port)]
                child = spawn(command, env=environment, cwd=ROOT, output=output)
            try:
                wait_for(port)
                yield port, child.pid
            finally:
                stop(child, seconds=10)
    finally:
        engines.close()


def wait_for(port: int, seconds: float = 30) -> None:
    deadline = time.monotonic() + seconds
    while time.monotonic() < deadline:
        with suppress(httpx.HTTPError):
            if httpx.get(f"http://127.0.0.1:{port}/health").status_code == 200:
                return
        time.sleep(0.1)
    raise SystemExit("the server does not start")
