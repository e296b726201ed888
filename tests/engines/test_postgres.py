"""Our launcher of PostgreSQL, on clusters of its own."""

import os
import signal
import socket
import subprocess
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import asyncpg
import pytest

from engines import postgres
from engines.processes import EngineFailure, free_port
from tests.cluster import temporary_folder
from tests.engines.processes import alive, environment, python, wait_until

PARENT = """
    import sys, time
    from pathlib import Path
    from engines import postgres
    cluster = postgres.prepare(Path(sys.argv[1]), durable=False)
    server = postgres.start(cluster, durable=False)
    postgres.wait_ready(cluster, server)
    print(server.pid, flush=True)
    time.sleep(600)
"""


@pytest.fixture
def folder() -> Iterator[Path]:
    """Reachable for PostgreSQL's account, unlike pytest's own."""
    with temporary_folder() as made:
        yield made / "postgres"


@pytest.fixture(scope="module")
def cluster() -> Iterator[postgres.Cluster]:
    with temporary_folder() as made:
        yield postgres.prepare(made / "postgres", durable=False)


async def _ask(url: str, statement: str) -> Any:
    connection = await asyncpg.connect(url)
    try:
        return await connection.fetchval(statement)
    finally:
        await connection.close()


async def test_it_serves_on_loopback_alone_with_scram(cluster: postgres.Cluster) -> None:
    server = postgres.start(cluster, durable=False)
    try:
        postgres.wait_ready(cluster, server)

        assert await _ask(cluster.url(), "show listen_addresses") == "127.0.0.1"
        assert await _ask(cluster.url(), "show unix_socket_directories") == ""
        methods = "select string_agg(distinct auth_method, ',') from pg_hba_file_rules"
        assert await _ask(cluster.url(), methods) == "scram-sha-256"
    finally:
        postgres.shut_down(server)


async def test_it_refuses_another_password(cluster: postgres.Cluster) -> None:
    server = postgres.start(cluster, durable=False)
    try:
        postgres.wait_ready(cluster, server)

        with pytest.raises(asyncpg.InvalidPasswordError):
            await _ask(cluster.url().replace(cluster.password, "guess"), "select 1")
    finally:
        postgres.shut_down(server)


def test_it_never_runs_as_root(cluster: postgres.Cluster) -> None:
    server = postgres.start(cluster, durable=False)
    try:
        postgres.wait_ready(cluster, server)

        assert Path(f"/proc/{server.pid}").stat().st_uid != 0
    finally:
        postgres.shut_down(server)


async def test_data_survive_a_stop_and_a_start(folder: Path) -> None:
    first = postgres.prepare(folder)
    server = postgres.start(first)
    postgres.wait_ready(first, server)
    await _ask(first.url(), "create table kept (n int)")
    await _ask(first.url(), "insert into kept values (7)")
    postgres.shut_down(server)

    second = postgres.prepare(folder)
    server = postgres.start(second)
    try:
        postgres.wait_ready(second, server)

        assert await _ask(second.url(), "select n from kept") == 7
    finally:
        postgres.shut_down(server)


def _left_by_a_killed_parent(folder: Path) -> int:
    command = [*python(PARENT), str(folder)]
    with subprocess.Popen(command, env=environment(), stdout=subprocess.PIPE, text=True) as parent:
        assert parent.stdout is not None
        server = int(parent.stdout.readline())
        parent.kill()
    return server


async def test_data_survive_a_killed_parent_and_nothing_else_does(folder: Path) -> None:
    orphan = _left_by_a_killed_parent(folder)
    again = postgres.prepare(folder, durable=False)

    # At once: the former server may still be ending.
    server = postgres.start(again, durable=False)
    try:
        postgres.wait_ready(again, server)

        assert not alive(orphan)
        assert await _ask(again.url(), "select 1") == 1
    finally:
        postgres.shut_down(server)


async def test_it_starts_again_on_its_port_after_a_kill(folder: Path) -> None:
    cluster = postgres.prepare(folder, durable=False)
    server = postgres.start(cluster, durable=False)
    postgres.wait_ready(cluster, server)
    server.kill()
    server.wait()

    started: list[subprocess.Popen[bytes]] = []

    def starts_again() -> bool:
        child = postgres.start(cluster, durable=False)
        try:
            postgres.wait_ready(cluster, child)
        except EngineFailure:  # the killed one's children are still ending
            return False
        started.append(child)
        return True

    wait_until(starts_again, "it starts again")
    try:
        assert await _ask(cluster.url(), "select 1") == 1
    finally:
        postgres.shut_down(started[0])


def test_a_lock_file_with_somebody_elses_number_does_not_keep_it_from_starting(cluster: postgres.Cluster) -> None:
    (cluster.data / "postmaster.pid").write_text(f"{os.getpid()}\n{cluster.data}\n")

    server = postgres.start(cluster, durable=False)
    try:
        postgres.wait_ready(cluster, server)
    finally:
        postgres.shut_down(server)


def test_a_port_in_use_is_said_before_anything_is_made(folder: Path) -> None:
    with socket.create_server(("127.0.0.1", 0)) as server, pytest.raises(EngineFailure, match="is in use"):
        postgres.prepare(folder, port=server.getsockname()[1])

    assert not folder.exists()


def test_a_folder_that_holds_other_things_is_left_alone(folder: Path) -> None:
    (folder / "data").mkdir(parents=True)
    (folder / "data" / "letter.txt").write_text("dear")

    with pytest.raises(EngineFailure, match="is not empty and holds no PostgreSQL cluster"):
        postgres.prepare(folder)

    assert (folder / "data" / "letter.txt").read_text() == "dear"
    assert sorted(path.name for path in folder.iterdir()) == ["data"]


async def test_making_it_begins_anew_where_it_was_cut_off(folder: Path) -> None:
    (folder / "data.unfinished").mkdir(parents=True)
    (folder / "data.unfinished" / "PG_VERSION").write_text("18\n")

    cluster = postgres.prepare(folder, durable=False)
    server = postgres.start(cluster, durable=False)
    try:
        postgres.wait_ready(cluster, server)

        assert await _ask(cluster.url(), "select 1") == 1
    finally:
        postgres.shut_down(server)


def test_data_of_another_version_are_refused(folder: Path) -> None:
    cluster = postgres.prepare(folder, durable=False)
    (cluster.data / "PG_VERSION").write_text("9\n")

    with pytest.raises(EngineFailure, match="was made by PostgreSQL 9"):
        postgres.prepare(folder)


def test_a_server_that_cannot_start_says_why(folder: Path) -> None:
    cluster = postgres.prepare(folder, port=free_port(), durable=False)
    (cluster.data / "postgresql.conf").write_text("no_such_setting = 1\n")
    log = folder / "log"
    with log.open("wb") as output:
        server = postgres.start(cluster, output=output)

    with pytest.raises(EngineFailure, match="no_such_setting"):
        postgres.wait_ready(cluster, server, log=log)


@pytest.mark.skipif(os.geteuid() != 0, reason="only root runs it as another account")
async def test_root_may_keep_its_data_below_a_closed_folder(monkeypatch: pytest.MonkeyPatch) -> None:
    with temporary_folder() as open_place, temporary_folder() as closed:
        monkeypatch.setattr(postgres, "SHARED_PLACE", open_place / "shared")
        closed.chmod(0o700)
        folder = closed / "postgres"
        cluster = postgres.prepare(folder, durable=False)
        server = postgres.start(cluster, durable=False)
        try:
            postgres.wait_ready(cluster, server)

            assert await _ask(cluster.url(), "select 1") == 1
            assert cluster.data.is_relative_to(open_place)
            assert postgres.prepare(folder, durable=False).data == cluster.data
        finally:
            postgres.shut_down(server)


def test_shutting_down_twice_is_harmless(cluster: postgres.Cluster) -> None:
    server = postgres.start(cluster, durable=False)
    postgres.wait_ready(cluster, server)

    postgres.shut_down(server)
    postgres.shut_down(server)

    assert server.returncode == 0
    assert not (cluster.data / "postmaster.pid").exists()


def test_an_immediate_end_is_recovered_from(cluster: postgres.Cluster) -> None:
    server = postgres.start(cluster, durable=False)
    postgres.wait_ready(cluster, server)
    server.send_signal(signal.SIGQUIT)
    server.wait()

    server = postgres.start(cluster, durable=False)
    try:
        postgres.wait_ready(cluster, server)
    finally:
        postgres.shut_down(server)
