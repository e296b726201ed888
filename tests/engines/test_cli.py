"""The `coffer` command."""

from pathlib import Path

import pytest

from cli import main as command
from cli import schema


def test_help_names_every_subcommand(capsys: pytest.CaptureFixture[str]) -> None:
    with pytest.raises(SystemExit) as end:
        command.main(["--help"])

    said = capsys.readouterr().out
    assert end.value.code == 0
    assert all(name in said for name in command.COMMANDS)


@pytest.mark.parametrize("name", list(command.COMMANDS))
def test_every_subcommand_explains_itself(name: str, capsys: pytest.CaptureFixture[str]) -> None:
    with pytest.raises(SystemExit) as end:
        command.main([name, "--help"])

    assert end.value.code == 0
    assert len(capsys.readouterr().out.splitlines()) > 4


@pytest.mark.parametrize("port", ["0", "65536", "-1", "http", "\uff18\uff10"])
def test_a_port_that_is_none_is_refused(port: str, capsys: pytest.CaptureFixture[str]) -> None:
    with pytest.raises(SystemExit) as end:
        command.main(["up", f"--port={port}"])

    assert end.value.code == 2
    assert "is not a port: 1 to 65535" in capsys.readouterr().err


def test_the_written_schema_passes_its_check(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(schema, "CONTRACT", tmp_path / "schema.graphql")

    assert command.main(["schema"]) == 0
    assert command.main(["schema", "--check"]) == 0


def test_a_schema_that_drifted_is_shown(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.setattr(schema, "CONTRACT", tmp_path / "schema.graphql")
    command.main(["schema"])
    with schema.CONTRACT.open("a") as contract:
        contract.write("scalar Forgotten\n")

    code = command.main(["schema", "--check"])

    said = capsys.readouterr()
    assert code == 1
    assert "-scalar Forgotten" in said.out
    assert said.err == "coffer: schema.graphql does not fit the code: run scripts/schema\n"


def test_migrating_needs_the_owner(monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]) -> None:
    monkeypatch.delenv("DATABASE_OWNER_URL", raising=False)

    code = command.main(["migrate"])

    assert code == 1
    assert capsys.readouterr().err.startswith("coffer: DATABASE_OWNER_URL is not set")
