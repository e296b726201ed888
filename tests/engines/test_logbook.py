"""What reaches the log files and the terminal, and what does not."""

import io
import json
import stat
from pathlib import Path
from typing import Any

import pytest

from cli import logbook as module
from cli.logbook import Logbook


def written(folder: Path, name: str) -> list[dict[str, Any]]:
    return [json.loads(line) for line in (folder / f"{name}.jsonl").read_text().splitlines()]


def test_a_line_of_json_keeps_its_fields(tmp_path: Path) -> None:
    Logbook(tmp_path, terminal=io.StringIO()).said(
        "api", b'{"level": "ERROR", "message": "no", "correlation_id": "c1"}'
    )

    (line,) = written(tmp_path, "api")
    assert {name: line[name] for name in ("process", "level", "message", "correlation_id")} == {
        "process": "api",
        "level": "error",
        "message": "no",
        "correlation_id": "c1",
    }


@pytest.mark.parametrize(
    ("said", "expected"),
    [
        ("connect postgresql://coffer_app:s3cr3t@127.0.0.1:1/x", "connect postgresql://***127.0.0.1:1/x"),
        ("redis://:s3cr3t@127.0.0.1:1/0", "redis://***127.0.0.1:1/0"),
        ("Authorization: Bearer eyJ.abc-_.def", "Authorization: Bearer ***"),
        ("access_token access-sandbox-12-34 refused", "access_token access-sandbox-*** refused"),
        ("the word is open-sesame!", "the word is ***!"),
    ],
)
def test_secrets_are_in_neither(tmp_path: Path, said: str, expected: str) -> None:
    terminal = io.StringIO()
    logbook = Logbook(tmp_path, terminal=terminal)
    logbook.hide(["open-sesame"])

    logbook.said("api", said.encode())

    assert written(tmp_path, "api")[0]["message"] == expected
    assert terminal.getvalue().rstrip().endswith(expected)


def test_quiet_shows_only_what_is_wrong(tmp_path: Path) -> None:
    terminal = io.StringIO()
    logbook = Logbook(tmp_path, quiet=True, terminal=terminal)

    logbook.event("api", "started")
    logbook.event("api", "ended", level="warning")

    assert [line.split(maxsplit=1)[1] for line in terminal.getvalue().splitlines()] == ["api        ended"]
    assert [line["message"] for line in written(tmp_path, "api")] == ["started", "ended"]


def test_postgres_severities_become_levels(tmp_path: Path) -> None:
    logbook = Logbook(tmp_path, terminal=io.StringIO())

    logbook.said("postgres", b"2026-01-02 03:04:05.678 UTC [12] FATAL:  the database system is starting up")
    logbook.said("postgres", b"2026-01-02 03:04:05.678 UTC [12] LOG:  checkpoint starting: time")

    assert [(line["level"], line["message"]) for line in written(tmp_path, "postgres")] == [
        ("error", "the database system is starting up"),
        ("debug", "checkpoint starting: time"),
    ]


def test_control_characters_do_not_reach_the_terminal(tmp_path: Path) -> None:
    terminal = io.StringIO()

    Logbook(tmp_path, terminal=terminal).said("api", b"name \x1b[2J end")

    assert "name ·[2J end" in terminal.getvalue()


def test_what_is_no_utf8_or_no_object_is_kept_as_text(tmp_path: Path) -> None:
    logbook = Logbook(tmp_path, terminal=io.StringIO())

    logbook.said("api", b"\xff{")
    logbook.said("api", b'{"cut')
    logbook.said("api", b"  ")

    assert [line["message"] for line in written(tmp_path, "api")] == ["\ufffd{", '{"cut']


def test_a_file_that_grows_is_put_aside(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(module, "LARGEST_FILE", 10)
    logbook = Logbook(tmp_path, terminal=io.StringIO())

    logbook.event("api", "first")
    logbook.event("api", "second")

    assert [line["message"] for line in written(tmp_path, "api.1")] == ["first"]
    assert [line["message"] for line in written(tmp_path, "api")] == ["second"]


def test_files_are_private(tmp_path: Path) -> None:
    Logbook(tmp_path / "logs", terminal=io.StringIO()).event("api", "started")

    assert stat.S_IMODE((tmp_path / "logs").stat().st_mode) == 0o700
    assert stat.S_IMODE((tmp_path / "logs" / "api.jsonl").stat().st_mode) == 0o600


def test_a_folder_that_cannot_be_written_ends_nothing(tmp_path: Path) -> None:
    terminal = io.StringIO()
    logbook = Logbook(tmp_path / "logs", terminal=terminal)
    (tmp_path / "logs" / "api.jsonl").mkdir()

    logbook.event("api", "started")

    assert "started" in terminal.getvalue()
