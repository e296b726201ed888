"""A Valkey of our own: one folder, loopback only, with a random password."""

import secrets
import signal
import socket
import subprocess
from dataclasses import dataclass, field
from pathlib import Path
from typing import IO

from engines.binaries import valkey_program
from engines.processes import EngineFailure, free_port, port_is_taken, spawn, stop, wait_until


@dataclass(frozen=True)
class Store:
    """A prepared folder and what is needed to run a server on it."""

    folder: Path
    program: Path
    password: str = field(repr=False)
    port: int

    def url(self, database: int = 0) -> str:
        """The address of a numbered database."""
        return f"redis://:{self.password}@127.0.0.1:{self.port}/{database}"


def prepare(folder: Path, *, port: int | None = None) -> Store:
    """Make the folder and its password. Raises EngineFailure: no binary, or a port in use."""
    if port is not None and port_is_taken(port):
        raise EngineFailure(f"port {port} is in use: Valkey cannot listen on it")
    folder.mkdir(parents=True, exist_ok=True, mode=0o700)
    password_file = folder / "password"
    if not password_file.exists():
        password_file.touch(mode=0o600)
        password_file.write_text(secrets.token_hex(24))
    return Store(folder, valkey_program(), password_file.read_text().strip(), port or free_port())


def start(
    store: Store, *, durable: bool = True, databases: int = 16, output: int | IO[bytes] = subprocess.DEVNULL
) -> "subprocess.Popen[bytes]":
    """Start the server, append-only if `durable`; see `is_ready`. It ends at once when its parent dies."""
    settings = {
        "bind": "127.0.0.1",
        "port": str(store.port),
        "requirepass": store.password,
        "dir": f'"{store.folder}"',
        "databases": str(databases),
        "save": '""',
        "appendonly": "yes" if durable else "no",
        "appendfsync": "everysec",
    }
    # In a file: a program's arguments can be read by everybody on the machine.
    configuration = store.folder / "valkey.conf"
    configuration.unlink(missing_ok=True)
    configuration.touch(mode=0o600)
    configuration.write_text("".join(f"{name} {value}\n" for name, value in settings.items()))
    return spawn([store.program, configuration], env={"LC_ALL": "C.UTF-8"}, cwd=store.folder, output=output)


def is_ready(store: Store) -> bool:
    """Whether it answers and has loaded its data."""
    try:
        with socket.create_connection(("127.0.0.1", store.port), 1) as connection:
            connection.sendall(f"AUTH {store.password}\r\nPING\r\nQUIT\r\n".encode())
            said = b""
            while part := connection.recv(1024):
                said += part
    except OSError:
        return False
    return said.startswith(b"+OK\r\n+PONG\r\n")


def wait_ready(store: Store, child: "subprocess.Popen[bytes]", *, log: Path | None = None) -> None:
    """Block until it is ready. Raises EngineFailure."""
    wait_until(child, lambda: is_ready(store), seconds=60, what="Valkey", log=log)


def shut_down(child: "subprocess.Popen[bytes]", seconds: float = 4.0) -> None:
    """End the server; what it holds is written first if it is append-only."""
    stop(child, signal.SIGTERM, seconds)
