"""Children never outlive their parent, and ports are told apart."""

import os
import signal
import socket
import subprocess
import threading
from pathlib import Path

import pytest

from engines.processes import EngineFailure, free_port, port_is_taken, spawn, stop
from tests.engines.processes import alive, environment, python, wait_until

# Starts a grandchild, says its number, and waits to be killed.
PARENT = """
    import time
    from engines.processes import spawn
    child = spawn(["sleep", "600"], env={"PATH": "/usr/bin:/bin"})
    print(child.pid, flush=True)
    time.sleep(600)
"""


def test_a_child_ends_when_its_parent_is_killed() -> None:
    with subprocess.Popen(python(PARENT), env=environment(), stdout=subprocess.PIPE, text=True) as parent:
        assert parent.stdout is not None
        grandchild = int(parent.stdout.readline())
        assert alive(grandchild)

        parent.kill()
        parent.wait()

        wait_until(lambda: not alive(grandchild), "the grandchild ends")


def test_a_child_is_refused_off_the_main_thread() -> None:
    caught: list[BaseException] = []

    def start() -> None:
        try:
            spawn(["true"], env={})
        except RuntimeError as error:
            caught.append(error)

    thread = threading.Thread(target=start)
    thread.start()
    thread.join()

    assert [str(error) for error in caught] == ["children are started by the main thread only"]


def test_a_program_that_is_not_there_is_an_engine_failure(tmp_path: Path) -> None:
    with pytest.raises(EngineFailure, match="cannot start nothing-here"):
        spawn([tmp_path / "nothing-here"], env={})


def test_a_child_that_ignores_the_signal_is_killed() -> None:
    child = spawn(
        python("import signal, time; signal.signal(signal.SIGTERM, signal.SIG_IGN); print('on'); time.sleep(600)"),
        env=environment(),
        output=subprocess.PIPE,
    )
    assert child.stdout is not None
    assert child.stdout.readline() == b"on\n"

    stop(child, seconds=0.1)

    assert child.returncode == -signal.SIGKILL


def test_a_childs_environment_is_only_what_is_given() -> None:
    child = spawn(["/usr/bin/env"], env={"ONLY": "this"}, output=subprocess.PIPE)

    said, _ = child.communicate(timeout=30)

    assert said == b"ONLY=this\n"


def test_a_port_that_somebody_listens_on_is_taken() -> None:
    with socket.create_server(("127.0.0.1", 0)) as server:
        assert port_is_taken(server.getsockname()[1])


def test_a_free_port_can_be_listened_on() -> None:
    port = free_port()

    with socket.create_server(("127.0.0.1", port)):
        assert port_is_taken(port)


def test_children_lead_their_own_session() -> None:
    child = spawn(["sleep", "600"], env={"PATH": os.defpath})

    leader = os.getsid(child.pid)
    stop(child)

    assert leader == child.pid
