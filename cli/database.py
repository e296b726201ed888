"""The database inside our own PostgreSQL: its roles and its schema, with little work when both are as we left them."""

import hashlib
import json
from dataclasses import asdict, dataclass
from pathlib import Path
from urllib.parse import urlsplit

import asyncpg

from cli.data_folder import write_private
from engines import postgres

NAME = "coffer"


@dataclass(frozen=True)
class Databases:
    """URLs by role."""

    app: str
    owner: str
    system: str


@dataclass(frozen=True)
class Left:
    """How the last start left the database: `user:password` by role, and the migrations that were in it."""

    app: str
    owner: str
    system: str
    revision: str
    migrations: str

    def databases(self, cluster: postgres.Cluster) -> Databases:
        """At the port of today."""
        place = f"127.0.0.1:{cluster.port}/{NAME}"
        return Databases(*(f"postgresql://{who}@{place}" for who in (self.app, self.owner, self.system)))


def left(file: Path) -> Left | None:
    """None if there was no start, or if its note is damaged: then everything is done again."""
    try:
        return Left(**json.loads(file.read_text()))
    except (OSError, ValueError, TypeError):
        return None


async def still_holds(was: Left, cluster: postgres.Cluster, *parts: Path) -> bool:
    """Whether roles, schema and what migrates it (the folders `parts`) are those of the last start."""
    return was.migrations == fingerprint(*parts) and was.revision == await revision(was.databases(cluster).owner)


async def make_roles(cluster: postgres.Cluster) -> Databases:
    """Make or repair the roles and the database."""
    # Here, not above: it takes a second, which most starts do not need.
    from runtime.roles import create_roles

    made = await create_roles(cluster.url(), database=NAME)
    return Databases(made.app, made.owner, made.system)


async def remember(file: Path, databases: Databases, *parts: Path) -> None:
    """Note how the database is now, for the next start."""
    now = Left(
        app=_user(databases.app),
        owner=_user(databases.owner),
        system=_user(databases.system),
        revision=await revision(databases.owner) or "",
        migrations=fingerprint(*parts),
    )
    write_private(file, json.dumps(asdict(now)))


async def revision(owner_url: str) -> str | None:
    """The migration that the database is at; None if it cannot be told."""
    try:
        connection = await asyncpg.connect(owner_url)
    except (asyncpg.PostgresError, OSError):
        return None
    try:
        found: str | None = await connection.fetchval("select version_num from alembic_version")
    except asyncpg.PostgresError:
        return None
    finally:
        await connection.close()
    return found


def fingerprint(*parts: Path) -> str:
    """Of all that migrations, and the data that come with them, are made of."""
    digest = hashlib.sha256()
    for part in parts:
        for path in sorted(part.rglob("*")):
            if path.is_file() and path.suffix != ".pyc":
                digest.update(f"{path.relative_to(part)}\0".encode())
                digest.update(hashlib.sha256(path.read_bytes()).digest())
    return digest.hexdigest()


def _user(url: str) -> str:
    return urlsplit(url).netloc.rpartition("@")[0]
