"""Reading a journal on from a position, as far as the reader may see it."""

from collections.abc import Collection, Sequence
from dataclasses import dataclass
from datetime import datetime
from functools import cache
from typing import Any
from uuid import UUID

from sqlalchemy import BigInteger, Integer, Text, any_, bindparam, func, null, or_, select
from sqlalchemy.dialects.postgresql import ARRAY

from domain.changes.position import Position, PositionProblem, decode_position
from runtime.journal import JournalLine, Stream
from runtime.reader import Reader
from runtime.statements import KEY, KEYS, Statement

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
    rows = await reader.fetch(_HEADS, keys=list(stream_ids))
    return {stream_id: Position.after(seq) for stream_id, seq in rows}


async def check_position(reader: Reader, stream_id: UUID, text: str) -> tuple[Position, Position]:
    """The position that a client sent, and the newest one. Raises PositionProblem for one that never was."""
    position = decode_position(stream_id, text)
    head = (await heads_of(reader, [stream_id])).get(stream_id)
    if head is None or position > head:
        raise PositionProblem("`after` is a position that never was.")
    if position.item:
        counted = await reader.fetch(_OBJECTS, key=stream_id, seq=position.line)
        # A line that the reader may not see any more cannot be counted, and nothing of it is shown.
        if counted and position.item >= counted[0][0]:
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
    rows = await reader.fetch(
        _lines(kinds is not None, subjects is not None, with_data),
        key=stream_id,
        seq=position.line,
        person=str(reader.viewer.user_id),
        kinds=list(kinds or ()),
        subjects=list(subjects or ()),
        most=most,
    )
    return [Line(*row) for row in rows]


_HEADS = Statement(select(Stream.stream_id, Stream.head_seq).where(Stream.stream_id == any_(KEYS)))
_SEQ = bindparam("seq", type_=BigInteger)
_OBJECTS = Statement(
    select(func.cardinality(JournalLine.ids)).where(JournalLine.stream_id == KEY, JournalLine.seq == _SEQ)
)


@cache
def _lines(of_kinds: bool, about_subjects: bool, with_data: bool) -> Statement:
    line = JournalLine
    person = bindparam("person", type_=Text)
    statement = (
        select(line.seq, line.at, line.kind, line.subject, line.ids, line.data if with_data else null())
        .where(line.stream_id == KEY, line.seq >= _SEQ)
        .where(or_(line.subject != "Notification", line.data["person"].astext == person))
        .order_by(line.seq)
        .limit(bindparam("most", type_=Integer))
    )
    if of_kinds:
        statement = statement.where(line.kind == any_(bindparam("kinds", type_=ARRAY(Text))))
    if about_subjects:
        statement = statement.where(line.subject == any_(bindparam("subjects", type_=ARRAY(Text))))
    return Statement(statement)
