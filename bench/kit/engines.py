"""One PostgreSQL for Coffer and its peers alike, whose data stay, and a Valkey that keeps nothing."""

import asyncio
import secrets
import subprocess
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass, field
from urllib.parse import urlsplit, urlunsplit

import asyncpg

from bench.kit.home import HOME, LOGS
from cli.data_folder import DataFolder
from engines import postgres, valkey
from runtime.row_security import APP, OWNER, SYSTEM

# For everybody the same, and what any server of this size is given. Durable as in production.
SETTINGS = {
    "shared_buffers": "512MB",
    "max_wal_size": "4GB",
    "maintenance_work_mem": "512MB",
    "checkpoint_timeout": "15min",
}


@dataclass(frozen=True)
class Server:
    """The administrator's view of the running PostgreSQL."""

    url: str
    pid: int
    passwords: Mapping[str, str] = field(repr=False)
    """Of Coffer's roles, which all databases share."""

    def database(self, name: str) -> str:
        """The administrator's address of a database."""
        return urlunsplit(urlsplit(self.url)._replace(path=f"/{name}"))

    def url_as(self, role: str, password: str, name: str) -> str:
        parts = urlsplit(self.database(name))
        return urlunsplit(parts._replace(netloc=f"{role}:{password}@{parts.netloc.rpartition('@')[2]}"))


@contextmanager
def running_postgres() -> Iterator[Server]:
    """Raises EngineFailure, and Refusal where another run uses the same folder."""
    with DataFolder(HOME) as folder, (LOGS / "postgres.log").open("wb") as output:
        cluster = postgres.prepare(folder.path / "cluster")
        child = _started(cluster, output)
        if asyncio.run(_settle(cluster.url())):
            postgres.shut_down(child, 60)
            child = _started(cluster, output)
        try:
            yield Server(cluster.url(), child.pid, {role: secrets.token_hex(16) for role in (OWNER, APP, SYSTEM)})
        finally:
            # Long enough for a checkpoint of all that was seeded: else the next start recovers first.
            postgres.shut_down(child, 120)


def _started(cluster: postgres.Cluster, output) -> "subprocess.Popen[bytes]":  # type: ignore[no-untyped-def]
    child = postgres.start(cluster, output=output)
    try:
        postgres.wait_ready(cluster, child, log=LOGS / "postgres.log")
    except BaseException:
        postgres.shut_down(child)
        raise
    return child


async def _settle(url: str) -> bool:
    """Write the settings down; whether the server must be started again to take them."""
    connection = await asyncpg.connect(url)
    try:
        for name, value in SETTINGS.items():
            await connection.execute(f"alter system set {name} = '{value}'")
        await connection.execute("select pg_reload_conf()")
        await asyncio.sleep(0.2)
        return bool(await connection.fetchval("select count(*) from pg_settings where pending_restart"))
    finally:
        await connection.close()


@contextmanager
def running_valkey() -> Iterator[str]:
    """Its URL."""
    store = valkey.prepare(HOME / "valkey")
    with (LOGS / "valkey.log").open("wb") as output:
        child = valkey.start(store, durable=False, output=output)
    try:
        valkey.wait_ready(store, child, log=LOGS / "valkey.log")
        yield store.url()
    finally:
        valkey.shut_down(child)
