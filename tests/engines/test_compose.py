"""docker-compose.yml as far as it can be read without Docker."""

import importlib.util
from pathlib import Path
from typing import Any

import pytest
import yaml

ROOT = Path(__file__).resolve().parents[2]


@pytest.fixture(scope="module")
def services() -> dict[str, Any]:
    found: dict[str, Any] = yaml.safe_load((ROOT / "docker-compose.yml").read_text())["services"]
    return found


def test_it_has_the_whole_house(services: dict[str, Any]) -> None:
    assert set(services) == {"postgres", "redis", "migrate", "api", "worker", "relay", "eraser"}


def test_what_must_come_first_exists(services: dict[str, Any]) -> None:
    wanted = {name for service in services.values() for name in service.get("depends_on", {})}

    assert wanted <= set(services)


def test_its_programs_exist(services: dict[str, Any]) -> None:
    for name in ("api", "worker", "relay", "eraser"):
        command = services[name]["command"]
        assert command[:2] == ["python", "-m"]
        assert importlib.util.find_spec(command[2]) is not None, command[2]


def test_no_process_that_anybody_speaks_to_knows_the_owner(services: dict[str, Any]) -> None:
    """The eraser empties journal lines, which only the owner may; it listens to nobody and reads no client's input."""
    knowing = {name for name, service in services.items() if "DATABASE_OWNER_URL" in service.get("environment", {})}

    assert knowing == {"migrate", "eraser"}


def test_nothing_is_published_beyond_loopback(services: dict[str, Any]) -> None:
    ports = [port for service in services.values() for port in service.get("ports", [])]

    assert ports == ["127.0.0.1:8000:8000"]
