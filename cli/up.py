"""Start PostgreSQL, Valkey, a sandbox bank, API, worker and relay, and keep them running until Ctrl-C.

DATABASE_URL (with DATABASE_OWNER_URL and DATABASE_SYSTEM_URL), REDIS_URL and PLAID_URL (with PLAID_CLIENT_ID and
PLAID_SECRET) name servers to use instead of our own.
"""

import argparse
import asyncio
import os
import signal
from base64 import b64encode
from contextlib import suppress
from pathlib import Path
from urllib.parse import urlsplit

from watchfiles import PythonFilter, awatch

from cli import database
from cli.data_folder import DataFolder
from cli.database import Databases
from cli.logbook import Logbook
from cli.main import COMMANDS, Refusal
from cli.probe import get
from cli.stack import (
    DEMO_EMAIL,
    ROOT,
    Stack,
    given_databases,
    migration,
    postgres_service,
    sandbox_service,
    valkey_service,
)
from cli.supervisor import StartFailure, Supervisor
from cli.up_file import UpFile
from engines import postgres, valkey
from engines.processes import EngineFailure, free_port, port_is_taken
from runtime.keys import KeyProblem, load_or_make

READY_SECONDS = 90
RELOADED = ("api", "worker", "relay", "eraser")


def add_arguments(parser: argparse.ArgumentParser) -> None:
    parser.add_argument("--port", type=_port, default=8000, help="the API's port on loopback (default: 8000)")
    parser.add_argument("--data", type=Path, default=ROOT / ".data", help="where everything is kept (default: .data)")
    parser.add_argument("--quiet", action="store_true", help="show only warnings, and the addresses at the end")
    parser.add_argument("--watch", action="store_true", help="restart API, worker and relay when a Python file changes")


def run(arguments: argparse.Namespace) -> int:
    if port_is_taken(arguments.port):
        raise Refusal(f"port {arguments.port} is in use: choose another one with --port")
    os.umask(0o077)
    with DataFolder(arguments.data) as folder:
        logbook = Logbook(folder.path / "logs", quiet=arguments.quiet)
        return asyncio.run(_Coffer(folder, logbook, arguments.port).serve(watch=arguments.watch))


class _Coffer:
    """One run of all processes."""

    def __init__(self, folder: DataFolder, logbook: Logbook, port: int) -> None:
        self._folder = folder
        self._logbook = logbook
        self._port = port
        self._up_file = UpFile(folder.path / "up.json")
        self._supervisor = Supervisor(logbook, self._publish)

    async def serve(self, *, watch: bool) -> int:
        """Until a signal asks us to end. Raises Refusal if something does not start or can never run."""
        stop = asyncio.Event()
        for number in (signal.SIGINT, signal.SIGTERM, signal.SIGHUP):
            asyncio.get_running_loop().add_signal_handler(number, stop.set)
        self._up_file.remove()
        work = asyncio.create_task(self._run(watch=watch))
        ends = [asyncio.create_task(stop.wait()), asyncio.create_task(self._supervisor.hopeless.wait())]
        try:
            await asyncio.wait([work, *ends], return_when=asyncio.FIRST_COMPLETED)
            if self._supervisor.hopeless.is_set():
                # Whoever waits for that process is about to say why it cannot run.
                await asyncio.wait([work], timeout=1)
            if work.done():
                work.result()
            elif not stop.is_set():
                raise Refusal("a process can never run as it is configured: see above")
        except (StartFailure, EngineFailure, KeyProblem) as failure:
            raise Refusal(str(failure)) from failure
        finally:
            self._logbook.event("supervisor", "ending")
            for task in (work, *ends):
                task.cancel()
            await asyncio.gather(work, *ends, return_exceptions=True)
            await self._supervisor.stop()
            self._up_file.remove()
        return 0

    async def _run(self, *, watch: bool) -> None:
        stack = await self._start()
        answered = await self._until_ready()
        self._greet(stack, answered)
        if watch:
            await self._reload_on_change()
        await asyncio.Event().wait()

    async def _start(self) -> Stack:
        secrets = self._folder.local_secrets()
        keys = load_or_make(self._folder.path / "keys.json")
        self._logbook.hide(b64encode(key.secret).decode() for key in (*keys.access, *keys.vault))
        self._logbook.hide([secrets.demo_password, secrets.sandbox_secret])
        sandbox_port = None if os.environ.get("PLAID_URL") else free_port()
        early = []
        if sandbox_port:
            early.append(sandbox_service(sandbox_port, self._folder.path / "sandbox", secrets))
        redis_url = os.environ.get("REDIS_URL")
        if not redis_url:
            store = valkey.prepare(self._folder.path / "valkey")
            early.append(valkey_service(store))
            redis_url = store.url()
        self._hide_passwords(redis_url)
        self._supervisor.launch(*early)
        databases = await self._start_database()
        await self._supervisor.wait_ready(*early)
        stack = Stack(
            port=self._port,
            folder=self._folder.path,
            databases=databases,
            redis_url=redis_url,
            secrets=secrets,
            sandbox_port=sandbox_port,
        )
        await self._supervisor.start(*stack.services())
        if sandbox_port and "demo" in COMMANDS:
            await self._supervisor.run_once("demo", stack.demo())
        self._up_file.publish(_facts(stack), self._pids())
        return stack

    async def _start_database(self) -> Databases:
        """Running and migrated."""
        if (given := given_databases()) is not None:
            self._hide_passwords(given.app, given.owner, given.system)
            await self._migrate(given)
            return given
        self._logbook.event("supervisor", "preparing PostgreSQL")
        cluster = postgres.prepare(self._folder.path / "postgres")
        self._hide_passwords(cluster.url())
        await self._supervisor.start(postgres_service(cluster))
        note, parts = self._folder.path / "database.json", (ROOT / "alembic", ROOT / "data")
        was = database.left(note)
        if was is not None and await database.still_holds(was, cluster, *parts):
            found = was.databases(cluster)
            self._hide_passwords(found.app, found.owner, found.system)
            return found
        made = await database.make_roles(cluster)
        self._hide_passwords(made.app, made.owner, made.system)
        await self._migrate(made)
        await database.remember(note, made, *parts)
        return made

    async def _migrate(self, databases: Databases) -> None:
        self._logbook.event("supervisor", "migrating the database")
        await self._supervisor.run_once("migrate", migration(databases.owner))

    def _hide_passwords(self, *urls: str) -> None:
        self._logbook.hide(password for url in urls if (password := urlsplit(url).password))

    async def _until_ready(self) -> bool:
        """Whether the API says so in time; if not, everything keeps running and the reason is shown."""
        said, pause = "", 0.1
        with suppress(TimeoutError):
            async with asyncio.timeout(READY_SECONDS):
                while True:
                    answer = await get(self._port, "/ready")
                    if answer is not None and answer[0] == 200:
                        return True
                    reason = "no answer" if answer is None else f"{answer[0]} {answer[1].strip()[:300]}"
                    if reason != said:
                        self._logbook.event("supervisor", f"not ready yet: {reason}", level="debug")
                        said = reason
                    await asyncio.sleep(pause)
                    pause = min(pause * 1.2, 1.0)
        self._logbook.event("supervisor", f"still not ready after {READY_SECONDS} s: {said}", level="warning")
        return False

    async def _reload_on_change(self) -> None:
        folders = [ROOT / name for name in ("api", "domain", "integrations", "runtime", "workers")]
        async for changes in awatch(*folders, watch_filter=PythonFilter()):
            names = ", ".join(sorted({Path(path).relative_to(ROOT).as_posix() for _, path in changes})[:3])
            self._logbook.event("supervisor", f"changed: {names}")
            await self._supervisor.restart(RELOADED)

    def _publish(self) -> None:
        self._up_file.refresh(self._pids())

    def _pids(self) -> dict[str, int]:
        return {"supervisor": os.getpid(), **self._supervisor.pids()}

    def _greet(self, stack: Stack, answered: bool) -> None:
        lines = [
            "",
            f"Coffer is {'ready' if answered else 'running, but not ready: see /ready'}.",
            f"  GraphQL    {stack.url}/graphql   (a browser gets GraphiQL)",
            f"  live       {stack.url.replace('http', 'ws', 1)}/graphql   (graphql-transport-ws)",
            f"  state      {stack.url}/ready",
            f"  data       {self._folder.path}",
        ]
        if stack.sandbox_url:
            variables = f'{{"input":{{"email":"{DEMO_EMAIL}","password":"{stack.secrets.demo_password}"}}}}'
            document = "mutation($input:SignInInput!){signIn(input:$input){session{accessToken} userErrors{message}}}"
            lines += [
                f"  sandbox    {stack.sandbox_url}",
                f"  sign in    {DEMO_EMAIL}   {stack.secrets.demo_password}",
                "",
                "Try:",
                f"  curl -s {stack.url}/graphql -H 'Content-Type: application/json' "
                f'-d \'{{"query":"{document}","variables":{variables}}}\'',
            ]
        # Not a log line: whoever started us is the one who may sign in.
        with suppress(OSError):
            print("\n".join([*lines, "", "Ctrl-C ends everything.", ""]), flush=True)


def _facts(stack: Stack) -> dict[str, object]:
    sandboxed = stack.sandbox_port is not None
    return {
        "graphql": f"{stack.url}/graphql",
        "websocket": f"{stack.url.replace('http', 'ws', 1)}/graphql",
        "sandbox": stack.sandbox_url,
        "sandbox_client_id": stack.secrets.sandbox_client_id if sandboxed else None,
        "sandbox_secret": stack.secrets.sandbox_secret if sandboxed else None,
        "demo": {"email": DEMO_EMAIL, "password": stack.secrets.demo_password} if sandboxed else None,
        "database": stack.databases.app,
        "database_owner": stack.databases.owner,
        "database_system": stack.databases.system,
        "redis": stack.redis_url,
    }


def _port(text: str) -> int:
    port = int(text) if text.isascii() and text.isdecimal() else 0
    if not 0 < port < 65536:
        raise argparse.ArgumentTypeError(f"{text!r} is not a port: 1 to 65535")
    return port
