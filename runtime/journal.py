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
import secrets
from collections import defaultdict
from collections.abc import AsyncIterator, Iterable, Iterator, Sequence
from dataclasses import dataclass
from datetime import datetime
from itertools import chain, count
from operator import attrgetter
from typing import Any, NamedTuple
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
    rest = _hashed_rest(at, actor, kind, subject, ids, account_id, commitment)
    return _chained(prev_hash, stream_id, seq, rest)


def _hashed_rest(
    at: datetime,
    actor: str,
    kind: str,
    subject: str,
    ids: Sequence[UUID | str],
    account_id: UUID | None,
    commitment: bytes,
) -> bytes:
    """What is hashed of a line after its number: long, and known before the line's place in the chain is."""
    account = None if account_id is None else str(account_id)
    return canonical([at.isoformat(), actor, kind, subject, [str(one) for one in ids], account, commitment.hex()])[1:]


def _chained(prev_hash: bytes, stream_id: UUID, seq: int, rest: bytes) -> bytes:
    return hashlib.sha256(b'%b["%b",%d,%b' % (prev_hash, str(stream_id).encode(), seq, rest)).digest()


_READ_HEAD = "select head_seq, head_hash from streams where stream_id = $1"
# Whoever publishes is told in the same breath: PostgreSQL says it at the commit, once.
_LOCK_HEAD = f"""
select head_seq, head_hash, pg_notify('{NOTIFY_CHANNEL}', '') from streams where stream_id = $1 for update
"""

# Many lines go to the server before the head is locked; then only numbers and hashes are missing.
_MOST_AT_ONCE = 100
_DRAFT_COLUMNS = {
    "stream_id": "uuid",
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
    "create temporary table if not exists journal_drafts "
    f"({', '.join(' '.join(one) for one in _DRAFT_COLUMNS.items())}) on commit drop"
)
# Arrays would do as well, but a connection that meets one for the first time asks what it is, with the head locked.
_FEW_DRAFTS = f"jsonb_to_recordset($6::jsonb) as few ({', '.join(' '.join(one) for one in _DRAFT_COLUMNS.items())})"

# One statement, because the head is locked while it runs. $5 are the hashes, one after the other: that of the line
# before, then those of the lines.
_APPEND = """
with lines as (
    insert into journal (stream_id, seq, at, actor, kind, subject, ids, account_id, data, salt, commitment, prev_hash,
        hash)
    select $1, $3 + place, $2, actor, kind, subject, ids, account_id, data, salt, commitment,
        substr($5::bytea, 32 * place - 31, 32), substr($5, 32 * place + 1, 32)
    from {drafts} where stream_id = $1
), unpublished as (
    insert into outbox (stream_id, seq) select $1, $3 + place from generate_series(1, $4) place
)
update streams set head_seq = $3 + $4, head_hash = substr($5, 32 * $4 + 1) where stream_id = $1
"""

# What a long transaction has written goes to the disk before others wait for its end. Older servers cannot be asked to.
_FLUSH = "select pg_logical_emit_message(false, 'coffer', '', true)"
_FLUSHES_SINCE = (17,)


@dataclass(frozen=True, slots=True)
class _Draft:
    """A line as far as it is known without its number and the line before it. `place` is that among the stream's lines
    of this unit, from 1."""

    stream_id: UUID
    place: int
    actor: str
    kind: str
    subject: str
    ids: Sequence[UUID]
    account_id: UUID | None
    data: str
    salt: bytes
    commitment: bytes
    rest: bytes
    """What is hashed of it after its number."""


class _Head(NamedTuple):
    """Number and hash of a stream's last line."""

    seq: int
    hash: bytes


_columns = attrgetter(*_DRAFT_COLUMNS)


async def append(
    connection: asyncpg.Connection, *, home: UUID, actor: str, at: datetime, facts: Sequence[Fact]
) -> list[Appended]:
    """Number, chain and insert the facts' lines. Locks the streams' heads, in stream order, until the commit.

    Everything that takes time is done before the first lock: whoever else writes in the household waits for it.
    """
    by_stream: dict[UUID, list[Fact]] = defaultdict(list)
    for fact in facts:
        by_stream[fact.stream_id or home].append(fact)
    drafts = chain.from_iterable(_drafts(stream_id, its, actor, at) for stream_id, its in by_stream.items())
    rests: dict[UUID, list[bytes]] = {stream_id: [] for stream_id in by_stream}
    chained: dict[UUID, tuple[_Head, bytes]] = {}
    if sum(-(-len(fact.ids) // MOST_SUBJECTS) for fact in facts) > _MOST_AT_ONCE:
        await _send(connection, drafts, rests)
        source, few = "journal_drafts", []
        for stream_id, its_rests in rests.items():
            head = await _head(connection, _READ_HEAD, stream_id)
            chained[stream_id] = head, _chain(stream_id, head, its_rests)
    else:
        source, few = _FEW_DRAFTS, [_as_json(drafts, rests)]

    appended: list[Appended] = []
    for stream_id in sorted(by_stream):
        head = await _head(connection, _LOCK_HEAD, stream_id)
        presumed, hashes = chained.get(stream_id, (None, b""))
        if presumed != head:
            # Somebody else was quicker.
            hashes = _chain(stream_id, head, rests[stream_id])
        seqs = range(head.seq + 1, head.seq + 1 + len(rests[stream_id]))
        await connection.execute(_APPEND.format(drafts=source), stream_id, at, head.seq, len(seqs), hashes, *few)
        appended += [Appended(stream_id, seq) for seq in seqs]
    return appended


async def _head(connection: asyncpg.Connection, statement: str, stream_id: UUID) -> _Head:
    row = await connection.fetchrow(statement, stream_id)
    if row is None:
        raise LookupError(f"there is no stream {stream_id} for this viewer")
    return _Head(row["head_seq"], row["head_hash"])


def _chain(stream_id: UUID, head: _Head, rests: Iterable[bytes]) -> bytes:
    """The head's hash, and those of the lines that follow it."""
    hashes = [head.hash]
    for seq, rest in enumerate(rests, head.seq + 1):
        hashes.append(_chained(hashes[-1], stream_id, seq, rest))
    return b"".join(hashes)


def _drafts(stream_id: UUID, facts: Iterable[Fact], actor: str, at: datetime) -> Iterator[_Draft]:
    places = count(1)
    for fact in facts:
        who = fact.actor or actor
        # What the database gives back is what is hashed: dates and decimals as text, keys as text.
        data = orjson.loads(orjson.dumps(fact.data, default=str, option=orjson.OPT_NON_STR_KEYS))
        for start in range(0, len(fact.ids), MOST_SUBJECTS):
            ids, salt = fact.ids[start : start + MOST_SUBJECTS], secrets.token_bytes(SALT_BYTES)
            commitment = commitment_of(salt, data)
            yield _Draft(
                stream_id=stream_id,
                place=next(places),
                actor=who,
                kind=fact.kind,
                subject=fact.subject,
                ids=ids,
                account_id=fact.account_id,
                data=canonical(data).decode(),
                salt=salt,
                commitment=commitment,
                rest=_hashed_rest(at, who, fact.kind, fact.subject, ids, fact.account_id, commitment),
            )


async def _send(connection: asyncpg.Connection, drafts: Iterable[_Draft], rests: dict[UUID, list[bytes]]) -> None:
    """Into a table of its own; of each only what is hashed is kept here."""

    async def records() -> AsyncIterator[tuple[Any, ...]]:
        for number, draft in enumerate(drafts, 1):
            rests[draft.stream_id].append(draft.rest)
            yield _columns(draft)
            if number % _MOST_AT_ONCE == 0:
                await asyncio.sleep(0)  # the process has others to serve

    await connection.execute(_MAKE_DRAFTS)
    await connection.copy_records_to_table("journal_drafts", records=records(), columns=list(_DRAFT_COLUMNS))
    if connection.get_server_version() >= _FLUSHES_SINCE:
        await connection.execute(_FLUSH)


def _as_json(drafts: Iterable[_Draft], rests: dict[UUID, list[bytes]]) -> str:
    rows = []
    for draft in drafts:
        rests[draft.stream_id].append(draft.rest)
        rows.append(dict(zip(_DRAFT_COLUMNS, _columns(draft), strict=True)) | {"data": orjson.Fragment(draft.data)})
    return orjson.dumps(rows, default=_as_text).decode()


def _as_text(value: bytes | UUID) -> str:
    """As PostgreSQL reads it."""
    return f"\\x{value.hex()}" if isinstance(value, bytes) else str(value)
