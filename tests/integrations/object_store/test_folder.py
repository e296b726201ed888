"""The folder as an object store: whole objects or none, and no way out of the folder."""

import os
import stat
import time
from collections.abc import AsyncIterator
from datetime import timedelta
from pathlib import Path

import pytest

from domain.objects import ObjectMissing, ObjectStoreFull, ObjectTooLarge
from integrations.object_store.folder import FolderObjectStore


async def pieces(*chunks: bytes) -> AsyncIterator[bytes]:
    for chunk in chunks:
        yield chunk


def everything(folder: Path) -> list[Path]:
    return [path for path in folder.rglob("*") if path.is_file()]


async def test_what_was_put_is_read(tmp_path: Path) -> None:
    store = FolderObjectStore(tmp_path)

    assert await store.put("uploads/one.ofx", pieces(b"first ", b"second"), most=100) == 12

    assert b"".join(store.read("uploads/one.ofx")) == b"first second"
    assert [stat.S_IMODE(path.stat().st_mode) for path in everything(tmp_path)] == [0o600]


async def test_what_is_old_is_forgotten_and_so_is_what_was_broken_off(tmp_path: Path) -> None:
    store = FolderObjectStore(tmp_path)
    for key in ("imports/old", "imports/new"):
        await store.put(key, pieces(b"x"), most=1)
    broken_off = tmp_path / "imports" / ".broken.0123"
    broken_off.touch()
    eight_days_ago = time.time() - 8 * 86_400
    for path in (tmp_path / "imports" / "old", broken_off):
        os.utime(path, (eight_days_ago, eight_days_ago))

    assert await store.forget_older(timedelta(days=7)) == 2

    assert everything(tmp_path) == [tmp_path / "imports" / "new"]


async def test_too_much_leaves_nothing(tmp_path: Path) -> None:
    store = FolderObjectStore(tmp_path)

    with pytest.raises(ObjectTooLarge):
        await store.put("one", pieces(b"12345", b"67890"), most=9)

    assert everything(tmp_path) == []


async def test_a_broken_upload_leaves_what_was_there(tmp_path: Path) -> None:
    store = FolderObjectStore(tmp_path)
    await store.put("one", pieces(b"whole"), most=10)

    async def cut() -> AsyncIterator[bytes]:
        yield b"ha"
        raise ConnectionResetError

    with pytest.raises(ConnectionResetError):
        await store.put("one", cut(), most=10)

    assert b"".join(store.read("one")) == b"whole"
    assert len(everything(tmp_path)) == 1


@pytest.mark.skipif(not Path("/dev/full").exists(), reason="needs Linux's /dev/full")
async def test_a_full_disk_is_told_as_such(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    store = FolderObjectStore(tmp_path)
    monkeypatch.setattr("integrations.object_store.folder._create", lambda _: open("/dev/full", "wb"))  # noqa: SIM115, PTH123

    with pytest.raises(ObjectStoreFull):
        await store.put("one", pieces(b"x" * 10_000_000), most=20_000_000)

    assert everything(tmp_path) == []


async def test_deleting_twice_is_no_error(tmp_path: Path) -> None:
    store = FolderObjectStore(tmp_path)
    await store.put("links/1/page.json", pieces(b"{}"), most=10)

    await store.delete("links/1/page.json")
    await store.delete("links/1/page.json")

    with pytest.raises(ObjectMissing):
        next(store.read("links/1/page.json"))


async def test_all_below_a_folder_is_deleted(tmp_path: Path) -> None:
    store = FolderObjectStore(tmp_path)
    await store.put("links/1/a", pieces(b"{}"), most=10)
    await store.put("links/2/a", pieces(b"{}"), most=10)

    await store.delete("links/1/")

    assert [path.relative_to(tmp_path).as_posix() for path in everything(tmp_path)] == ["links/2/a"]


@pytest.mark.parametrize("key", ["", "/etc/passwd", "../x", "a/../b", "a//b", "a\0b", ".hidden", "a/.b", "x" * 200])
async def test_no_key_leads_out_of_the_folder(tmp_path: Path, key: str) -> None:
    with pytest.raises(ValueError, match="not the key"):
        await FolderObjectStore(tmp_path).put(key, pieces(b"x"), most=10)
