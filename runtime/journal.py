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
from collections.abc import AsyncIterator, Iterable, Iterator, Mapping, Sequence
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
    rest = _hashed_rest(at, actor, kind, subject, [str(one) for one in ids], account_id, commitment)
    return _chained(prev_hash, stream_id, seq, rest)


def _hashed_rest(
    at: datetime, actor: str, kind: str, subject: str, ids: list[str], account_id: UUID | None, commitment: bytes
) -> bytes:
    """What is hashed of a line after its number: long, and known before the line's place in the chain is."""
    account = None if account_id is None else str(account_id)
    return canonical([at.isoformat(), actor, kind, subject, ids, account, commitment.hex()])[1:]


def _chained(prev_hash: bytes, stream_id: UUID, seq: int, rest: bytes) -> bytes:
    return hashlib.sha256(b'%b["%b",%d,%b' % (prev_hash, str(stream_id).encode(), seq, rest)).digest()


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
    f"create temporary table journal_drafts ({', '.join(' '.join(one) for one in _DRAFT_COLUMNS.items())}) "
    "on commit drop"
)
_MANY_DRAFTS = "(select * from journal_drafts where stream_id = $1)"
_FEW_DRAFTS = """(
    select place, actor, kind, subject, ids::uuid[] as ids, account_id, data::jsonb as data, salt, commitment
    from unnest($6::int[], $7::text[], $8::text[], $9::text[], $10::text[], $11::uuid[], $12::text[], $13::bytea[],
        $14::bytea[]) as given (place, actor, kind, subject, ids, account_id, data, salt, commitment)
)"""

# One statement, because the head is locked while it runs.
_APPEND = """
with lines as (
    insert into journal (stream_id, seq, at, actor, kind, subject, ids, account_id, data, salt, commitment, prev_hash,
        hash)
    select $1, $3 + place, $2, d.actor, d.kind, d.subject, d.ids, d.account_id, d.data, d.salt, d.commitment,
        chain.prev_hash, chain.hash
    from unnest($4::bytea[], $5::bytea[]) with ordinality as chain (prev_hash, hash, place) join {drafts} d using (place)
), unpublished as (
    insert into outbox (stream_id, seq) select $1, $3 + place from generate_series(1, cardinality($5)) place
)
update streams set head_seq = $3 + cardinality($5), head_hash = $5[cardinality($5)] where stream_id = $1
"""

# What a long transaction has written goes to the disk before others wait for its end. Older servers cannot be asked to.
_FLUSH = "select pg_logical_emit_message(false, 'coffer', '', true)"
_FLUSHES_SINCE = (17,)


@dataclass(frozen=True, slots=True)
class _Draft:
    """A line as far as it is known without its number and the line before it. `place` is that among the unit's lines
    of the stream, from 1."""

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


@dataclass(frozen=True, slots=True)
class _Prepared:
    """A stream's lines before they get their numbers: what is hashed of each after its number, where the statement
    reads them from, and the parameters that it takes for that."""

    rests: list[bytes]
    source: str
    parameters: list[list[Any]]


async def append(
    connection: asyncpg.Connection, *, home: UUID, actor: str, at: datetime, facts: Sequence[Fact]
) -> list[Appended]:
    """Number, chain and insert the facts' lines. Locks the streams' heads, in stream order, until the commit.

    Everything that takes time is done before the first lock: whoever else writes in the household waits for it.
    """
    by_stream: dict[UUID, list[Fact]] = defaultdict(list)
    for fact in facts:
        by_stream[fact.stream_id or home].append(fact)
    drafts = {stream_id: _drafts(of_stream, actor, at) for stream_id, of_stream in by_stream.items()}
    if sum(-(-len(fact.ids) // MOST_SUBJECTS) for fact in facts) > _MOST_AT_ONCE:
        prepared = await _send(connection, drafts)
    else:
        prepared = {stream_id: _hold(list(of_stream)) for stream_id, of_stream in drafts.items()}

    appended: list[Appended] = []
    for stream_id in sorted(prepared):
        lines = prepared[stream_id]
        head = await connection.fetchrow(_LOCK_HEAD, stream_id)
        if head is None:
            raise LookupError(f"there is no stream {stream_id} for this viewer")
        hashes = [head["head_hash"]]
        for seq, rest in enumerate(lines.rests, head["head_seq"] + 1):
            hashes.append(_chained(hashes[-1], stream_id, seq, rest))
        statement = _APPEND.format(drafts=lines.source)
        await connection.execute(statement, stream_id, at, head["head_seq"], hashes[:-1], hashes[1:], *lines.parameters)
        appended += [Appended(stream_id, head["head_seq"] + place) for place in range(1, len(hashes))]
    return appended


def _drafts(facts: Iterable[Fact], actor: str, at: datetime) -> Iterator[_Draft]:
    place = 0
    for fact in facts:
        # What the database gives back is what is hashed: dates and decimals as text, keys as text.
        data = orjson.loads(orjson.dumps(fact.data, default=str, option=orjson.OPT_NON_STR_KEYS))
        content, actor_of_fact = canonical(data).decode(), fact.actor or actor
        for start in range(0, len(fact.ids), MOST_SUBJECTS):
            place += 1
            ids, salt = fact.ids[start : start + MOST_SUBJECTS], secrets.token_bytes(SALT_BYTES)
            commitment = commitment_of(salt, data)
            yield _Draft(
                place=place,
                actor=actor_of_fact,
                kind=fact.kind,
                subject=fact.subject,
                ids=ids,
                account_id=fact.account_id,
                data=content,
                salt=salt,
                commitment=commitment,
                rest=_hashed_rest(
                    at, actor_of_fact, fact.kind, fact.subject, [str(id) for id in ids], fact.account_id, commitment
                ),
            )


def _hold(drafts: Sequence[_Draft]) -> _Prepared:
    """An array of arrays is one array to PostgreSQL, so ids go as text."""
    return _Prepared(
        [draft.rest for draft in drafts],
        _FEW_DRAFTS,
        [
            [draft.place for draft in drafts],
            [draft.actor for draft in drafts],
            [draft.kind for draft in drafts],
            [draft.subject for draft in drafts],
            [f"{{{','.join(map(str, draft.ids))}}}" for draft in drafts],
            [draft.account_id for draft in drafts],
            [draft.data for draft in drafts],
            [draft.salt for draft in drafts],
            [draft.commitment for draft in drafts],
        ],
    )


async def _send(connection: asyncpg.Connection, drafts: Mapping[UUID, Iterator[_Draft]]) -> dict[UUID, _Prepared]:
    prepared = {stream_id: _Prepared([], _MANY_DRAFTS, []) for stream_id in drafts}

    async def records() -> AsyncIterator[tuple[Any, ...]]:
        for stream_id, of_stream in drafts.items():
            for draft in of_stream:
                prepared[stream_id].rests.append(draft.rest)
                yield (
                    *(stream_id, draft.place, draft.actor, draft.kind, draft.subject, draft.ids, draft.account_id),
                    *(draft.data, draft.salt, draft.commitment),
                )
                if draft.place % _MOST_AT_ONCE == 0:
                    await asyncio.sleep(0)  # the process has others to serve

    await connection.execute(_MAKE_DRAFTS)
    await connection.copy_records_to_table("journal_drafts", records=records(), columns=list(_DRAFT_COLUMNS))
    if connection.get_server_version() >= _FLUSHES_SINCE:
        await connection.execute(_FLUSH)
    return prepared
