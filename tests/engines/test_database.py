"""A later start does again only what does not hold any more."""

import json
from collections.abc import Iterator
from pathlib import Path

import asyncpg
import pytest

from cli import database
from engines import postgres
from tests.cluster import temporary_folder


@pytest.fixture(scope="module")
def cluster() -> Iterator[postgres.Cluster]:
    with temporary_folder() as made:
        cluster = postgres.prepare(made / "postgres", durable=False)
        server = postgres.start(cluster, durable=False)
        try:
            postgres.wait_ready(cluster, server)
            yield cluster
        finally:
            postgres.shut_down(server)


@pytest.fixture
def migrations(tmp_path: Path) -> Path:
    (tmp_path / "alembic").mkdir()
    (tmp_path / "alembic" / "0001.py").write_text("revision = '0001'")
    return tmp_path / "alembic"


async def _left(cluster: postgres.Cluster, migrations: Path) -> database.Left:
    """As after a start that migrated to 0001."""
    made = await database.make_roles(cluster)
    await _as(made.owner, "create table if not exists alembic_version (version_num text)")
    await _as(made.owner, "truncate alembic_version")
    await _as(made.owner, "insert into alembic_version values ('0001')")
    note = migrations.with_name("database.json")
    await database.remember(note, made, migrations)
    found = database.left(note)
    assert found is not None
    return found


async def _as(url: str, statement: str) -> None:
    connection = await asyncpg.connect(url)
    try:
        await connection.execute(statement)
    finally:
        await connection.close()


async def test_nothing_changed(cluster: postgres.Cluster, migrations: Path) -> None:
    was = await _left(cluster, migrations)

    assert await database.still_holds(was, cluster, migrations)
    assert await database.revision(was.databases(cluster).app) is None  # the app may not read it
    assert await database.revision(was.databases(cluster).owner) == "0001"


async def test_another_migration_came(cluster: postgres.Cluster, migrations: Path) -> None:
    was = await _left(cluster, migrations)

    (migrations / "0002.py").write_text("revision = '0002'")

    assert not await database.still_holds(was, cluster, migrations)


async def test_the_database_is_at_another_revision(cluster: postgres.Cluster, migrations: Path) -> None:
    was = await _left(cluster, migrations)

    await _as(was.databases(cluster).owner, "update alembic_version set version_num = '0000'")

    assert not await database.still_holds(was, cluster, migrations)


async def test_somebody_changed_a_password(cluster: postgres.Cluster, migrations: Path) -> None:
    was = await _left(cluster, migrations)

    await _as(cluster.url(), "alter role coffer_owner password 'another'")

    assert not await database.still_holds(was, cluster, migrations)


@pytest.mark.parametrize("damaged", ["", "[]", "5", '{"app": "x"}', json.dumps({"other": 1})])
def test_a_damaged_note_is_none(tmp_path: Path, damaged: str) -> None:
    (tmp_path / "note").write_text(damaged)

    assert database.left(tmp_path / "note") is None
