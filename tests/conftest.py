"""Engines for the whole run: started once, by the process that the person started."""

import os
import secrets
import signal
from collections.abc import Iterator
from types import FrameType
from typing import Any

import pytest

from tests.cluster import Addresses, DatabaseUrls, Engines, drop_database, own_database

_ENGINES = pytest.StashKey[Engines]()
_ADDRESSES = "coffer_addresses"


def _interrupt(_signal: int, _frame: FrameType | None) -> None:
    raise KeyboardInterrupt


def pytest_configure(config: pytest.Config) -> None:
    if hasattr(config, "workerinput"):
        return
    # A polite end by `kill` clears up as Ctrl-C does; after `kill -9` the kernel ends the engines.
    signal.signal(signal.SIGTERM, _interrupt)
    # Who starts workers starts the engines for them; alone, the first test that asks does.
    if config.getoption("numprocesses", None) and not config.option.collectonly:
        config.stash[_ENGINES] = Engines()


def pytest_unconfigure(config: pytest.Config) -> None:
    engines = config.stash.get(_ENGINES, None)
    if engines is not None:
        engines.close()


@pytest.hookimpl(optionalhook=True)
def pytest_configure_node(node: Any) -> None:
    node.workerinput[_ADDRESSES] = node.config.stash[_ENGINES].addresses.as_input()


@pytest.fixture(scope="session")
def engine_addresses(pytestconfig: pytest.Config) -> Addresses:
    """The run's servers, as their administrator sees them. Most tests want `database_urls` and `redis_url`."""
    given = getattr(pytestconfig, "workerinput", None)
    if given is not None:
        return Addresses(**given[_ADDRESSES])
    if _ENGINES not in pytestconfig.stash:
        pytestconfig.stash[_ENGINES] = Engines()
    return pytestconfig.stash[_ENGINES].addresses


@pytest.fixture(scope="session")
def worker_number() -> int:
    return int(os.environ.get("PYTEST_XDIST_WORKER", "gw0").removeprefix("gw"))


@pytest.fixture(scope="session")
def database_urls(engine_addresses: Addresses, worker_number: int) -> DatabaseUrls:
    """This worker's own migrated database, by role: tests connect as `app`."""
    return own_database(engine_addresses, f"worker_{worker_number}")


@pytest.fixture(scope="module")
def own_database_urls(engine_addresses: Addresses, worker_number: int) -> Iterator[DatabaseUrls]:
    """A database for one module alone: for tests that damage it, or look at all of it."""
    name = f"module_{worker_number}_{secrets.token_hex(4)}"
    yield own_database(engine_addresses, name)
    drop_database(engine_addresses, name)


@pytest.fixture(scope="session")
def redis_url(engine_addresses: Addresses, worker_number: int) -> str:
    """This worker's own numbered database. Channels need `redis_prefix`: pub/sub ignores the numbers."""
    return f"{engine_addresses.redis.rpartition('/')[0]}/{worker_number}"


@pytest.fixture(scope="session")
def redis_prefix(worker_number: int) -> str:
    """What this worker's channels and keys begin with (COFFER_REDIS_PREFIX)."""
    return f"coffer-worker-{worker_number}"
