"""Coffer as in production: `python -m api`, signed in people, row-level security, everything on."""

import asyncio
import random
import sys
from collections.abc import Callable, Iterator, Mapping, Sequence
from contextlib import ExitStack, contextmanager
from dataclasses import dataclass
from functools import cached_property

import asyncpg
import orjson

from bench.kit import engines
from bench.kit.home import BENCH, HOME, POOL_SIZE, ROOT
from bench.kit.people import Size
from bench.kit.processes import running
from bench.kit.servers import Request, Server
from engines.processes import free_port
from runtime import clock, tokens
from runtime.keys import Keys, load_or_make
from runtime.roles import RoleUrls
from runtime.viewer import Viewer

KEYS_FILE = HOME / "keys.json"
TOKEN_MINUTES = 15

_SESSIONS = """
select s.user_id, s.household_id, s.id, m.role
from sessions s join household_members m using (household_id, user_id)
order by m.joined_at, m.household_id, m.role desc, s.user_id
"""


@dataclass(frozen=True)
class Signers:
    """People with open sessions; tokens are signed as the product does it, as often as they are needed."""

    viewers: Sequence[Viewer]

    @cached_property
    def _keys(self) -> Keys:
        return load_or_make(KEYS_FILE)

    def headers(self) -> list[dict[str, str]]:
        """One for each, with a fresh access token."""
        now = clock.now()
        return [
            {"Authorization": f"Bearer {tokens.issue(self._keys, one, at=now, minutes=TOKEN_MINUTES).text}"}
            for one in self.viewers
        ]


def everybody(postgres: engines.Server, size: Size) -> list[Viewer]:
    """All people of a seeded database with their sessions; those of the first household come first."""
    return asyncio.run(_viewers(postgres.database(size.database)))


async def _viewers(url: str) -> list[Viewer]:
    connection = await asyncpg.connect(url)
    try:
        rows = await connection.fetch(_SESSIONS)
    finally:
        await connection.close()
    return [Viewer(user, household, role, session) for user, household, session, role in rows]


def spread(viewers: Sequence[Viewer], people: int) -> list[Viewer]:
    """So many of them, one of a household, from all over the database."""
    by_household = list({viewer.household_id: viewer for viewer in reversed(viewers)}.values())
    step = max(1, len(by_household) // people)
    return by_household[::step][:people]


def document(name: str) -> str:
    return (BENCH / "queries" / f"{name}.graphql").read_text()


def requests(viewers: Sequence[Viewer], variables: Mapping[str, object]) -> Callable[[str], list[Request]]:
    """What each of them asks, by kind: the document of that name, with those of the variables that it declares."""

    def of(kind: str) -> list[Request]:
        text = document(kind)
        named = {name: value for name, value in variables.items() if f"${name}:" in text}
        return asking(viewers, text, named)(kind)

    return of


def asking(viewers: Sequence[Viewer], text: str, variables: Mapping[str, object]) -> Callable[[str], list[Request]]:
    """This document, whatever the kind is called; each time with fresh tokens."""
    signers = Signers(viewers)

    def of(_kind: str) -> list[Request]:
        body = orjson.dumps({"query": text, "variables": variables})
        made = [Request(body, {**headers, "Accept": "application/json"}) for headers in signers.headers()]
        random.Random(1).shuffle(made)  # noqa: S311 (neighbours in time are not neighbours on disk)
        return made

    return of


def environment(urls: RoleUrls, redis_url: str) -> dict[str, str]:
    folder = HOME / "coffer"
    folder.mkdir(exist_ok=True)
    return {
        "DATABASE_URL": urls.app,
        "DATABASE_SYSTEM_URL": urls.system,
        "REDIS_URL": redis_url,
        "COFFER_DATA": str(folder),
        "COFFER_KEYS_FILE": str(KEYS_FILE),
        "COFFER_DATABASE_POOL": str(POOL_SIZE),
        "PYTHONUNBUFFERED": "1",
        # A few people ask as much as a city: what is spent is counted all the same.
        **{
            f"COFFER_LIMIT_{name}": str(10**12)
            for name in ("OBJECTS_PER_MINUTE", "MUTATIONS_PER_MINUTE", "SYNCS_PER_MINUTE", "OPERATIONS", "SOCKETS")
        },
    }


@contextmanager
def start(
    name: str, urls: RoleUrls, redis_url: str, *, processes: int = 1, env: Mapping[str, str] | None = None
) -> Iterator[Server]:
    """So many API processes, each on a port of its own."""
    given = {**environment(urls, redis_url), **(env or {})}
    ports = [free_port() for _ in range(processes)]
    with ExitStack() as stack:
        children = [
            stack.enter_context(
                running(
                    [sys.executable, "-m", "api", "--port", str(port)],
                    name=f"{name}-{number}",
                    env={**given, "COFFER_URL": f"http://127.0.0.1:{port}"},
                    cwd=ROOT,
                    port=port,
                )
            )
            for number, port in enumerate(ports, start=1)
        ]
        yield Server(name, ports, [child.pid for child in children])


@contextmanager
def start_relay(urls: RoleUrls, redis_url: str) -> Iterator[int]:
    """What tells subscribers of commits; its process."""
    command = [sys.executable, "-m", "workers.relay"]
    with running(command, name="relay", env=environment(urls, redis_url), cwd=ROOT) as child:
        yield child.pid
