"""Heads of the journals, written down outside PostgreSQL: what rewrites a chain cannot rewrite these.

A file a month, `2026-11.jsonl`, only ever appended to: {"at", "stream", "seq", "hash"} for each head that moved. Keep a
copy where the database's administrator cannot write.
"""

import fcntl
import json
import os
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path
from uuid import UUID

FOLDER = "checkpoints"
"""Below the data folder."""


@dataclass(frozen=True, slots=True)
class Checkpoint:
    """Line `seq` of a stream had this hash."""

    stream_id: UUID
    seq: int
    hash: bytes
    at: datetime


def read_checkpoints(folder: Path) -> Iterator[Checkpoint]:
    """All that were ever written, oldest first. What cannot be read, such as a line cut off by a crash, is skipped."""
    for path in sorted(folder.glob("*.jsonl")):
        with path.open("rb") as file:
            for line in file:
                try:
                    said = json.loads(line)
                    yield Checkpoint(
                        stream_id=UUID(said["stream"]),
                        seq=int(said["seq"]),
                        hash=bytes.fromhex(said["hash"]),
                        at=datetime.fromisoformat(said["at"]),
                    )
                except (ValueError, KeyError, TypeError):
                    continue


def append_checkpoints(folder: Path, heads: Iterable[Checkpoint]) -> int:
    """Write down those that are not written yet; how many. On disk when it returns; several writers take turns."""
    folder.mkdir(parents=True, exist_ok=True, mode=0o700)
    with (folder / "lock").open("a") as turn:
        fcntl.flock(turn, fcntl.LOCK_EX)
        known: dict[UUID, int] = {}
        for one in read_checkpoints(folder):
            known[one.stream_id] = max(one.seq, known.get(one.stream_id, 0))
        fresh = [one for one in heads if one.seq > known.get(one.stream_id, 0)]
        by_month: dict[str, list[Checkpoint]] = {}
        for one in fresh:
            by_month.setdefault(f"{one.at:%Y-%m}", []).append(one)
        for month, written in by_month.items():
            _append(folder / f"{month}.jsonl", written)
    return len(fresh)


def _append(path: Path, checkpoints: list[Checkpoint]) -> None:
    lines = [
        json.dumps({"at": one.at.isoformat(), "stream": str(one.stream_id), "seq": one.seq, "hash": one.hash.hex()})
        for one in checkpoints
    ]
    descriptor = os.open(path, os.O_WRONLY | os.O_APPEND | os.O_CREAT, 0o600)
    with os.fdopen(descriptor, "ab") as file:
        # A line that a crash has cut off stays alone.
        lead = b"\n" if path.stat().st_size else b""
        file.write(lead + "\n".join(lines).encode() + b"\n")
        file.flush()
        os.fsync(file.fileno())
