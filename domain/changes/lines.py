"""Reading a journal on from a position, as far as the reader may see it."""

from collections.abc import Collection, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any
from uuid import UUID

from sqlalchemy import func, null, or_, select

from domain.changes.position import Position, PositionProblem, decode_position
from runtime.journal import JournalLine, Stream
from runtime.reader import Reader

MOST_LINES = 100
"""At once: a line may carry the changed fields of a hundred objects."""


@dataclass(frozen=True, slots=True)
class Line:
    """What a reader gets of a line. `data` is None where it was not asked for, or was erased."""

    seq: int
    at: datetime
    kind: str
    subject: str
    ids: Sequence[UUID]
    data: dict[str, Any] | None

    def rest(self, position: Position) -> Sequence[UUID]:
        """The objects that are not consumed yet."""
        return self.ids[position.item :] if position.line == self.seq else self.ids


async def heads_of(reader: Reader, stream_ids: Sequence[UUID]) -> dict[UUID, Position]:
    """The newest position of each journal; those that the reader may not see are left out."""
    rows = await reader.execute(select(Stream.stream_id, Stream.head_seq).where(Stream.stream_id.in_(stream_ids)))
    return {stream_id: Position.after(seq) for stream_id, seq in rows}


async def check_position(reader: Reader, stream_id: UUID, text: str) -> tuple[Position, Position]:
    """The position that a client sent, and the newest one. Raises PositionProblem for one that never was."""
    position = decode_position(stream_id, text)
    head = (await heads_of(reader, [stream_id])).get(stream_id)
    if head is None or position > head:
        raise PositionProblem("`after` is a position that never was.")
    if position.item:
        objects = await reader.first(
            select(func.cardinality(JournalLine.ids)).where(
                JournalLine.stream_id == stream_id, JournalLine.seq == position.line
            )
        )
        # A line that the reader may not see any more cannot be counted, and nothing of it is shown.
        if objects is not None and position.item >= objects:
            raise PositionProblem("`after` is a position that never was.")
    return position, head


async def lines_from(
    reader: Reader,
    stream_id: UUID,
    position: Position,
    *,
    kinds: Collection[str] | None = None,
    subjects: Collection[str] | None = None,
    with_data: bool = False,
    most: int = MOST_LINES,
) -> list[Line]:
    """Up to `most` lines from the position on, in order; of the given kinds or about the given subjects only.

    Notifications are told to the person they are for, and to nobody else of the household.
    """
    line = JournalLine
    statement = (
        select(line.seq, line.at, line.kind, line.subject, line.ids, line.data if with_data else null())
        .where(line.stream_id == stream_id, line.seq >= position.line)
        .where(or_(line.subject != "Notification", line.data["person"].astext == str(reader.viewer.user_id)))
        .order_by(line.seq)
        .limit(most)
    )
    if kinds is not None:
        statement = statement.where(line.kind.in_(kinds))
    if subjects is not None:
        statement = statement.where(line.subject.in_(subjects))
    return [Line(*row) for row in await reader.execute(statement)]
