"""A bank and a webhook receiver for each test."""

from collections.abc import Iterator
from pathlib import Path

import pytest

from tests.sandbox.running import Receiver, RunningBank, receiver, running_bank


@pytest.fixture
def bank(tmp_path: Path) -> Iterator[RunningBank]:
    """A fresh bank in which nothing happens by itself."""
    with running_bank(tmp_path / "bank") as running:
        yield running


@pytest.fixture
def webhooks() -> Iterator[Receiver]:
    """An address for webhooks."""
    with receiver() as address:
        yield address
