"""`coffer verify`, as an operator runs it."""

from pathlib import Path

import asyncpg
import pytest

from cli.main import main
from domain import tables
from domain.events import AccountUpdated
from domain.identity.people import Registration, register
from runtime.database import Database
from runtime.ids import new_id
from runtime.system import SystemDatabase
from runtime.unit import Unit, in_unit
from runtime.viewer import Viewer
from tests.cluster import DatabaseUrls, in_own_loop

tables.metadata()


@pytest.fixture(scope="module")
def database_urls(own_database_urls: DatabaseUrls) -> DatabaseUrls:
    """All journals are looked at, and some are damaged."""
    return own_database_urls


async def write_two_lines(urls: DatabaseUrls) -> Viewer:
    database, system = Database(urls.app), SystemDatabase(urls.system)
    try:
        person = Registration(email=f"{new_id()}@example.com", password="long enough", display_name="Somebody")
        viewer = await register(system, person)

        async def work(unit: Unit) -> None:
            unit.record(AccountUpdated(ids=[new_id()]), AccountUpdated(ids=[new_id()]))

        await in_unit(database, viewer, work)
    finally:
        await database.close()
        await system.close()
    return viewer


async def execute(url: str, statement: str, *arguments: object) -> None:
    connection = await asyncpg.connect(url)
    try:
        await connection.execute(statement, *arguments)
    finally:
        await connection.close()


@pytest.mark.parametrize("role", ["OWNER", "SYSTEM"])
def test_whole_journals_are_whole(
    database_urls: DatabaseUrls, role: str, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    in_own_loop(write_two_lines(database_urls))
    monkeypatch.delenv("DATABASE_OWNER_URL", raising=False)
    monkeypatch.setenv(f"DATABASE_{role}_URL", getattr(database_urls, role.lower()))

    assert main(["verify"]) == 0

    assert "each is as it was written" in capsys.readouterr().out


def test_a_damaged_line_is_named(
    database_urls: DatabaseUrls,
    tmp_path: Path,
    monkeypatch: pytest.MonkeyPatch,
    capsys: pytest.CaptureFixture[str],
) -> None:
    stream = in_own_loop(write_two_lines(database_urls)).household_id
    in_own_loop(
        execute(database_urls.owner, "update journal set actor = 'nobody' where stream_id = $1 and seq = 2", stream)
    )
    monkeypatch.setenv("DATABASE_OWNER_URL", database_urls.owner)

    assert main(["verify", "--checkpoints", str(tmp_path)]) == 1

    assert f"journal {stream}, line 2: was altered" in capsys.readouterr().out
    for table in ("journal", "outbox", "streams"):
        in_own_loop(execute(database_urls.owner, f"delete from {table} where stream_id = $1", stream))


def test_without_an_address_it_refuses(monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]) -> None:
    for name in ("DATABASE_OWNER_URL", "DATABASE_SYSTEM_URL"):
        monkeypatch.delenv(name, raising=False)

    assert main(["verify"]) == 1

    assert "DATABASE_OWNER_URL or DATABASE_SYSTEM_URL must be set" in capsys.readouterr().err
