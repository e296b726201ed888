"""Every change of a household or a group, one object at a time: the journal as clients see it."""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import datetime
from uuid import UUID

from domain import events  # noqa: F401 (the catalogue fills itself)
from domain.changes.lines import MOST_LINES, Line, check_position, heads_of, lines_from
from domain.changes.position import Position, encode_position
from domain.pages import Page
from runtime.facts import Change as ChangeKind
from runtime.facts import Fact
from runtime.reader import Reader


@dataclass(frozen=True, slots=True)
class Change:
    """One object of one line. `sequence` is the position behind it."""

    sequence: str
    at: datetime
    kind: ChangeKind
    subject: str
    subject_id: UUID


async def sequences_of(reader: Reader, stream_ids: Sequence[UUID]) -> dict[UUID, str]:
    """The newest position in each journal, as text."""
    heads = await heads_of(reader, stream_ids)
    return {stream_id: encode_position(stream_id, head) for stream_id, head in heads.items()}


def changes_in(stream_id: UUID, line: Line, position: Position) -> Iterator[Change]:
    """The changes of a line behind the position, each with its own."""
    done = len(line.ids) - len(line.rest(position))
    kind = Fact.catalogue[line.kind].change
    for item, subject_id in enumerate(line.rest(position), done + 1):
        behind = Position(line.seq, item) if item < len(line.ids) else Position.after(line.seq)
        yield Change(encode_position(stream_id, behind), line.at, kind, line.subject, subject_id)


async def page_of_changes(
    reader: Reader, stream_id: UUID, *, after: str, size: int, subjects: Sequence[str] | None
) -> Page[Change]:
    """Oldest first. Raises PositionProblem; `size` objects at most, and the page may end inside a line."""
    start, _ = await check_position(reader, stream_id, after)
    position = start
    found: list[Change] = []
    while len(found) <= size:
        most = min(size + 1 - len(found), MOST_LINES)
        lines = await lines_from(reader, stream_id, position, subjects=subjects, most=most)
        for line in lines:
            found += changes_in(stream_id, line, position)
        if len(lines) < most:
            break
        position = Position.after(lines[-1].seq)
    return Page(
        found[:size],
        _sequence,
        has_next_page=len(found) > size,
        has_previous_page=start > Position.after(0),
    )


def _sequence(change: Change) -> str:
    return change.sequence
