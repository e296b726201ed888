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
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any
from uuid import UUID

import asyncpg
import orjson
from sqlalchemy import BigInteger, LargeBinary
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
    ids: Sequence[UUID | str],
    account_id: UUID | None,
    commitment: bytes,
) -> bytes:
    account = None if account_id is None else str(account_id)
    content = [str(stream_id), seq, at.isoformat(), actor, kind, subject, [str(one) for one in ids], account]
    return hashlib.sha256(prev_hash + canonical([*content, commitment.hex()])).digest()


_LOCK_HEAD = "select head_seq, head_hash from streams where stream_id = $1 for update"

# One statement, because the head is locked while it runs.
_APPEND = """
with lines as (
    insert into journal (stream_id, seq, at, actor, kind, subject, ids, account_id, data, salt, commitment, prev_hash,
        hash)
    select $1, l.seq, $2, l.actor, l.kind, l.subject, l.ids::uuid[], l.account_id, l.data::jsonb, l.salt, l.commitment,
        l.prev_hash, l.hash
    from unnest($3::bigint[], $4::text[], $5::text[], $6::text[], $7::text[], $8::uuid[], $9::text[], $10::bytea[],
        $11::bytea[], $12::bytea[], $13::bytea[]) as l (seq, actor, kind, subject, ids, account_id, data, salt,
        commitment, prev_hash, hash)
), unpublished as (
    insert into outbox (stream_id, seq) select $1, seq from unnest($3::bigint[]) as l (seq)
)
update streams set head_seq = $14, head_hash = $15 where stream_id = $1
"""


@dataclass(frozen=True, slots=True)
class _Draft:
    """A line as far as it is known without its number and the line before it."""

    actor: str
    kind: str
    subject: str
    ids: list[str]
    account_id: UUID | None
    data: str
    salt: bytes
    commitment: bytes


async def append(
    connection: asyncpg.Connection, *, home: UUID, actor: str, at: datetime, facts: Sequence[Fact]
) -> list[Appended]:
    """Number, chain and insert the facts' lines. Locks the streams' heads, in stream order, until the commit.

    Everything that takes time is made before the first lock: whoever else writes in the household waits for it.
    """
    by_stream: dict[UUID, list[_Draft]] = defaultdict(list)
    for fact in facts:
        by_stream[fact.stream_id or home] += _drafts(fact, actor)

    appended: list[Appended] = []
    for stream_id in sorted(by_stream):
        drafts = by_stream[stream_id]
        head = await connection.fetchrow(_LOCK_HEAD, stream_id)
        if head is None:
            raise LookupError(f"there is no stream {stream_id} for this viewer")
        seqs = range(head["head_seq"] + 1, head["head_seq"] + 1 + len(drafts))
        hashes = [head["head_hash"]]
        for seq, draft in zip(seqs, drafts, strict=True):
            hashes.append(
                line_hash(
                    prev_hash=hashes[-1],
                    stream_id=stream_id,
                    seq=seq,
                    at=at,
                    actor=draft.actor,
                    kind=draft.kind,
                    subject=draft.subject,
                    ids=draft.ids,
                    account_id=draft.account_id,
                    commitment=draft.commitment,
                )
            )
        await connection.execute(
            _APPEND,
            stream_id,
            at,
            list(seqs),
            [draft.actor for draft in drafts],
            [draft.kind for draft in drafts],
            [draft.subject for draft in drafts],
            [f"{{{','.join(draft.ids)}}}" for draft in drafts],
            [draft.account_id for draft in drafts],
            [draft.data for draft in drafts],
            [draft.salt for draft in drafts],
            [draft.commitment for draft in drafts],
            hashes[:-1],
            hashes[1:],
            seqs[-1],
            hashes[-1],
        )
        appended += [Appended(stream_id, seq) for seq in seqs]
    return appended


def _drafts(fact: Fact, actor: str) -> Iterator[_Draft]:
    # What the database gives back is what is hashed: dates and decimals as text, keys as text.
    data = orjson.loads(orjson.dumps(fact.data, default=str, option=orjson.OPT_NON_STR_KEYS))
    for start in range(0, len(fact.ids), MOST_SUBJECTS):
        salt = secrets.token_bytes(SALT_BYTES)
        yield _Draft(
            actor=fact.actor or actor,
            kind=fact.kind,
            subject=fact.subject,
            ids=[str(one) for one in fact.ids[start : start + MOST_SUBJECTS]],
            account_id=fact.account_id,
            data=canonical(data).decode(),
            salt=salt,
            commitment=commitment_of(salt, data),
        )
