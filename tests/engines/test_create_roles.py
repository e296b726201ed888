"""`coffer create-roles`, against the run's own PostgreSQL."""

from urllib.parse import urlsplit

import pytest

from cli.main import main
from tests.cluster import Addresses, DatabaseUrls


@pytest.fixture
def environment(monkeypatch: pytest.MonkeyPatch, engine_addresses: Addresses, database_urls: DatabaseUrls) -> str:
    """As a person has it who has made the roles before; the name of their database."""
    monkeypatch.setenv("DATABASE_ADMIN_URL", engine_addresses.admin)
    monkeypatch.setenv("DATABASE_URL", database_urls.app)
    monkeypatch.setenv("DATABASE_OWNER_URL", database_urls.owner)
    monkeypatch.setenv("DATABASE_SYSTEM_URL", database_urls.system)
    return urlsplit(database_urls.app).path[1:]


def test_roles_keep_the_passwords_that_the_environment_names(
    environment: str, database_urls: DatabaseUrls, capsys: pytest.CaptureFixture[str]
) -> None:
    code = main(["create-roles", "--database", environment])

    assert code == 0
    assert dict(line.split("=", 1) for line in capsys.readouterr().out.splitlines()) == {
        "DATABASE_URL": database_urls.app,
        "DATABASE_OWNER_URL": database_urls.owner,
        "DATABASE_SYSTEM_URL": database_urls.system,
    }


def test_without_an_administrator_it_says_what_to_set(
    monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.delenv("DATABASE_ADMIN_URL", raising=False)

    code = main(["create-roles"])

    assert code == 1
    assert capsys.readouterr().err.startswith("coffer: set DATABASE_ADMIN_URL")


def test_a_server_that_is_not_there_is_one_line(
    monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.setenv("DATABASE_ADMIN_URL", "postgresql://postgres:x@127.0.0.1:1/postgres")

    code = main(["create-roles"])

    assert code == 1
    assert capsys.readouterr().err.count("\n") == 1
