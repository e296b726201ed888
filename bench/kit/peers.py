"""The servers that Coffer is measured beside, on rows of their own in the same PostgreSQL."""

import asyncio
import hashlib
import random
import secrets
import shutil
import time
from collections.abc import Iterator, Mapping, Sequence
from contextlib import ExitStack, contextmanager
from dataclasses import dataclass, replace
from functools import partial
from pathlib import Path

import asyncpg
import orjson

from bench.kit import engines, install
from bench.kit.home import NODE, PEERS, POOL_SIZE
from bench.kit.processes import running
from bench.kit.servers import Request, Server
from engines.processes import free_port

PAGE = 50
KINDS = ("list", "small")
DATABASE = "bench_peers"


@dataclass(frozen=True)
class Peer:
    """`queries` is the prefix of its files in peers/queries/."""

    name: str
    source: str
    queries: str = ""
    user_id: type[int] | type[str] = str
    comparable: bool = True

    @property
    def is_node(self) -> bool:
        return self.source.endswith(".mjs")


HTTP_PEERS = (
    Peer("limit_echo", "limit_echo", comparable=False),
    Peer("limit_rows", "limit_rows"),
    Peer("limit_pool", "limit_pool"),
    Peer("study", "study.app"),
    Peer("naive", "naive"),
    Peer("postgraphile5", "postgraphile.mjs", queries="postgraphile-", user_id=int),
    Peer("mercurius_jit", "mercurius.mjs"),
)
SUBSCRIPTION_PEER = Peer("node_graphql_ws", "subscriptions.mjs")


@contextmanager
def start(peer: Peer, env: Mapping[str, str]) -> Iterator[Server]:
    port = free_port()
    given = {"BENCH_PORT": str(port), "NODE_ENV": "production", "GRAPHILE_ENV": "production", **env}
    folder = NODE if peer.is_node else PEERS
    with running(_command(peer, port), name=peer.name, env=given, cwd=folder, port=port) as child:
        yield Server(peer.name, (port,), (child.pid,), is_node=peer.is_node, comparable=peer.comparable)


def _command(peer: Peer, port: int) -> list[str | Path]:
    if peer.is_node:
        install.need_node()
        # Node looks for packages beside the file that imports them.
        shutil.copy(PEERS / "servers" / peer.source, NODE)
        return [install.node_program(), peer.source]
    install.need_peers_python()
    options = ["--loop", "uvloop", "--http", "httptools", "--no-access-log", "--log-level", "warning"]
    return [install.PEERS_PYTHON, "-m", "uvicorn", f"servers.{peer.source}:app", "--port", str(port), *options]


@contextmanager
def start_http_peers(
    names: Sequence[str], postgres: engines.Server, *, rls: bool, users: int, transactions: int
) -> Iterator[list[Server]]:
    """`transactions` are those of each user."""
    password = secrets.token_hex(16)
    asyncio.run(_prepare(postgres, users, transactions, password))
    env = {
        "BENCH_DATABASE_URL": postgres.url_as("bench_rls" if rls else "bench_free", password, DATABASE),
        "BENCH_POOL": str(POOL_SIZE),
        "BENCH_RLS": "1" if rls else "0",
    }
    with ExitStack() as stack:
        servers = []
        for peer in HTTP_PEERS:
            if peer.name in names:
                server = stack.enter_context(start(peer, env))
                servers.append(replace(server, kinds=KINDS, requests=partial(requests_of, peer, users)))
        yield servers


def requests_of(peer: Peer, users: int, kind: str) -> list[Request]:
    query = (PEERS / "queries" / f"{peer.queries}{kind}.graphql").read_text()
    requests = []
    for user in range(1, users + 1):
        variables = {"userId": peer.user_id(user), **({"first": PAGE} if kind == "list" else {})}
        body = orjson.dumps({"query": query, "operationName": kind.capitalize(), "variables": variables})
        requests.append(Request(body, {"X-User-Id": str(user)}))
    random.Random(1).shuffle(requests)  # noqa: S311 (neighbours in time are not neighbours on disk)
    return requests


async def _prepare(postgres: engines.Server, users: int, transactions: int, password: str) -> None:
    """The peers' rows; a second run with the same numbers finds them there."""
    schema, rows = ((PEERS / "sql" / f"{name}.sql").read_text() for name in ("schema", "seed"))
    rows = rows.replace(":users", str(users)).replace(":transactions", str(transactions))
    fingerprint = hashlib.sha256((schema + rows).encode()).hexdigest()
    admin = await asyncpg.connect(postgres.url)
    try:
        if not await admin.fetchval("select true from pg_database where datname = $1", DATABASE):
            await admin.execute(f"create database {DATABASE}")
    finally:
        await admin.close()
    owner = await asyncpg.connect(postgres.database(DATABASE))
    try:
        found = await owner.fetchval("select obj_description(to_regnamespace('bench'), 'pg_namespace')")
        if found != fingerprint:
            print(f"seeding the peers' {users} users with {transactions} transactions each …", flush=True)
            started = time.monotonic()
            await owner.execute(schema)
            await owner.execute(rows)
            await owner.execute("vacuum analyze")
            await owner.execute(f"comment on schema bench is '{fingerprint}'")
            print(f"seeded in {time.monotonic() - started:.0f} s", flush=True)
        for role in ("bench_rls", "bench_free"):
            await owner.execute(f"alter role {role} password '{password}'")
        await owner.execute("checkpoint")
    finally:
        await owner.close()
