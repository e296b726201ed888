"""The processes that make up Coffer on one machine, and the environment that ties them together."""

import asyncio
import os
import subprocess
import sys
from collections.abc import Awaitable, Callable, Mapping
from dataclasses import dataclass
from pathlib import Path

from cli.data_folder import LocalSecrets
from cli.database import Databases
from cli.main import Refusal
from cli.probe import get
from cli.services import Child, Service, runs
from engines import postgres, valkey
from engines.processes import spawn

ROOT = Path(__file__).resolve().parent.parent
DEMO_EMAIL = "demo@coffer.example"
# What only some of the processes may know.
_WITHHELD = ("DATABASE_URL", "DATABASE_OWNER_URL", "DATABASE_SYSTEM_URL", "DATABASE_ADMIN_URL", "REDIS_URL")


def given_databases() -> Databases | None:
    """The server that the environment names. Raises Refusal when it names only part of it."""
    names = ("DATABASE_URL", "DATABASE_OWNER_URL", "DATABASE_SYSTEM_URL")
    urls = [os.environ.get(name, "") for name in names]
    if not any(urls):
        return None
    missing = [name for name, url in zip(names, urls, strict=True) if not url]
    if missing:
        raise Refusal(f"{', '.join(missing)} must be set as well; `coffer create-roles` prints all three")
    return Databases(*urls)


def postgres_service(cluster: postgres.Cluster) -> Service:
    """Our own PostgreSQL."""

    async def ready(child: Child) -> bool:
        return postgres.is_ready(cluster, child)

    return Service(
        "postgres",
        lambda: postgres.start(cluster, output=subprocess.PIPE),
        ready,
        stop_signal=postgres.STOP_SIGNAL,
        force_signal=postgres.FORCE_SIGNAL,
        engine=True,
    )


def valkey_service(store: valkey.Store) -> Service:
    """Our own Valkey."""

    async def ready(_child: Child) -> bool:
        return await asyncio.to_thread(valkey.is_ready, store)

    return Service("valkey", lambda: valkey.start(store, output=subprocess.PIPE), ready, engine=True)


def sandbox_service(port: int, folder: Path, secrets: LocalSecrets) -> Service:
    """A bank to try things with."""
    environment = {
        **_inherited(),
        "COFFER_SANDBOX": "1",
        "SANDBOX_CLIENT_ID": secrets.sandbox_client_id,
        "SANDBOX_SECRET": secrets.sandbox_secret,
    }
    start = _module(("sandbox", "--port", str(port), "--data", str(folder)), environment)
    return Service("sandbox", start, _answers(port, "/"))


def migration(owner_url: str) -> Callable[[], Child]:
    """Brings the database to the newest revision, with the categories and merchants that everyone shares."""
    return _module(("cli.main", "migrate"), {**_inherited(), "DATABASE_OWNER_URL": owner_url})


@dataclass(frozen=True)
class Stack:
    """How our own processes are started. `sandbox_port` is None where a real provider is used."""

    port: int
    folder: Path
    databases: Databases
    redis_url: str
    secrets: LocalSecrets
    sandbox_port: int | None

    @property
    def url(self) -> str:
        return f"http://127.0.0.1:{self.port}"

    @property
    def sandbox_url(self) -> str | None:
        return f"http://127.0.0.1:{self.sandbox_port}" if self.sandbox_port else None

    def services(self) -> list[Service]:
        """API, worker, relay, eraser; this one alone has the owner's connection."""
        owner = {**self.environment(), "DATABASE_OWNER_URL": self.databases.owner}
        return [
            Service("api", self._python("api", "--port", str(self.port)), _answers(self.port, "/health")),
            Service("worker", self._python("workers"), runs),
            Service("relay", self._python("workers.relay"), runs),
            Service("eraser", _module(("workers.eraser",), owner), runs),
        ]

    def demo(self) -> Callable[[], Child]:
        """Makes the demo person and their bank link, unless they are there."""
        return self._python("cli.main", "demo")

    def environment(self) -> dict[str, str]:
        """What API, worker and relay run with."""
        made = {
            **_inherited(),
            "DATABASE_URL": self.databases.app,
            "DATABASE_SYSTEM_URL": self.databases.system,
            "REDIS_URL": self.redis_url,
            "COFFER_DATA": str(self.folder),
            "COFFER_URL": os.environ.get("COFFER_URL", self.url),
            "COFFER_KEYS_FILE": str(self.folder / "keys.json"),
            "COFFER_UP_FILE": str(self.folder / "up.json"),
        }
        if self.sandbox_url:
            made |= {
                "COFFER_SANDBOX": "1",
                "COFFER_WEBHOOK_ALLOW_LOOPBACK": "1",
                "PLAID_URL": self.sandbox_url,
                "PLAID_CLIENT_ID": self.secrets.sandbox_client_id,
                "PLAID_SECRET": self.secrets.sandbox_secret,
                "COFFER_DEMO_EMAIL": DEMO_EMAIL,
                "COFFER_DEMO_PASSWORD": self.secrets.demo_password,
            }
        else:
            for name in ("COFFER_SANDBOX", "COFFER_WEBHOOK_ALLOW_LOOPBACK"):
                made.pop(name, None)
        return made

    def _python(self, *arguments: str) -> Callable[[], Child]:
        return _module(arguments, self.environment())


def _inherited() -> dict[str, str]:
    return {
        **{name: value for name, value in os.environ.items() if name not in _WITHHELD},
        "PYTHONUNBUFFERED": "1",
    }


def _module(arguments: tuple[str, ...], environment: Mapping[str, str]) -> Callable[[], Child]:
    command = [sys.executable, "-m", *arguments]
    return lambda: spawn(command, env=environment, cwd=ROOT, output=subprocess.PIPE)


def _answers(port: int, path: str) -> Callable[[Child], Awaitable[bool]]:
    async def ready(_child: Child) -> bool:
        answer = await get(port, path)
        return answer is not None and answer[0] < 500

    return ready
