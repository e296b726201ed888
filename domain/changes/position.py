"""Places in a journal: what a client keeps to go on where it stopped.

`Position(line, item)`: all lines before `line` and the first `item` objects of it are consumed. It is counted in the
stored journal, before the reader's rights hide anything, so it stays right when rights change. As text it is opaque
and carries its stream: a position of one journal means nothing in another.
"""

import base64
import binascii
import struct
from dataclasses import dataclass
from uuid import UUID

from domain.mistakes import Problem

_FORM = struct.Struct(">B16sQH")
_VERSION = 1


class PositionProblem(Problem):
    """A text that is no position of this journal, or one that never was."""


@dataclass(frozen=True, order=True, slots=True)
class Position:
    """`line` counts from 1, `item` from 0 within the line; a line that is consumed to its end is the next one's 0."""

    line: int
    item: int = 0

    @classmethod
    def after(cls, seq: int) -> "Position":
        """Behind the whole line `seq`; 0 is the beginning."""
        return cls(seq + 1)


def encode_position(stream_id: UUID, position: Position) -> str:
    packed = _FORM.pack(_VERSION, stream_id.bytes, position.line, position.item)
    return base64.urlsafe_b64encode(packed).decode().rstrip("=")


def decode_position(stream_id: UUID, text: str) -> Position:
    """Raises PositionProblem for anything that `encode_position` does not make of this stream."""
    try:
        packed = base64.b64decode(text + "=" * (-len(text) % 4), altchars=b"-_", validate=True)
        version, stream, line, item = _FORM.unpack(packed)
    except (ValueError, binascii.Error, struct.error):
        raise PositionProblem("`after` is not a position.") from None
    position = Position(line, item)
    if version != _VERSION or line == 0 or encode_position(UUID(bytes=stream), position) != text:
        raise PositionProblem("`after` is not a position.")
    if stream != stream_id.bytes:
        raise PositionProblem("`after` is a position of another journal.")
    return position
