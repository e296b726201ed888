"""Frames of RFC 6455, as a server reads and writes them.

Reading is the websockets library's own parser, begun anew for each frame: nothing of it stays with an idle socket.
"""

from collections.abc import Generator

from websockets.frames import CLOSE, PING, PONG, TEXT, Close, Frame

CONTROL_BYTES = 125
# A close frame has room for 123 bytes of reason.
REASON_BYTES = 123


class _Cursor:
    """A place in what has been received."""

    __slots__ = ("at", "data")

    def __init__(self, data: bytearray, at: int) -> None:
        self.data = data
        self.at = at

    def read_exact(self, size: int) -> Generator[None, None, bytes]:
        end = self.at + size
        if end > len(self.data):
            yield
        part = bytes(self.data[self.at : end])
        self.at = end
        return part


def next_frame(data: bytearray, at: int, most: int) -> tuple[Frame, int] | None:
    """The frame that begins at `at`, and where it ends; None as long as there is only a part of it.

    Raises ProtocolError, and PayloadTooBig as soon as its head says that it has more than `most` bytes.
    """
    cursor = _Cursor(data, at)
    parsing = Frame.parse(cursor.read_exact, mask=True, max_size=max(most, CONTROL_BYTES))
    try:
        next(parsing)
    except StopIteration as parsed:
        return parsed.value, cursor.at
    parsing.close()
    return None


def text_head(size: int) -> bytes:
    """What stands before a text of so many bytes."""
    if size < 126:
        return bytes((0x80 | TEXT, size))
    if size < 65_536:
        return bytes((0x80 | TEXT, 126)) + size.to_bytes(2)
    return bytes((0x80 | TEXT, 127)) + size.to_bytes(8)


def text_frame(payload: bytes) -> bytes:
    return text_head(len(payload)) + payload


def ping_frame() -> bytes:
    return bytes((0x80 | PING, 0))


def pong_frame(payload: bytes) -> bytes:
    return bytes((0x80 | PONG, len(payload))) + payload


def close_frame(code: int, reason: str) -> bytes:
    """With as much of the reason as fits."""
    short = reason.encode()[:REASON_BYTES].decode(errors="ignore")
    return closing_echo(Close(code, short).serialize())


def closing_echo(payload: bytes) -> bytes:
    """The answer to a close frame: its own payload."""
    return bytes((0x80 | CLOSE, len(payload))) + payload
