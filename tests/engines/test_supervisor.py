"""Processes that die are started again; what must end, ends."""

import asyncio
import io
import json
import os
import signal
import subprocess
from collections.abc import AsyncIterator
from pathlib import Path

import pytest

from cli import supervisor as module
from cli.logbook import Logbook
from cli.services import Child, Service
from cli.supervisor import StartFailure, Supervisor
from engines.processes import spawn
from tests.engines.processes import alive, environment, python, until

SLEEPER = "import time; print('here I am'); time.sleep(600)"
STUBBORN = "import signal, time; signal.signal(signal.SIGTERM, signal.SIG_IGN); print('deaf'); time.sleep(600)"


def service(name: str, code: str) -> Service:
    return Service(name, lambda: spawn(python(code), env=environment(), output=subprocess.PIPE))


@pytest.fixture
def logbook(tmp_path: Path) -> Logbook:
    return Logbook(tmp_path / "logs", terminal=io.StringIO())


@pytest.fixture
async def supervisor(logbook: Logbook) -> AsyncIterator[Supervisor]:
    made = Supervisor(logbook)
    yield made
    await made.stop()


def logged(tmp_path: Path, name: str) -> list[str]:
    return [json.loads(line)["message"] for line in (tmp_path / "logs" / f"{name}.jsonl").read_text().splitlines()]


async def test_a_killed_process_is_started_again_with_a_line_in_the_log(supervisor: Supervisor, tmp_path: Path) -> None:
    await supervisor.start(service("sleeper", SLEEPER))
    first = supervisor.pids()["sleeper"]

    os.kill(first, signal.SIGKILL)
    await until(lambda: supervisor.pids().get("sleeper", first) != first, "another one runs")

    assert alive(supervisor.pids()["sleeper"])
    assert "killed by SIGKILL; starting it again in 0.1 s" in logged(tmp_path, "sleeper")


async def test_every_start_is_announced(logbook: Logbook) -> None:
    seen: list[dict[str, int]] = []
    announcing = Supervisor(logbook, lambda: seen.append(announcing.pids()))
    await announcing.start(service("sleeper", SLEEPER))
    os.kill(seen[0]["sleeper"], signal.SIGKILL)

    await until(lambda: len(seen) == 2, "the second start is announced")
    await announcing.stop()

    assert seen[0]["sleeper"] != seen[1]["sleeper"]


async def test_the_wait_doubles_while_it_keeps_dying(
    supervisor: Supervisor, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(module, "FIRST_DELAY", 0.1)
    monkeypatch.setattr(module, "LONGEST_DELAY", 0.3)

    with pytest.raises(StartFailure, match="weak does not start: not today"):
        await supervisor.start(_never_ready(service("weak", "print('not today'); raise SystemExit(3)")))
    waits = [message for message in logged(tmp_path, "weak") if "again" in message][:4]

    assert waits == [f"ended with code 3; starting it again in {wait} s" for wait in ("0.1", "0.2", "0.3", "0.3")]


def _never_ready(one: Service) -> Service:
    async def never(_child: Child) -> bool:
        return False

    return Service(one.name, one.start, never)


async def test_a_wrong_configuration_is_not_tried_again(supervisor: Supervisor, tmp_path: Path) -> None:
    code = "print('this key does not fit the data'); raise SystemExit(78)"

    with pytest.raises(StartFailure, match="this key does not fit the data"):
        await supervisor.start(_never_ready(service("picky", code)))

    assert supervisor.hopeless.is_set()
    assert sum("started" in message for message in logged(tmp_path, "picky")) == 1


async def test_stopping_ends_all_of_them_even_the_deaf(
    logbook: Logbook, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(module, "PATIENCE", 0.4)
    supervisor = Supervisor(logbook)
    await supervisor.start(service("polite", SLEEPER), service("deaf", STUBBORN))
    await until(lambda: "deaf" in logged(tmp_path, "deaf"), "it has become deaf")
    pids = supervisor.pids()

    await supervisor.stop()

    assert not any(alive(pid) for pid in pids.values())
    assert logged(tmp_path, "deaf")[-1] == "does not end when asked to: forced"


async def test_engines_end_after_the_processes_that_use_them(logbook: Logbook, tmp_path: Path) -> None:
    code = """
        import pathlib, signal, sys, time
        def end(*_):
            pathlib.Path(sys.argv[1]).open("a").write(sys.argv[2] + " ")
            raise SystemExit(0)
        signal.signal(signal.SIGTERM, end)
        print("on")
        time.sleep(600)
    """
    order = tmp_path / "order"

    def ordered(name: str, *, engine: bool) -> Service:
        command = [*python(code), str(order), name]
        return Service(name, lambda: spawn(command, env=environment(), output=subprocess.PIPE), engine=engine)

    supervisor = Supervisor(logbook)
    await supervisor.start(ordered("engine", engine=True), ordered("user", engine=False))
    await until(lambda: "on" in logged(tmp_path, "engine") and "on" in logged(tmp_path, "user"), "both run")

    await supervisor.stop()

    assert order.read_text() == "user engine "


async def test_a_restart_on_request_is_no_death(supervisor: Supervisor, tmp_path: Path) -> None:
    await supervisor.start(service("sleeper", SLEEPER))
    first = supervisor.pids()["sleeper"]

    await supervisor.restart(["sleeper"])
    await until(lambda: supervisor.pids().get("sleeper", first) != first, "another one runs")

    assert not [message for message in logged(tmp_path, "sleeper") if "again" in message]


async def test_a_step_that_fails_says_its_last_words(supervisor: Supervisor) -> None:
    with pytest.raises(StartFailure, match="step failed: no such table"):
        await supervisor.run_once(
            "step",
            lambda: spawn(
                python("print('no such table'); raise SystemExit(1)"), env=environment(), output=subprocess.PIPE
            ),
        )


async def test_a_step_that_is_given_up_leaves_nothing(supervisor: Supervisor) -> None:
    children: list[Child] = []

    def start() -> Child:
        children.append(spawn(python(SLEEPER), env=environment(), output=subprocess.PIPE))
        return children[0]

    step = asyncio.create_task(supervisor.run_once("step", start))
    await until(lambda: bool(children), "it started")
    step.cancel()
    await asyncio.gather(step, return_exceptions=True)

    assert children[0].returncode == -signal.SIGKILL
