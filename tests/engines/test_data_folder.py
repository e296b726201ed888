"""One process per data folder; what it keeps is private and whole."""

import json
import stat
from pathlib import Path

import pytest

from cli.data_folder import DataFolder, write_private
from cli.main import Refusal
from cli.up_file import UpFile


def test_a_folder_in_use_is_refused_and_names_the_process(tmp_path: Path) -> None:
    with DataFolder(tmp_path) as _, pytest.raises(Refusal, match=r"is in use by process \d+"), DataFolder(tmp_path):
        pass


def test_a_folder_is_free_again_afterwards(tmp_path: Path) -> None:
    with DataFolder(tmp_path):
        pass

    with DataFolder(tmp_path) as again:
        assert again.path == tmp_path.resolve()


def test_a_file_in_its_place_is_refused(tmp_path: Path) -> None:
    (tmp_path / "data").write_text("")

    with pytest.raises(Refusal, match="cannot be used"), DataFolder(tmp_path / "data"):
        pass


def test_secrets_are_made_once(tmp_path: Path) -> None:
    with DataFolder(tmp_path) as folder:
        first = folder.local_secrets()

        assert folder.local_secrets() == first
        assert stat.S_IMODE((tmp_path / "secrets.json").stat().st_mode) == 0o600


def test_damaged_secrets_are_said(tmp_path: Path) -> None:
    with DataFolder(tmp_path) as folder:
        (tmp_path / "secrets.json").write_text('{"other": 1}')

        with pytest.raises(Refusal, match="is damaged"):
            folder.local_secrets()


def test_a_private_file_replaces_the_former_whole(tmp_path: Path) -> None:
    write_private(tmp_path / "one.json", "first")
    write_private(tmp_path / "one.json", "second")

    assert (tmp_path / "one.json").read_text() == "second\n"
    assert [path.name for path in tmp_path.iterdir()] == ["one.json"]


def test_the_up_file_is_absent_until_published_and_then_follows_the_processes(tmp_path: Path) -> None:
    file = UpFile(tmp_path / "up.json")
    file.refresh({"supervisor": 1, "api": 2})
    assert not file.path.exists()

    file.publish({"graphql": "here"}, {"supervisor": 1, "api": 2})
    file.refresh({"supervisor": 1, "api": 3})

    names = ("supervisor", "postgres", "valkey", "sandbox", "api", "worker", "relay", "eraser")
    expected = {**dict.fromkeys(names), "supervisor": 1, "api": 3}
    assert json.loads(file.path.read_text()) == {"graphql": "here", "pids": expected}
    assert stat.S_IMODE(file.path.stat().st_mode) == 0o600

    file.remove()
    assert not file.path.exists()
