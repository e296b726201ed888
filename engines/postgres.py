"""A PostgreSQL of our own: one cluster in one folder, on loopback only, with a random password."""

import os
import secrets
import shutil
import signal
import subprocess
import time
from collections.abc import Mapping
from dataclasses import dataclass, field
from pathlib import Path
from typing import IO

from engines.account import Account, own, postgres_account, reachable
from engines.binaries import postgres_programs
from engines.processes import EngineFailure, free_port, port_is_taken, spawn, stop, wait_until

SUPERUSER = "coffer_admin"
STOP_SIGNAL = signal.SIGINT  # "fast": open transactions are rolled back
FORCE_SIGNAL = signal.SIGQUIT  # "immediate": nothing is written, the next start recovers
# Used instead of the given folder when an ordinary account cannot get there.
SHARED_PLACE = Path("/var/lib/coffer")
_ENVIRONMENT = {"LC_ALL": "C.UTF-8", "PATH": os.defpath, "TZ": "UTC"}

SETTINGS: Mapping[str, str] = {
    "listen_addresses": "127.0.0.1",
    "unix_socket_directories": "",
    "max_connections": "120",
    "timezone": "UTC",
    "log_timezone": "UTC",
    "password_encryption": "scram-sha-256",
    "jit": "off",
    # Statements and the details of an error hold people's data.
    "log_min_error_statement": "panic",
    "log_error_verbosity": "terse",
}
# For clusters that are thrown away.
NOT_DURABLE: Mapping[str, str] = {
    "fsync": "off",
    "synchronous_commit": "off",
    "full_page_writes": "off",
    "autovacuum_naptime": "1h",
}


@dataclass(frozen=True)
class Cluster:
    """A prepared data folder and what is needed to run it."""

    data: Path
    programs: Path
    account: Account | None
    password: str = field(repr=False)
    port: int

    def url(self, database: str = "postgres") -> str:
        """The administrator's address of a database."""
        return f"postgresql://{SUPERUSER}:{self.password}@127.0.0.1:{self.port}/{database}"


def prepare(folder: Path, *, port: int | None = None, durable: bool = True) -> Cluster:
    """Make the cluster in `folder` if it is not there yet; about a second the first time.

    Its data may lie elsewhere: as root the server runs as another account, which must be able to reach them;
    `folder/place` then names where. Raises EngineFailure: no binaries, a port in use, a folder that holds no cluster
    or one of another version.
    """
    if port is not None and port_is_taken(port):
        raise EngineFailure(f"port {port} is in use: PostgreSQL cannot listen on it")
    account = postgres_account()
    folder.mkdir(parents=True, exist_ok=True, mode=0o700)
    home = _home(folder, account)
    data, password_file = home / "data", folder / "password"
    if data.exists() and any(data.iterdir()) and not (data / "PG_VERSION").exists():
        raise EngineFailure(f"{data} is not empty and holds no PostgreSQL cluster")
    programs = postgres_programs(home, for_others=account is not None)
    if not (data / "PG_VERSION").exists():
        _initialise(data, password_file, programs, account, durable=durable)
    _check_version(data, programs)
    try:
        password = password_file.read_text().strip()
    except OSError as error:
        raise EngineFailure(f"{password_file} cannot be read: {error.strerror}") from error
    return Cluster(data, programs, account, password, port or free_port())


def start(
    cluster: Cluster, *, durable: bool = True, output: int | IO[bytes] = subprocess.DEVNULL
) -> "subprocess.Popen[bytes]":
    """Start the server; see `is_ready`. When its parent dies it ends at once and recovers at its next start.

    Raises EngineFailure if a server of an earlier parent holds the folder and does not go away.
    """
    _forget_former_server(cluster)
    settings = {**SETTINGS, **({} if durable else NOT_DURABLE)}
    return spawn(
        [
            *(cluster.programs / "postgres", "-D", cluster.data, "-p", str(cluster.port)),
            *(part for name, value in settings.items() for part in ("-c", f"{name}={value}")),
        ],
        env=_ENVIRONMENT,
        account=cluster.account,
        output=output,
        death_signal=FORCE_SIGNAL,
    )


def is_ready(cluster: Cluster, child: "subprocess.Popen[bytes]") -> bool:
    """Whether this very server accepts connections: the eighth line of its lock file, as pg_ctl reads it."""
    lines = _lock_file(cluster)
    return len(lines) >= 8 and lines[0] == str(child.pid) and lines[7] == "ready"


def wait_ready(cluster: Cluster, child: "subprocess.Popen[bytes]", *, log: Path | None = None) -> None:
    """Block until it accepts connections. Raises EngineFailure."""
    wait_until(child, lambda: is_ready(cluster, child), seconds=60, what="PostgreSQL", log=log)


def shut_down(child: "subprocess.Popen[bytes]", seconds: float = 4.0) -> None:
    """End the server; open transactions are rolled back."""
    stop(child, STOP_SIGNAL, seconds)


def _home(folder: Path, account: Account | None) -> Path:
    """Where data and copied binaries live."""
    if account is None:
        return folder
    note = folder / "place"
    if note.exists():
        home = Path(note.read_text().strip())
        if not home.is_dir():
            raise EngineFailure(f"{note} says that the database is in {home}, but there is no such folder")
        return home
    if (folder / "data").exists() or reachable(folder):
        folder.chmod(0o711)
        return folder
    home = SHARED_PLACE / secrets.token_hex(8)
    home.mkdir(parents=True, mode=0o711)
    for place in (SHARED_PLACE, home):
        place.chmod(0o711)
    note.write_text(f"{home}\n")
    return home


def _initialise(data: Path, password_file: Path, programs: Path, account: Account | None, *, durable: bool) -> None:
    """Beside its place first: initdb that is killed leaves what looks like a cluster."""
    unfinished, readable = data.with_name("data.unfinished"), data.with_name("password.unfinished")
    shutil.rmtree(unfinished, ignore_errors=True)
    unfinished.mkdir(mode=0o700)
    own(unfinished, account)
    password = secrets.token_hex(24)
    _write_private(password_file, password)
    # initdb reads it under its own account.
    _write_private(readable, password)
    own(readable, account)
    try:
        child = spawn(
            [
                *(programs / "initdb", "-D", unfinished, "-U", SUPERUSER, "-E", "UTF8", "--locale=C.UTF-8"),
                *("--auth=scram-sha-256", f"--pwfile={readable}", "--no-instructions"),
                *(() if durable else ("--no-sync",)),
            ],
            env=_ENVIRONMENT,
            account=account,
            output=subprocess.PIPE,
        )
        said, _ = child.communicate(timeout=120)
    finally:
        readable.unlink()
    if child.returncode != 0:
        shutil.rmtree(unfinished, ignore_errors=True)
        raise EngineFailure(f"initdb failed: {said.decode(errors='replace').strip()[-500:]}")
    if data.exists():
        data.rmdir()
    unfinished.rename(data)


def _write_private(path: Path, text: str) -> None:
    path.unlink(missing_ok=True)
    path.touch(mode=0o600)
    path.write_text(text)


def _check_version(data: Path, programs: Path) -> None:
    made_by = (data / "PG_VERSION").read_text().strip()
    said = subprocess.run(  # noqa: S603
        [programs / "postgres", "--version"], check=True, capture_output=True, text=True, env=_ENVIRONMENT, timeout=30
    )
    ours = said.stdout.split()[2].split(".")[0]
    if made_by != ours:
        raise EngineFailure(f"{data} was made by PostgreSQL {made_by}, but this is {ours}: dump and load it")


def _lock_file(cluster: Cluster) -> list[str]:
    try:
        return [line.strip() for line in (cluster.data / "postmaster.pid").read_text().splitlines()]
    except FileNotFoundError:
        return []


def _forget_former_server(cluster: Cluster) -> None:
    """Wait for a server whose parent was killed; drop a lock file whose number belongs to somebody else by now.

    PostgreSQL itself takes any living process with that number for a server. Callers make sure that only one parent
    uses the folder.
    """
    lines = _lock_file(cluster)
    if not lines or not Path("/proc/self").exists():
        return
    command = Path("/proc") / lines[0] / "cmdline"
    deadline = time.monotonic() + 15
    while _runs_on(command, cluster.data):
        if time.monotonic() > deadline:
            raise EngineFailure(f"another PostgreSQL (process {lines[0]}) still uses {cluster.data}")
        time.sleep(0.05)
    (cluster.data / "postmaster.pid").unlink(missing_ok=True)


def _runs_on(command: Path, data: Path) -> bool:
    try:
        return os.fsencode(data) in command.read_bytes().split(b"\0")
    except OSError:
        return False
