"""Lines that wait to be told: taken in order, told, and struck out, in one transaction as `system`.

Several takers are safe: whoever holds the first line of a stream has the stream. A taker that dies leaves its lines to
the next one, so that a line may be told twice, and is never lost.
"""

from collections.abc import AsyncIterator, Sequence
from contextlib import asynccontextmanager
from dataclasses import dataclass
from uuid import UUID

import asyncpg

MOST_STREAMS = 100
MOST_LINES = 500
"""Of each stream at once."""

# The first line of a stream is its lock: a second taker skips it, and with it the stream.
_TAKE = """
with taken as materialized (
    select stream_id from outbox first
    where not exists (select from outbox before where before.stream_id = first.stream_id and before.seq < first.seq)
    order by stream_id limit $1
    for update skip locked
)
select lines.stream_id, lines.seq, journal.kind
from taken
cross join lateral (
    select stream_id, seq from outbox where outbox.stream_id = taken.stream_id order by seq limit $2
) as lines
join journal on journal.stream_id = lines.stream_id and journal.seq = lines.seq
order by lines.stream_id, lines.seq
"""
_STRIKE_OUT = """
delete from outbox using unnest($1::uuid[], $2::bigint[]) as told (stream_id, seq)
where outbox.stream_id = told.stream_id and outbox.seq = told.seq
"""


@dataclass(frozen=True, slots=True)
class Untold:
    stream_id: UUID
    seq: int
    kind: str


@asynccontextmanager
async def untold_lines(connection: "asyncpg.Connection[asyncpg.Record]") -> AsyncIterator[Sequence[Untold]]:
    """Some of them, by stream and in order. Struck out when the block ends, kept when it raises."""
    async with connection.transaction():
        lines = [Untold(*row) for row in await connection.fetch(_TAKE, MOST_STREAMS, MOST_LINES)]
        yield lines
        if lines:
            await connection.execute(_STRIKE_OUT, [one.stream_id for one in lines], [one.seq for one in lines])
