"""The journal: everything that happens to a household or a savings group is one numbered, hashed line.

Appending is the last thing before a commit, after all other locks, in stream order: no gaps, and order = commit order.

    commitment = SHA-256(salt || canonical JSON of data)
    hash       = SHA-256(prev_hash || canonical JSON of [stream, seq, at, actor, kind, subject, ids, account,
    commitment])

Personal content enters the hash through the salted commitment only, so that erasing salt and data keeps the chain
whole.
"""

import hashlib
import secrets
from collections import defaultdict
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any
from uuid import UUID

import orjson
from sqlalchemy import BigInteger, LargeBinary, insert, select, update
from sqlalchemy.ext.asyncio import AsyncSession
from sqlalchemy.orm import Mapped, mapped_column

from runtime.facts import MOST_SUBJECTS, Fact
from runtime.tables import Instant, Model, Scope

GENESIS = bytes(32)
SALT_BYTES = 16
NOTIFY_CHANNEL = "coffer_outbox"


class Stream(Model):
    """The head of a chain: a household's or a savings group's."""

    __tablename__ = "streams"
    scope = Scope.STREAM_HEAD
    system_grants = "select, insert"

    stream_id: Mapped[UUID] = mapped_column(primary_key=True)
    kind: Mapped[str]
    head_seq: Mapped[int] = mapped_column(BigInteger, default=0)
    head_hash: Mapped[bytes] = mapped_column(LargeBinary, default=GENESIS)


class JournalLine(Model):
    __tablename__ = "journal"
    scope = Scope.STREAM
    system_grants = "select"

    stream_id: Mapped[UUID] = mapped_column(primary_key=True)
    seq: Mapped[int] = mapped_column(BigInteger, primary_key=True)
    at: Mapped[Instant]
    actor: Mapped[str]
    kind: Mapped[str]
    subject: Mapped[str]
    ids: Mapped[list[UUID]]
    account_id: Mapped[UUID | None]
    data: Mapped[dict[str, Any] | None]
    salt: Mapped[bytes | None] = mapped_column(LargeBinary)
    commitment: Mapped[bytes] = mapped_column(LargeBinary)
    prev_hash: Mapped[bytes] = mapped_column(LargeBinary)
    hash: Mapped[bytes] = mapped_column(LargeBinary)


class OutboxLine(Model):
    """A line that the relay has not yet published."""

    __tablename__ = "outbox"
    scope = Scope.STREAM_OUTBOX
    app_grants = "insert"
    # Rows are locked while they are told, and PostgreSQL takes that for an update.
    system_grants = "select, update, delete"

    stream_id: Mapped[UUID] = mapped_column(primary_key=True)
    seq: Mapped[int] = mapped_column(BigInteger, primary_key=True)


@dataclass(frozen=True, slots=True)
class Appended:
    stream_id: UUID
    seq: int


def canonical(value: Any) -> bytes:
    """JSON with sorted keys and no spaces: the same bytes for the same content, before and after PostgreSQL's jsonb."""
    return orjson.dumps(value, option=orjson.OPT_SORT_KEYS)


def commitment_of(salt: bytes, data: dict[str, Any]) -> bytes:
    return hashlib.sha256(salt + canonical(data)).digest()


def line_hash(
    *,
    prev_hash: bytes,
    stream_id: UUID,
    seq: int,
    at: datetime,
    actor: str,
    kind: str,
    subject: str,
    ids: Sequence[UUID],
    account_id: UUID | None,
    commitment: bytes,
) -> bytes:
    account = None if account_id is None else str(account_id)
    content = [str(stream_id), seq, at.isoformat(), actor, kind, subject, [str(one) for one in ids], account]
    return hashlib.sha256(prev_hash + canonical([*content, commitment.hex()])).digest()


async def append(
    session: AsyncSession, *, home: UUID, actor: str, at: datetime, facts: Sequence[Fact]
) -> list[Appended]:
    """Number, chain and insert the facts' lines. Locks the streams' heads, in stream order, until the commit."""
    by_stream: dict[UUID, list[Fact]] = defaultdict(list)
    for fact in facts:
        by_stream[fact.stream_id or home].append(fact)

    appended: list[Appended] = []
    for stream_id in sorted(by_stream):
        head = (
            await session.execute(
                select(Stream.head_seq, Stream.head_hash).where(Stream.stream_id == stream_id).with_for_update()
            )
        ).one()
        lines = _chain(stream_id, head.head_seq, head.head_hash, actor=actor, at=at, facts=by_stream[stream_id])
        if not lines:
            continue
        await session.execute(insert(JournalLine), lines)
        await session.execute(insert(OutboxLine), [{"stream_id": stream_id, "seq": line["seq"]} for line in lines])
        await session.execute(
            update(Stream)
            .where(Stream.stream_id == stream_id)
            .values(head_seq=lines[-1]["seq"], head_hash=lines[-1]["hash"])
        )
        appended += [Appended(stream_id, line["seq"]) for line in lines]
    return appended


def _chain(
    stream_id: UUID, seq: int, prev_hash: bytes, *, actor: str, at: datetime, facts: Sequence[Fact]
) -> list[dict[str, Any]]:
    lines: list[dict[str, Any]] = []
    for fact in facts:
        for start in range(0, len(fact.ids), MOST_SUBJECTS):
            seq += 1
            salt = secrets.token_bytes(SALT_BYTES)
            # What the database gives back is what is hashed: dates and decimals as text, keys as text.
            data = orjson.loads(orjson.dumps(fact.data, default=str, option=orjson.OPT_NON_STR_KEYS))
            content: dict[str, Any] = {
                "stream_id": stream_id,
                "seq": seq,
                "at": at,
                "actor": fact.actor or actor,
                "kind": fact.kind,
                "subject": fact.subject,
                "ids": list(fact.ids[start : start + MOST_SUBJECTS]),
                "account_id": fact.account_id,
                "commitment": commitment_of(salt, data),
            }
            digest = line_hash(prev_hash=prev_hash, **content)
            lines.append({**content, "data": data, "salt": salt, "prev_hash": prev_hash, "hash": digest})
            prev_hash = digest
    return lines
