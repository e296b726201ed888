"""The bank as a process: what it answered outlives `kill -9`, and it does not start where it must not."""

import os
import signal
import socket
import subprocess
import sys
import threading
import time
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from pathlib import Path

import httpx
import pytest

from tests.sandbox.running import CLIENT_ID, PATIENCE, SECRET, Receiver, RunningBank

ROOT = Path(__file__).parents[2]
ENVIRONMENT = {
    "COFFER_SANDBOX": "1",
    "SANDBOX_CLIENT_ID": CLIENT_ID,
    "SANDBOX_SECRET": SECRET,
    "SANDBOX_PURCHASE_SECONDS": "0",
}


def command(port: int, data: Path) -> list[str]:
    return [sys.executable, "-m", "sandbox", "--port", str(port), "--data", str(data)]


def free_port() -> int:
    with socket.create_server(("127.0.0.1", 0)) as listener:
        port: int = listener.getsockname()[1]
        return port


@contextmanager
def process(data: Path) -> Iterator[tuple[RunningBank, subprocess.Popen[bytes]]]:
    """A bank process, killed at the end if it is still there."""
    port = free_port()
    running = subprocess.Popen(command(port, data), cwd=ROOT, env=os.environ | ENVIRONMENT)
    try:
        with httpx.Client(base_url=f"http://127.0.0.1:{port}", timeout=PATIENCE, trust_env=False) as http:
            deadline = time.monotonic() + PATIENCE
            while True:
                try:
                    http.get("/health")
                    break
                except httpx.TransportError:
                    if time.monotonic() > deadline or running.poll() is not None:
                        raise
                    time.sleep(0.02)
            yield RunningBank(f"http://127.0.0.1:{port}", http), running
    finally:
        running.kill()
        running.wait()


def test_what_was_answered_outlives_a_kill(tmp_path: Path) -> None:
    with process(tmp_path) as (bank, running):
        token = bank.link_custom([{"type": "depository", "subtype": "checking"}])
        cursor = bank.page(token)["next_cursor"]
        bank.call("/control/faults", kind="status", path="/item/get", count=2)
        bank.refusal("/item/get", access_token=token)
        for amount in range(1, 21):
            bank.buy(token, amount)
        running.send_signal(signal.SIGKILL)
        running.wait()

    with process(tmp_path) as (bank, _):
        page = bank.page(token, cursor)
        faulty = bank.refusal("/item/get", access_token=token)

        assert [one["amount"] for one in page["added"]] == list(range(1, 21))
        assert page["accounts"][0]["balances"]["current"] == -210
        assert faulty[0] == 500
        assert bank.item_id(token)


def test_a_kill_amid_purchases_loses_none_that_was_answered(tmp_path: Path) -> None:
    answered = 0
    with process(tmp_path) as (bank, running):
        token = bank.link_custom([{"type": "depository", "subtype": "checking"}])
        killer = threading.Timer(0.3, running.kill)
        killer.start()
        with suppress(httpx.TransportError):
            while True:
                bank.buy(token, 1)
                answered += 1
        killer.join()

    with process(tmp_path) as (bank, _):
        page = bank.page(token, count=500)

    booked = len(page["added"])
    # One more may have been booked whose answer the kill swallowed.
    assert answered > 0
    assert page["has_more"] is False
    assert booked - answered in (0, 1)
    assert page["accounts"][0]["balances"]["current"] == -booked


def test_an_undelivered_webhook_is_sent_by_the_next_process_under_the_same_key(
    tmp_path: Path, webhooks: Receiver
) -> None:
    with process(tmp_path) as (bank, running):
        token = bank.link(webhook=webhooks.url)
        first = [webhooks.next() for _ in range(3)]
        webhooks.statuses += [500]
        bank.buy(token, 1)
        refused = webhooks.next()
        running.send_signal(signal.SIGKILL)
        running.wait()

    with process(tmp_path):
        again = webhooks.next()

    assert again.body == refused.body
    assert again.verification.split(".")[0] == first[0].verification.split(".")[0]


def test_a_term_signal_ends_it(tmp_path: Path) -> None:
    with process(tmp_path) as (_, running):
        running.terminate()

        assert running.wait(PATIENCE) in (0, -signal.SIGTERM)


@pytest.mark.parametrize(
    ("environment", "reason"),
    [
        ({"COFFER_SANDBOX": "0"}, "COFFER_SANDBOX"),
        ({"SANDBOX_SECRET": ""}, "SANDBOX_SECRET"),
        ({"SANDBOX_PURCHASE_SECONDS": "often"}, "SANDBOX_PURCHASE_SECONDS"),
    ],
)
def test_it_refuses_to_start(tmp_path: Path, environment: dict[str, str], reason: str) -> None:
    ended = subprocess.run(
        command(free_port(), tmp_path),
        cwd=ROOT,
        env=os.environ | ENVIRONMENT | environment,
        capture_output=True,
        text=True,
        timeout=PATIENCE,
        check=False,
    )

    assert ended.returncode == 2
    assert reason in ended.stderr


def test_two_processes_do_not_share_a_folder(tmp_path: Path) -> None:
    with process(tmp_path):
        second = subprocess.run(
            command(free_port(), tmp_path),
            cwd=ROOT,
            env=os.environ | ENVIRONMENT,
            capture_output=True,
            text=True,
            timeout=PATIENCE,
            check=False,
        )

    assert second.returncode == 2
    assert "in use" in second.stderr
