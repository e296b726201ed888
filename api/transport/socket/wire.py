"""One WebSocket on one TCP connection: RFC 6455 from the handshake to the close, driven by uvicorn's callbacks.

Nothing here is a task. A connection that says nothing is this object and an entry in a few dictionaries.
"""

import asyncio
from collections.abc import Mapping, Sequence
from enum import IntEnum
from typing import TYPE_CHECKING, cast

from uvicorn.server import ServerState
from websockets.exceptions import PayloadTooBig, ProtocolError
from websockets.frames import Close, Frame, Opcode

from api.transport.socket.frames import close_frame, closing_echo, next_frame, ping_frame, pong_frame
from api.transport.socket.handshake import Handshake

if TYPE_CHECKING:
    from api.transport.socket.sockets import Sockets

MOST_AT_ONCE = 25
"""Frames of one client that are taken before the others get their turn."""
RESTARTING = (1012, "Service restart")
TOO_SLOW = (1013, "LAGGING: too slow for the stream")
SILENT = (1011, "keepalive ping timeout")
NOT_UTF8 = (1007, "Invalid UTF-8")


class Phase(IntEnum):
    HANDSHAKE = 0
    OPEN = 1
    CLOSING = 2
    GONE = 3


class Wire(asyncio.Protocol):
    """What a subclass says goes out by `say` or `send`; what comes in arrives at `on_text`."""

    __slots__ = (
        "_awaits_life",
        "_buffer",
        "_fragments",
        "_is_binary",
        "_is_deaf",
        "_is_held",
        "_server",
        "_turns",
        "is_paused",
        "phase",
        "sockets",
        "transport",
    )

    transport: asyncio.Transport

    def __init__(self, sockets: "Sockets", server: ServerState) -> None:
        self.sockets = sockets
        self.phase = Phase.HANDSHAKE
        self.is_paused = False
        """Whether the client leaves unread what is on its way."""
        self._server = server
        self._buffer: bytearray | None = None
        self._fragments: bytearray | None = None
        self._is_binary = False
        self._is_held = False
        self._is_deaf = False
        self._awaits_life = False
        self._turns: list[asyncio.Future[None]] | None = None

    # ------------------------------------------------------------------ what a subclass makes of it

    def may_open(self, handshake: Handshake) -> bool:
        raise NotImplementedError

    def on_open(self, headers: Mapping[str, str], offered: Sequence[str]) -> str | None:
        """The subprotocol of those that are offered."""
        raise NotImplementedError

    def on_opened(self) -> None:
        """The client has its answer."""
        raise NotImplementedError

    def on_text(self, data: bytes) -> None:
        raise NotImplementedError

    def on_binary(self) -> None:
        raise NotImplementedError

    def on_too_large(self) -> None:
        raise NotImplementedError

    def on_over(self) -> None:
        """The socket closes or has gone: called once."""
        raise NotImplementedError

    # ------------------------------------------------------------------ the connection

    def connection_made(self, transport: asyncio.BaseTransport) -> None:
        self.transport = cast(asyncio.Transport, transport)
        self._server.connections.add(self)  # type: ignore[arg-type]  # uvicorn names its own protocols only

    def connection_lost(self, error: Exception | None) -> None:
        self._server.connections.discard(self)
        was = self.phase
        self.phase = Phase.GONE
        self._buffer = self._fragments = None
        self.sockets.forget(self)
        self._wake()
        if was is Phase.OPEN:
            self.on_over()

    def shutdown(self) -> None:
        """uvicorn stops: nobody waits for the client's answer."""
        self.finish(*RESTARTING)
        self.transport.close()

    def finish(self, code: int, reason: str) -> None:
        """Close with this code, unless the socket is closed already. Whoever does not answer in time is dropped."""
        if self.phase is not Phase.OPEN:
            return
        self.phase = Phase.CLOSING
        self.transport.write(close_frame(code, reason))
        self.sockets.closing.start(self)
        self._wake()
        if self._is_held:
            # The client's own close is still to come.
            asyncio.get_running_loop().call_soon(self.release)
        self.on_over()

    def overdue(self) -> None:
        """The closing handshake has taken too long."""
        self.transport.abort()

    def keep_alive(self) -> None:
        """Called once in each interval: two in which nothing at all has come are the end."""
        if self.phase is not Phase.OPEN:
            return
        if self._awaits_life:
            self.finish(*SILENT)
            return
        self._awaits_life = True
        self.transport.write(ping_frame())
        self.sockets.keeping.start(self)

    # ------------------------------------------------------------------ out

    def say(self, frame: bytes) -> None:
        """Without waiting: for answers of the protocol's own. Whoever asks and does not read is closed."""
        if self.phase is not Phase.OPEN:
            return
        if self.is_paused and self.transport.get_write_buffer_size() > self.sockets.bounds.unsent:
            self.finish(*TOO_SLOW)
            return
        self.transport.write(frame)

    async def send(self, *parts: bytes) -> None:
        """A frame in parts, once what went before is on its way; waits as long as it takes."""
        while self.is_paused and self.phase is Phase.OPEN:
            turn = asyncio.get_running_loop().create_future()
            if self._turns is None:
                self._turns = []
            self._turns.append(turn)
            await turn
        if self.phase is Phase.OPEN:
            if len(parts) == 1:
                self.transport.write(parts[0])
            else:
                self.transport.writelines(parts)

    def pause_writing(self) -> None:
        self.is_paused = True

    def resume_writing(self) -> None:
        self.is_paused = False
        self._wake()

    def _wake(self) -> None:
        turns, self._turns = self._turns, None
        for turn in turns or ():
            if not turn.done():
                turn.set_result(None)

    # ------------------------------------------------------------------ in

    def data_received(self, data: bytes) -> None:
        self._awaits_life = False
        if self._is_deaf or self.phase is Phase.GONE:
            return
        if self._buffer is None:
            self._buffer = bytearray(data)
        else:
            self._buffer += data
        if not self._is_held:
            self._take()

    def hold(self) -> None:
        """Take no more frames until `release`."""
        if not self._is_held:
            self._is_held = True
            self.transport.pause_reading()

    def release(self) -> None:
        """Go on with what has come meanwhile."""
        if self._is_held:
            self._is_held = False
            if not self.transport.is_closing():
                self.transport.resume_reading()
        if self._buffer is not None and self.phase is not Phase.GONE:
            self._take()

    def _take(self) -> None:
        if self.phase is Phase.HANDSHAKE:
            self._shake_hands()
            return
        buffer, at = self._buffer, 0
        if buffer is None:
            return
        for _ in range(MOST_AT_ONCE):
            try:
                found = next_frame(buffer, at, self._room())
                if found is None:
                    break
                frame, at = found
                self._on_frame(frame)
            except PayloadTooBig:
                self.on_too_large()
                self._hear_no_more()
            except ProtocolError as error:
                self._fail(1002, str(error))
            except UnicodeDecodeError:
                self._fail(*NOT_UTF8)
            if self._is_deaf or self._is_held or self.phase is Phase.GONE:
                break
        else:
            self.hold()
            asyncio.get_running_loop().call_soon(self.release)
        if self._is_deaf or at == len(buffer):
            self._buffer = None
        else:
            del buffer[:at]

    def _room(self) -> int:
        return self.sockets.bounds.frame - len(self._fragments or b"")

    def _on_frame(self, frame: Frame) -> None:
        match frame.opcode:
            case Opcode.PING:
                self.say(pong_frame(bytes(frame.data)))
            case Opcode.PONG:
                return
            case Opcode.CLOSE:
                self._on_close(bytes(frame.data))
            case Opcode.CONT:
                if self._fragments is None:
                    raise ProtocolError("unexpected continuation frame")
                self._on_part(self._fragments, frame)
            case _:
                if self._fragments is not None:
                    raise ProtocolError("expected a continuation frame")
                self._is_binary = frame.opcode is Opcode.BINARY
                if frame.fin:
                    self._on_message(bytes(frame.data))
                else:
                    self._fragments = bytearray()
                    self._on_part(self._fragments, frame)

    def _on_part(self, fragments: bytearray, frame: Frame) -> None:
        fragments += frame.data
        if len(fragments) > self.sockets.bounds.frame:
            self.on_too_large()
            self._hear_no_more()
        elif frame.fin:
            self._fragments = None
            self._on_message(bytes(fragments))

    def _on_message(self, data: bytes) -> None:
        if self.phase is not Phase.OPEN:
            return
        if self._is_binary:
            self.on_binary()
        else:
            self.on_text(data)

    def _on_close(self, payload: bytes) -> None:
        Close.parse(payload)
        if self.phase is Phase.OPEN:
            self.phase = Phase.CLOSING
            self.transport.write(closing_echo(payload))
            self.sockets.closing.start(self)
            self._wake()
            self.on_over()
        self._is_deaf = True
        self.transport.close()

    def _fail(self, code: int, reason: str) -> None:
        """The client does not speak the protocol: what else it sends is not read."""
        self.finish(code, reason)
        self._hear_no_more()

    def _hear_no_more(self) -> None:
        # The rest is taken in and thrown away: a connection that is closed with something unread would be reset, and
        # the client might never see why.
        self._is_deaf = True
        if self.transport.can_write_eof() and not self.transport.is_closing():
            self.transport.write_eof()

    # ------------------------------------------------------------------ the handshake

    def _shake_hands(self) -> None:
        """uvicorn hands over the whole head of the request at once."""
        data, self._buffer = self._buffer, None
        with Handshake(data or b"", self.sockets.path) as handshake:
            if handshake.is_good and not self.may_open(handshake):
                handshake.refuse()
            if handshake.is_good:
                handshake.subprotocol = self.on_open(handshake.headers, handshake.offered)
            self.transport.write(handshake.answer())
        if not handshake.is_good:
            self.transport.close()
            return
        self.phase = Phase.OPEN
        self.sockets.welcome(self)
        self.on_opened()
