"""One PostgreSQL and one Valkey for a whole test run, and a database of its own for each worker of it."""

import asyncio
import fcntl
import os
import secrets
import shutil
import subprocess
import tempfile
import time
from collections.abc import Coroutine, Iterator
from concurrent.futures import ThreadPoolExecutor
from contextlib import ExitStack, contextmanager
from dataclasses import asdict, dataclass
from pathlib import Path
from typing import Any, TypeVar

import asyncpg

from cli.migrations import migrate
from engines import postgres, valkey
from engines.account import reachable
from runtime.roles import create_roles
from runtime.row_security import APP, OWNER, SYSTEM

PREFIX = "coffer-tests-"
TEMPLATE = "coffer_template"
# Valkey's numbered databases: one per worker.
WORKERS = 64
_ONE_AT_A_TIME = 7_203_551  # an advisory lock of the maintenance database

T = TypeVar("T")


@dataclass(frozen=True)
class DatabaseUrls:
    """A worker's own database, by role."""

    app: str
    owner: str
    system: str
    admin: str


@dataclass(frozen=True)
class Addresses:
    """What the process that runs the engines hands to its workers."""

    admin: str
    redis: str
    owner_password: str
    app_password: str
    system_password: str

    def as_input(self) -> dict[str, str]:
        return asdict(self)

    @property
    def passwords(self) -> dict[str, str]:
        return {OWNER: self.owner_password, APP: self.app_password, SYSTEM: self.system_password}


class Engines:
    """The two servers, in a folder that goes away with them."""

    def __init__(self) -> None:
        self._stack = ExitStack()
        try:
            self.addresses = self._start()
        except BaseException:
            self.close()
            raise

    def _start(self) -> Addresses:
        folder = self._stack.enter_context(temporary_folder())
        cluster = postgres.prepare(folder / "postgres", durable=False)
        store = valkey.prepare(folder / "valkey")
        logs = folder / "postgres.log", folder / "valkey.log"
        with logs[0].open("wb") as output:
            database = postgres.start(cluster, durable=False, output=output)
        self._stack.callback(_end_now, database)
        with logs[1].open("wb") as output:
            redis = valkey.start(store, durable=False, databases=WORKERS, output=output)
        self._stack.callback(_end_now, redis)
        postgres.wait_ready(cluster, database, log=logs[0])
        valkey.wait_ready(store, redis, log=logs[1])
        return Addresses(cluster.url(), store.url(), *(secrets.token_hex(16) for _ in range(3)))

    def close(self) -> None:
        """End both. Safe to call twice."""
        self._stack.close()


def _end_now(child: "subprocess.Popen[bytes]") -> None:
    """Nothing of it is kept: its children see it gone and end as well."""
    child.kill()
    child.wait()


@contextmanager
def temporary_folder() -> Iterator[Path]:
    """A new folder that any account may pass through, locked for as long as we use it; it goes away at the end."""
    candidates = map(Path, (tempfile.gettempdir(), "/tmp", "/var/tmp"))  # noqa: S108  mkdtemp makes a folder of our own
    place = next(path for path in candidates if os.geteuid() != 0 or reachable(path / "below"))
    _sweep(place)
    folder = Path(tempfile.mkdtemp(prefix=PREFIX, dir=place))
    try:
        folder.chmod(0o711)
        with (folder / "lock").open("w") as lock:
            fcntl.flock(lock, fcntl.LOCK_EX)
            yield folder
    finally:
        _remove(folder)


def _sweep(place: Path) -> None:
    """Remove what runs that were killed have left: folders whose lock nobody holds."""
    for folder in place.glob(f"{PREFIX}*"):
        try:
            with (folder / "lock").open() as lock:
                fcntl.flock(lock, fcntl.LOCK_EX | fcntl.LOCK_NB)
                if time.time() - folder.stat().st_mtime > 60:
                    _remove(folder)
        except OSError:
            continue


def _remove(folder: Path) -> None:
    """A server that was just killed may still be writing."""
    for _ in range(50):
        shutil.rmtree(folder, ignore_errors=True)
        if not folder.exists():
            return
        time.sleep(0.1)


def own_database(addresses: Addresses, worker: str) -> DatabaseUrls:
    """A fresh, migrated database for this worker: a clone of a template that the first one makes."""
    return in_own_loop(_own_database(addresses, worker))


async def _own_database(addresses: Addresses, worker: str) -> DatabaseUrls:
    name = f"coffer_{worker}"
    connection = await asyncpg.connect(addresses.admin)
    try:
        await connection.execute("select pg_advisory_lock($1)", _ONE_AT_A_TIME)
        if not await connection.fetchval("select true from pg_database where datname = $1", TEMPLATE):
            await _make_template(connection, addresses)
        await clone_database(connection, name)
    finally:
        await connection.close()
    return urls_of(addresses, name)


def drop_database(addresses: Addresses, worker: str) -> None:
    """Forget what `own_database` made, whoever is still connected."""
    in_own_loop(_drop_database(addresses, worker))


async def _drop_database(addresses: Addresses, worker: str) -> None:
    connection = await asyncpg.connect(addresses.admin)
    try:
        await connection.execute(f"drop database coffer_{worker} with (force)")
    finally:
        await connection.close()


async def clone_database(connection: "asyncpg.Connection[Any]", name: str) -> None:
    """`connection` is an administrator's, to another database than the template."""
    await connection.execute(f"create database {name} template {TEMPLATE} strategy file_copy owner {OWNER}")


def urls_of(addresses: Addresses, database: str) -> DatabaseUrls:
    """The addresses of a database of the run's cluster."""
    server = addresses.admin.rpartition("/")[0]
    host = server.rpartition("@")[2]

    def url(role: str) -> str:
        return f"postgresql://{role}:{addresses.passwords[role]}@{host}/{database}"

    return DatabaseUrls(app=url(APP), owner=url(OWNER), system=url(SYSTEM), admin=f"{server}/{database}")


async def _make_template(connection: "asyncpg.Connection[Any]", addresses: Addresses) -> None:
    """Under another name until it is whole: a failed migration must not leave half a template."""
    unfinished = f"{TEMPLATE}_unfinished"
    await connection.execute(f"drop database if exists {unfinished} with (force)")
    roles = await create_roles(addresses.admin, database=unfinished, password_of=addresses.passwords)
    await asyncio.to_thread(migrate, roles.owner)
    await connection.execute(f"alter database {unfinished} rename to {TEMPLATE}")


def in_own_loop(work: Coroutine[Any, Any, T]) -> T:
    """Run it to its end in a thread: the tests' own event loop stays as it is."""
    with ThreadPoolExecutor(1) as pool:
        return pool.submit(asyncio.run, work).result()
