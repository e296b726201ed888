"""On a PostgreSQL of its own: models and migrations agree, and up, down, up gives the same schema."""

import argparse
import asyncio
import difflib
import os
import re
import subprocess
import sys
import tempfile
from pathlib import Path

from cli.main import Refusal
from cli.migrations import MigrationFailure, alembic
from engines import postgres
from engines.binaries import postgres_programs
from engines.processes import EngineFailure
from runtime.roles import create_roles


def add_arguments(parser: argparse.ArgumentParser) -> None:
    parser.add_argument("--check", action="store_true", required=True, help="the only thing this command does")


def run(arguments: argparse.Namespace) -> int:
    with tempfile.TemporaryDirectory(prefix="coffer-migrations-") as name:
        folder = Path(name)
        folder.chmod(0o711)
        try:
            cluster = postgres.prepare(folder / "postgres", durable=False)
            server = postgres.start(cluster, durable=False)
            try:
                postgres.wait_ready(cluster, server)
                _check(cluster, folder)
            finally:
                postgres.shut_down(server)
        except (EngineFailure, MigrationFailure) as failure:
            raise Refusal(str(failure)) from failure
    return 0


def _check(cluster: postgres.Cluster, folder: Path) -> None:
    owner = asyncio.run(create_roles(cluster.url(), database="coffer")).owner
    alembic(owner, "upgrade", "head")
    first = _schema(cluster, folder)
    alembic(owner, "check")
    alembic(owner, "downgrade", "base")
    alembic(owner, "upgrade", "head")
    second = _schema(cluster, folder)
    if first != second:
        sys.stdout.writelines(
            f"{line}\n" for line in difflib.unified_diff(first, second, "up", "up-down-up", lineterm="")
        )
        raise Refusal("migrating up, down and up again does not give the same schema")


def _schema(cluster: postgres.Cluster, folder: Path) -> list[str]:
    done = subprocess.run(  # noqa: S603
        [
            *(postgres_programs(folder, for_others=False) / "pg_dump", "--schema-only", "--dbname=coffer"),
            *("--host=127.0.0.1", f"--port={cluster.port}", f"--username={postgres.SUPERUSER}"),
        ],
        env={"PGPASSWORD": cluster.password, "LC_ALL": "C.UTF-8", "PATH": os.defpath},
        capture_output=True,
        text=True,
        check=False,
        timeout=120,
    )
    if done.returncode != 0:
        raise Refusal(f"pg_dump failed: {done.stderr.strip()}")
    # Newer ones guard a dump with a random word.
    return [line for line in done.stdout.splitlines() if not re.match(r"\\(un)?restrict ", line)]
