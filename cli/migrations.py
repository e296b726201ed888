"""Alembic, run as a program of its own: it wants an event loop to itself and reads its address from the environment."""

import os
import subprocess
import sys
from pathlib import Path

import asyncpg

from cli import reference

ROOT = Path(__file__).resolve().parent.parent


class MigrationFailure(Exception):
    """Alembic ended with an error; the message holds its last lines."""


def alembic(owner_url: str, *arguments: str) -> str:
    """Run one Alembic command as the database's owner and give back what it printed. Raises MigrationFailure."""
    done = subprocess.run(  # noqa: S603
        [sys.executable, "-m", "alembic", *arguments],
        cwd=ROOT,
        env={**os.environ, "DATABASE_OWNER_URL": owner_url},
        stdin=subprocess.DEVNULL,
        capture_output=True,
        text=True,
        timeout=600,
        check=False,
    )
    if done.returncode != 0:
        raise MigrationFailure("\n".join((done.stderr + done.stdout).strip().splitlines()[-15:]))
    return done.stdout


def migrate(owner_url: str, revision: str = "head") -> None:
    """Bring the database up to the revision; at the newest one also what every household shares (cli/reference.py).

    Raises MigrationFailure.
    """
    alembic(owner_url, "upgrade", revision)
    if revision == "head":
        try:
            reference.load(owner_url)
        except (asyncpg.PostgresError, OSError, ValueError) as error:
            raise MigrationFailure(f"categories and merchants could not be loaded: {error}") from error
