"""Our launcher of Valkey, on folders of its own."""

import signal
import socket
import stat
from pathlib import Path

import pytest
from redis import AuthenticationError, Redis
from redis.connection import ConnectionPool

from engines import valkey
from engines.processes import EngineFailure


def _client(url: str) -> Redis:
    return Redis.from_pool(ConnectionPool.from_url(url, decode_responses=True))


def test_what_it_holds_survives_a_kill(tmp_path: Path) -> None:
    store = valkey.prepare(tmp_path / "valkey")
    server = valkey.start(store)
    valkey.wait_ready(store, server)
    with _client(store.url()) as client:
        client.set("kept", "7")
        client.execute_command("WAITAOF", 1, 0, 5000)
    server.kill()
    server.wait()

    server = valkey.start(store)
    try:
        valkey.wait_ready(store, server)
        with _client(store.url()) as client:
            assert client.get("kept") == "7"
    finally:
        valkey.shut_down(server)


def test_it_wants_its_password(tmp_path: Path) -> None:
    store = valkey.prepare(tmp_path / "valkey")
    server = valkey.start(store, durable=False)
    try:
        valkey.wait_ready(store, server)

        with _client(store.url().replace(store.password, "guess")) as client, pytest.raises(AuthenticationError):
            client.ping()
    finally:
        valkey.shut_down(server)


def test_its_password_is_not_among_its_arguments(tmp_path: Path) -> None:
    store = valkey.prepare(tmp_path / "valkey")
    server = valkey.start(store, durable=False)
    try:
        valkey.wait_ready(store, server)

        assert store.password.encode() not in Path(f"/proc/{server.pid}/cmdline").read_bytes()
        assert stat.S_IMODE((store.folder / "valkey.conf").stat().st_mode) == 0o600
    finally:
        valkey.shut_down(server)


def test_a_port_in_use_is_said(tmp_path: Path) -> None:
    with socket.create_server(("127.0.0.1", 0)) as server, pytest.raises(EngineFailure, match="is in use"):
        valkey.prepare(tmp_path / "valkey", port=server.getsockname()[1])


def test_damaged_data_are_said(tmp_path: Path) -> None:
    store = valkey.prepare(tmp_path / "valkey")
    (store.folder / "appendonlydir").write_text("not a folder")
    log = tmp_path / "log"
    with log.open("wb") as output:
        server = valkey.start(store, output=output)

    with pytest.raises(EngineFailure, match="Valkey ended at once"):
        valkey.wait_ready(store, server, log=log)


def test_it_ends_politely(tmp_path: Path) -> None:
    store = valkey.prepare(tmp_path / "valkey")
    server = valkey.start(store, durable=False)
    valkey.wait_ready(store, server)

    valkey.shut_down(server)

    assert server.returncode in {0, -signal.SIGTERM}
    assert not valkey.is_ready(store)
