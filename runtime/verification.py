"""Walking the chains: every line must follow from the one before it, up to the head and as the checkpoints saw it.

A line whose content was erased keeps its commitment and so its place in the chain; it may be blank only if a later
`PersonalDataErased` line of the same stream names it. Says for each stream which line is the first that is damaged.
"""

from collections.abc import Iterable
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any
from uuid import UUID

import asyncpg
import orjson

from runtime.checkpoints import Checkpoint
from runtime.journal import GENESIS, commitment_of, line_hash

ERASURE = "PersonalDataErased"
ERASED_LINES = "lines"
"""Where an erasure names what it erased: ranges [first, last] of line numbers."""
_AT_ONCE = 500

_LINES = """
select stream_id, seq, at, actor, kind, subject, ids, account_id, data::text as data, salt, commitment, prev_hash, hash
from journal order by stream_id, seq
"""


@dataclass(frozen=True, slots=True)
class Damage:
    """`seq` is the first line of the stream that is not as it was written."""

    stream_id: UUID
    seq: int
    problem: str

    def __str__(self) -> str:
        return f"journal {self.stream_id}, line {self.seq}: {self.problem}"


@dataclass
class Verdict:
    streams: int = 0
    lines: int = 0
    damages: list[Damage] = field(default_factory=list)


@dataclass
class _Chain:
    stream_id: UUID
    seen: dict[int, tuple[bytes, datetime]]
    """Checkpoints by line number."""
    seq: int = 0
    hash: bytes = GENESIS
    before: bytes = GENESIS
    blank: set[int] = field(default_factory=set)
    damage: Damage | None = None

    def take(self, line: asyncpg.Record) -> None:
        """The next line, as it is stored. After the first damage nothing can be said of later lines."""
        if self.damage is not None:
            return None
        expected, seq = self.seq + 1, int(line["seq"])
        if seq > expected:
            return self._is_damaged(expected, f"is missing: what follows is line {seq}")
        if seq < expected:
            return self._is_damaged(seq, "has a number that no line has")
        is_whole = _own_hash(line) == line["hash"]
        if line["prev_hash"] != self.hash and self.seq and (is_whole or line["prev_hash"] == self.before):
            # What stands before it is not what stood there when it was written.
            return self._is_damaged(self.seq, "was inserted or replaced: the next line follows from another")
        if line["prev_hash"] != self.hash or not is_whole:
            return self._is_damaged(seq, "was altered")
        if (seen := self.seen.get(seq)) is not None and seen[0] != line["hash"]:
            return self._is_damaged(seq, f"was rewritten, or one before it: the checkpoint of {seen[1]} saw another")
        if not self._take_content(line):
            return self._is_damaged(seq, "has another content than it was written with")
        self.seq, self.hash, self.before = seq, line["hash"], self.hash
        return None

    def end(self, head: tuple[int, bytes] | None) -> Damage | None:
        """After the last line: the first damage of the stream."""
        if self.damage is None:
            newest = max(self.seen, default=0)
            if head is None:
                self._is_damaged(1, "the head of the stream is missing")
            elif head[0] > self.seq:
                self._is_damaged(self.seq + 1, f"was cut off, and all to the head, line {head[0]}")
            elif head[0] < self.seq or head[1] != self.hash:
                self._is_damaged(
                    min(head[0] + 1, self.seq), "stands behind the head: it was added, or the head altered"
                )
            elif newest > self.seq:
                self._is_damaged(self.seq + 1, f"was cut off: the checkpoint of {self.seen[newest][1]} saw {newest}")
        first = min(self.blank, default=None)
        if first is not None and (self.damage is None or first < self.damage.seq):
            return Damage(self.stream_id, first, "was emptied, and no erasure names it")
        return self.damage

    def _take_content(self, line: asyncpg.Record) -> bool:
        if line["data"] is None and line["salt"] is None:
            self.blank.add(int(line["seq"]))
            return True
        if line["data"] is None or line["salt"] is None:
            return False
        data = orjson.loads(line["data"])
        if commitment_of(line["salt"], data) != line["commitment"]:
            return False
        if line["kind"] == ERASURE:
            for first, last in data.get(ERASED_LINES, ()):
                self.blank -= {seq for seq in self.blank if first <= seq <= last}
        return True

    def _is_damaged(self, seq: int, problem: str) -> None:
        self.damage = Damage(self.stream_id, seq, problem)


async def verify(connection: "asyncpg.Connection[Any]", checkpoints: Iterable[Checkpoint] = ()) -> Verdict:
    """Walk every chain in one snapshot, in a memory that does not grow with the lines. As `owner` or `system`."""
    seen: dict[UUID, dict[int, tuple[bytes, datetime]]] = {}
    for one in checkpoints:
        seen.setdefault(one.stream_id, {}).setdefault(one.seq, (one.hash, one.at))
    verdict = Verdict()
    async with connection.transaction(isolation="repeatable_read", readonly=True):
        heads = {
            row["stream_id"]: (int(row["head_seq"]), bytes(row["head_hash"]))
            for row in await connection.fetch("select stream_id, head_seq, head_hash from streams")
        }
        verdict.streams = len(heads)
        # Streams without any line left are judged as well.
        waiting = heads.keys() | seen.keys()
        chain: _Chain | None = None
        async for line in connection.cursor(_LINES, prefetch=_AT_ONCE):
            verdict.lines += 1
            if chain is None or chain.stream_id != line["stream_id"]:
                _close(verdict, chain, heads)
                chain = _Chain(line["stream_id"], seen.get(line["stream_id"], {}))
                waiting -= {chain.stream_id}
            chain.take(line)
        _close(verdict, chain, heads)
        for stream_id in sorted(waiting):
            _close(verdict, _Chain(stream_id, seen.get(stream_id, {})), heads)
    return verdict


def _close(verdict: Verdict, chain: _Chain | None, heads: dict[UUID, tuple[int, bytes]]) -> None:
    if chain is not None and (damage := chain.end(heads.get(chain.stream_id))) is not None:
        verdict.damages.append(damage)


def _own_hash(line: asyncpg.Record) -> bytes:
    return line_hash(
        prev_hash=line["prev_hash"],
        stream_id=line["stream_id"],
        seq=line["seq"],
        at=line["at"],
        actor=line["actor"],
        kind=line["kind"],
        subject=line["subject"],
        ids=line["ids"],
        account_id=line["account_id"],
        commitment=line["commitment"],
    )
