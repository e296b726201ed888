"""The object store as a folder: written beside its place, flushed, and moved there in one step."""

import asyncio
import errno
import os
import re
import secrets
import shutil
import time
from collections.abc import AsyncIterable, Iterator
from contextlib import suppress
from datetime import timedelta
from pathlib import Path
from typing import IO

from domain.objects import ObjectMissing, ObjectStoreFull, ObjectTooLarge

PIECE = 64 * 1024
_KEY = re.compile(r"[A-Za-z0-9_-][A-Za-z0-9_.-]{0,100}(/[A-Za-z0-9_-][A-Za-z0-9_.-]{0,100}){0,8}")
_NO_ROOM = (errno.ENOSPC, errno.EDQUOT)


class FolderObjectStore:
    """Implements domain.objects.ObjectStore."""

    def __init__(self, folder: Path) -> None:
        self._folder = folder

    async def put(self, key: str, chunks: AsyncIterable[bytes], *, most: int) -> int:
        place = self._place(key)
        temporary = place.with_name(f".{place.name}.{secrets.token_hex(8)}")
        try:
            await asyncio.to_thread(place.parent.mkdir, parents=True, exist_ok=True, mode=0o700)
            size = await _write(temporary, chunks, most)
            await asyncio.to_thread(_move, temporary, place)
        except OSError as error:
            if error.errno in _NO_ROOM:
                raise ObjectStoreFull(str(error)) from error
            raise
        finally:
            temporary.unlink(missing_ok=True)
        return size

    def read(self, key: str) -> Iterator[bytes]:
        try:
            file = self._place(key).open("rb")
        except FileNotFoundError:
            raise ObjectMissing(key) from None
        with file:
            while piece := file.read(PIECE):
                yield piece

    async def delete(self, key: str) -> None:
        if key.endswith("/"):
            await asyncio.to_thread(shutil.rmtree, self._place(key.rstrip("/")), ignore_errors=True)
            return
        with suppress(FileNotFoundError):
            await asyncio.to_thread(self._place(key).unlink)

    async def forget_older(self, age: timedelta) -> int:
        return await asyncio.to_thread(_forget_before, self._folder, time.time() - age.total_seconds())

    def _place(self, key: str) -> Path:
        if not _KEY.fullmatch(key):
            raise ValueError("not the key of an object")
        return self._folder / key


async def _write(path: Path, chunks: AsyncIterable[bytes], most: int) -> int:
    size = 0
    file = await asyncio.to_thread(_create, path)
    try:
        async for chunk in chunks:
            size += len(chunk)
            if size > most:
                raise ObjectTooLarge(f"more than {most} bytes")
            await asyncio.to_thread(file.write, chunk)
        await asyncio.to_thread(_flush, file)
    finally:
        # Closing writes what is buffered, and may fail for want of room a second time.
        with suppress(OSError):
            file.close()
    return size


def _forget_before(folder: Path, instant: float) -> int:
    """Files last written before it (seconds since 1970). Folders stay: somebody may be about to write into one."""
    forgotten = 0
    for name, _, files in os.walk(folder):
        for file in files:
            path = Path(name, file)
            # Others delete, too.
            with suppress(OSError):
                if path.stat().st_mtime < instant:
                    path.unlink()
                    forgotten += 1
    return forgotten


def _create(path: Path) -> IO[bytes]:
    return os.fdopen(os.open(path, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600), "wb")


def _flush(file: IO[bytes]) -> None:
    file.flush()
    os.fsync(file.fileno())


def _move(temporary: Path, place: Path) -> None:
    temporary.replace(place)
    folder = os.open(place.parent, os.O_RDONLY)
    try:
        os.fsync(folder)
    finally:
        os.close(folder)
