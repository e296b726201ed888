"""`scripts/up` as a person has it: real processes on a data folder of their own."""

import json
import os
import re
import signal
import stat
import subprocess
import sys
import urllib.error
import urllib.request
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from pathlib import Path
from typing import Any

import pytest

from engines.processes import free_port
from tests.cluster import temporary_folder
from tests.engines.processes import ROOT, alive, wait_until

OURS = ("postgres", "valkey", "sandbox", "api", "worker", "relay", "eraser")
GIVEN = ("DATABASE_URL", "DATABASE_OWNER_URL", "DATABASE_SYSTEM_URL", "REDIS_URL", "PLAID_URL")


class Running:
    """One `coffer up`."""

    def __init__(self, folder: Path, *, port: int, given: Mapping[str, str] | None = None) -> None:
        self.folder = folder
        self.port = port
        environment = {name: value for name, value in os.environ.items() if name not in GIVEN}
        self.process = subprocess.Popen(
            [sys.executable, "-m", "cli.main", "up", "--port", str(port), "--data", str(folder)],
            cwd=ROOT,
            env={**environment, **(given or {})},
            stdout=subprocess.PIPE,
            stderr=subprocess.STDOUT,
            text=True,
        )

    def said(self) -> str:
        """Everything it wrote. Waits for its end."""
        said, _ = self.process.communicate(timeout=60)
        return said

    def facts(self) -> dict[str, Any]:
        found: dict[str, Any] = json.loads((self.folder / "up.json").read_text())
        return found

    def pids(self) -> dict[str, int]:
        found: dict[str, int] = self.facts()["pids"]
        return found

    def ready(self) -> bool:
        if self.process.poll() is not None:
            raise AssertionError(f"it ended: {self.said()[-2000:]}")
        try:
            with urllib.request.urlopen(f"http://127.0.0.1:{self.port}/ready", timeout=5) as answer:
                return bool(answer.status == 200)
        except urllib.error.HTTPError as refusal:
            refusal.close()
            return False
        except OSError:
            return False

    def wait_ready(self) -> None:
        wait_until(self.ready, "it is ready", 90)


@contextmanager
def running(folder: Path, given: Mapping[str, str] | None = None) -> Iterator[Running]:
    made = Running(folder, port=free_port(), given=given)
    try:
        made.wait_ready()
        yield made
    finally:
        made.process.send_signal(signal.SIGTERM)
        made.process.communicate(timeout=30)


@pytest.fixture
def folder() -> Iterator[Path]:
    with temporary_folder() as made:
        yield made / "data"


def test_it_says_where_everything_is_and_leaves_nothing(folder: Path) -> None:
    with running(folder) as coffer:
        facts, mode = coffer.facts(), stat.S_IMODE((folder / "up.json").stat().st_mode)
        pids = facts["pids"]

        assert mode == 0o600
        assert facts["graphql"] == f"http://127.0.0.1:{coffer.port}/graphql"
        assert facts["websocket"] == f"ws://127.0.0.1:{coffer.port}/graphql"
        assert facts["demo"]["email"] == "demo@coffer.example"
        assert pids["supervisor"] == coffer.process.pid
        assert set(pids) == {"supervisor", *OURS}
        assert all(alive(pid) for pid in pids.values())

    assert not any(alive(pid) for pid in pids.values())
    assert coffer.process.returncode == 0
    assert not (folder / "up.json").exists()


@pytest.mark.timeout(240)
def test_whatever_is_killed_comes_back_and_data_survive(folder: Path) -> None:
    with running(folder) as coffer:
        for name in OURS:
            before = coffer.pids()[name]
            os.kill(before, signal.SIGKILL)
            wait_until(lambda name=name, before=before: coffer.pids()[name] != before, f"{name} is started again")  # type: ignore[misc]
            coffer.wait_ready()
        password = coffer.facts()["demo"]["password"]

    with running(folder) as again:
        assert again.facts()["demo"]["password"] == password


def test_nothing_survives_a_killed_supervisor(folder: Path) -> None:
    coffer = Running(folder, port=free_port())
    coffer.wait_ready()
    pids = coffer.pids()

    coffer.process.kill()
    coffer.process.communicate(timeout=30)

    wait_until(lambda: not any(alive(pid) for pid in pids.values()), "all of them end")
    with running(folder) as again:
        assert again.pids()["supervisor"] != pids["supervisor"]


def test_a_port_or_a_folder_in_use_is_one_clear_line(folder: Path) -> None:
    with running(folder) as first:
        same_port = Running(folder.with_name("other"), port=first.port)
        same_folder = Running(folder, port=free_port())

        assert same_port.said() == f"coffer: port {first.port} is in use: choose another one with --port\n"
        assert same_port.process.returncode == 1
        in_use = f"coffer: the data folder {folder} is in use by process {first.process.pid}\n"
        assert same_folder.said() == in_use
        assert same_folder.process.returncode == 1
        assert first.ready()


def test_its_logs_hold_no_secrets(folder: Path) -> None:
    with running(folder) as coffer:
        facts = coffer.facts()
    keys = json.loads((folder / "keys.json").read_text())
    secrets = [
        facts["demo"]["password"],
        facts["sandbox_secret"],
        *(facts[name].partition("://")[2].partition("@")[0].partition(":")[2] for name in ("database", "redis")),
        *keys.values(),
    ]

    logs = {path.name: path.read_text() for path in (folder / "logs").glob("*.jsonl")}

    assert {f"{name}.jsonl" for name in ("supervisor", *OURS)} <= set(logs)
    assert all(json.loads(line)["process"] for text in logs.values() for line in text.splitlines())
    assert not [name for name, text in logs.items() for secret in secrets if secret in text]


def _servers_of(coffer: Running) -> dict[str, str]:
    facts = coffer.facts()
    return {
        "DATABASE_URL": facts["database"],
        "DATABASE_OWNER_URL": facts["database_owner"],
        "DATABASE_SYSTEM_URL": facts["database_system"],
        "REDIS_URL": facts["redis"],
        "PLAID_URL": facts["sandbox"],
        "PLAID_CLIENT_ID": facts["sandbox_client_id"],
        "PLAID_SECRET": facts["sandbox_secret"],
    }


def test_given_servers_are_used_instead_of_our_own(folder: Path) -> None:
    with running(folder) as first:
        keys = json.loads((folder / "keys.json").read_text())
        given = {**_servers_of(first), "COFFER_ACCESS_KEY": keys["access"], "COFFER_VAULT_KEY": keys["vault"]}

        with running(folder.with_name("second"), given) as second:
            pids, facts = second.pids(), second.facts()

            assert {name for name, pid in pids.items() if pid is None} == {"postgres", "valkey", "sandbox"}
            assert facts["database"] == given["DATABASE_URL"]
            assert facts["sandbox"] is None
            assert facts["demo"] is None


def test_keys_that_do_not_fit_the_data_are_said(folder: Path) -> None:
    with running(folder) as first:
        second = Running(folder.with_name("second"), port=free_port(), given=_servers_of(first))

        said = second.said()

    assert second.process.returncode == 1
    # Whichever process comes to the data first.
    last = said.splitlines()[-1]
    assert re.match(
        r"coffer: (api|worker|relay) does not start: .* key \(COFFER_\w+_KEY\) does not fit this database", last
    )
