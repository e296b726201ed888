"""The journal: everything that happens to a household or a savings group is one numbered, hashed line.

Appending is the last thing before a commit, after all other locks, in stream order: no gaps, and order = commit order.

    commitment = SHA-256(salt || canonical JSON of data)
    hash       = SHA-256(prev_hash || canonical JSON of [stream, seq, at, actor, kind, subject, ids, account,
    commitment])

Personal content enters the hash through the salted commitment only, so that erasing salt and data keeps the chain
whole.
"""

import asyncio
import hashlib
import itertools
import secrets
from collections import defaultdict
from collections.abc import Iterable, Iterator, Sequence
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

# Many lines go to the server before the head is locked; then only numbers and hashes are missing.
_MOST_AT_ONCE = 100
_DRAFT_COLUMNS = {
    "place": "int",
    "actor": "text",
    "kind": "text",
    "subject": "text",
    "ids": "uuid[]",
    "account_id": "uuid",
    "data": "jsonb",
    "salt": "bytea",
    "commitment": "bytea",
}
_MAKE_DRAFTS = (
    f"create temporary table journal_drafts ({', '.join(' '.join(one) for one in _DRAFT_COLUMNS.items())}) "
    "on commit drop"
)
_FEW_DRAFTS = """(
    select place, actor, kind, subject, ids::uuid[] as ids, account_id, data::jsonb as data, salt, commitment
    from unnest($8::int[], $9::text[], $10::text[], $11::text[], $12::text[], $13::uuid[], $14::text[], $15::bytea[],
        $16::bytea[]) as given (place, actor, kind, subject, ids, account_id, data, salt, commitment)
)"""

# One statement, because the head is locked while it runs.
_APPEND = """
with numbered as materialized (
    select * from unnest($3::int[], $4::bigint[], $5::bytea[], $6::bytea[]) as n (place, seq, prev_hash, hash)
), lines as (
    insert into journal (stream_id, seq, at, actor, kind, subject, ids, account_id, data, salt, commitment, prev_hash,
        hash)
    select $1, n.seq, $2, d.actor, d.kind, d.subject, d.ids, d.account_id, d.data, d.salt, d.commitment, n.prev_hash,
        n.hash
    from numbered n join {drafts} d using (place)
), unpublished as (
    insert into outbox (stream_id, seq) select $1, seq from numbered
)
update streams set head_seq = $7, head_hash = ($6::bytea[])[cardinality($6::bytea[])] where stream_id = $1
"""


@dataclass(frozen=True, slots=True)
class _Draft:
    """A line as far as it is known without its number and the line before it. `ids` are joined by commas."""

    place: int
    actor: str
    kind: str
    subject: str
    ids: str
    account_id: UUID | None
    data: str
    salt: bytes
    commitment: bytes

    def hash(self, stream_id: UUID, seq: int, at: datetime, prev_hash: bytes) -> bytes:
        return line_hash(
            prev_hash=prev_hash,
            stream_id=stream_id,
            seq=seq,
            at=at,
            actor=self.actor,
            kind=self.kind,
            subject=self.subject,
            ids=self.ids.split(","),
            account_id=self.account_id,
            commitment=self.commitment,
        )


async def append(
    connection: asyncpg.Connection, *, home: UUID, actor: str, at: datetime, facts: Sequence[Fact]
) -> list[Appended]:
    """Number, chain and insert the facts' lines. Locks the streams' heads, in stream order, until the commit.

    Everything that takes time is done before the first lock: whoever else writes in the household waits for it.
    """
    by_stream: dict[UUID, list[_Draft]] = defaultdict(list)
    places = itertools.count()
    for fact in facts:
        for draft in _drafts(fact, actor, places):
            by_stream[fact.stream_id or home].append(draft)
            if draft.place % _MOST_AT_ONCE == _MOST_AT_ONCE - 1:
                await asyncio.sleep(0)  # the process has others to serve
    are_many = next(places) > _MOST_AT_ONCE
    if are_many:
        await _send_drafts(connection, itertools.chain.from_iterable(by_stream.values()))

    appended: list[Appended] = []
    for stream_id in sorted(by_stream):
        drafts = by_stream[stream_id]
        head = await connection.fetchrow(_LOCK_HEAD, stream_id)
        if head is None:
            raise LookupError(f"there is no stream {stream_id} for this viewer")
        seqs = range(head["head_seq"] + 1, head["head_seq"] + 1 + len(drafts))
        hashes = [head["head_hash"]]
        for seq, draft in zip(seqs, drafts, strict=True):
            hashes.append(draft.hash(stream_id, seq, at, hashes[-1]))
        await connection.execute(
            _APPEND.format(drafts="journal_drafts" if are_many else _FEW_DRAFTS),
            stream_id,
            at,
            [draft.place for draft in drafts],
            list(seqs),
            hashes[:-1],
            hashes[1:],
            seqs[-1],
            *([] if are_many else _columns(drafts)),
        )
        appended += [Appended(stream_id, seq) for seq in seqs]
    return appended


def _drafts(fact: Fact, actor: str, places: Iterator[int]) -> Iterator[_Draft]:
    # What the database gives back is what is hashed: dates and decimals as text, keys as text.
    data = orjson.loads(orjson.dumps(fact.data, default=str, option=orjson.OPT_NON_STR_KEYS))
    for start in range(0, len(fact.ids), MOST_SUBJECTS):
        salt = secrets.token_bytes(SALT_BYTES)
        yield _Draft(
            place=next(places),
            actor=fact.actor or actor,
            kind=fact.kind,
            subject=fact.subject,
            ids=",".join(map(str, fact.ids[start : start + MOST_SUBJECTS])),
            account_id=fact.account_id,
            data=canonical(data).decode(),
            salt=salt,
            commitment=commitment_of(salt, data),
        )


def _columns(drafts: Sequence[_Draft]) -> list[list[Any]]:
    """Of `_FEW_DRAFTS`: an array of arrays is one array to PostgreSQL, so ids go as text."""
    return [
        [draft.place for draft in drafts],
        [draft.actor for draft in drafts],
        [draft.kind for draft in drafts],
        [draft.subject for draft in drafts],
        [f"{{{draft.ids}}}" for draft in drafts],
        [draft.account_id for draft in drafts],
        [draft.data for draft in drafts],
        [draft.salt for draft in drafts],
        [draft.commitment for draft in drafts],
    ]


async def _send_drafts(connection: asyncpg.Connection, drafts: Iterable[_Draft]) -> None:
    await connection.execute(_MAKE_DRAFTS)
    records = (
        (
            draft.place,
            draft.actor,
            draft.kind,
            draft.subject,
            draft.ids.split(","),
            draft.account_id,
            draft.data,
            draft.salt,
            draft.commitment,
        )
        for draft in drafts
    )
    await connection.copy_records_to_table("journal_drafts", records=records, columns=list(_DRAFT_COLUMNS))
