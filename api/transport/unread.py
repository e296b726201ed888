"""uvicorn's HTTP on one connection, with an end for clients that do not read what they asked for, or never say it.

An answer stands whole in the transport's buffer, and uvicorn would wait for its reader for ever: even a connection that
is closed stays until all is sent. For the head of a request it would wait as long, and take any length of it.
"""

import asyncio
from typing import Any

from uvicorn import Config
from uvicorn.protocols.http.httptools_impl import HttpToolsProtocol
from uvicorn.server import ServerState

from api.transport.bounds import Bounds
from api.transport.front import Front

LEAST = 16 * 1024
"""Bytes that a reader takes in each interval, or all that is left: a transport that waits holds more than these."""


class HttpProtocol(HttpToolsProtocol):
    """Drops a connection whose client takes too little of its answers for `unread_seconds`, or for up to twice as long,
    or whose request's head takes longer than `head_seconds` or is longer than `head` bytes."""

    def __init__(
        self,
        bounds: Bounds,
        front: Front,
        config: Config,
        server_state: ServerState,
        app_state: dict[str, Any],
        _loop: asyncio.AbstractEventLoop | None = None,
    ) -> None:
        super().__init__(config, server_state, app_state, _loop)
        self._bounds = bounds
        self._front = front
        self._seconds = bounds.unread_seconds
        self._head_taken = 0
        self._is_in_head = True
        self._patience: asyncio.TimerHandle | None = None
        self._unread = 0
        self._watch: asyncio.TimerHandle | None = None

    # ------------------------------------------------------------------ what it says

    def connection_made(self, transport: asyncio.Transport) -> None:  # type: ignore[override]  # as uvicorn declares it
        super().connection_made(transport)
        self._wait_for_head()

    def data_received(self, data: bytes) -> None:
        super().data_received(data)
        if self._is_in_head:
            self._head_taken += len(data)
            if self._head_taken > self._bounds.head:
                self._drop()
            elif self._patience is None:
                self._wait_for_head()

    def on_message_begin(self) -> None:
        super().on_message_begin()
        self._is_in_head = True

    def on_headers_complete(self) -> None:
        self._is_in_head = False
        self._head_taken = 0
        if self._patience is not None:
            self._patience.cancel()
            self._patience = None
        super().on_headers_complete()
        if self._front.is_ending and self.cycle is not None:
            # Its next request goes to a process that stays.
            self.cycle.keep_alive = False

    def _wait_for_head(self) -> None:
        self._patience = self.loop.call_later(self._bounds.head_seconds, self._drop)

    def _drop(self) -> None:
        self._patience = None
        if self.transport.get_protocol() is self:
            self.transport.abort()

    # ------------------------------------------------------------------ what it reads

    def pause_writing(self) -> None:
        super().pause_writing()
        self._begin()

    def resume_writing(self) -> None:
        super().resume_writing()
        self._end()

    def on_response_complete(self) -> None:
        super().on_response_complete()
        if self.transport.is_closing():
            self._begin()

    def timeout_keep_alive_handler(self) -> None:
        super().timeout_keep_alive_handler()
        self._begin()

    def connection_lost(self, exc: Exception | None) -> None:
        self._end()
        if self._patience is not None:
            self._patience.cancel()
        super().connection_lost(exc)

    def _begin(self) -> None:
        if self._watch is None:
            self._unread = self.transport.get_write_buffer_size()
            self._watch = self.loop.call_later(self._seconds, self._look)

    def _end(self) -> None:
        if self._watch is not None:
            self._watch.cancel()
            self._watch = None

    def _look(self) -> None:
        self._watch = None
        unread = self.transport.get_write_buffer_size()
        # A WebSocket, which it may have become since, has rules of its own.
        if unread == 0 or self.transport.get_protocol() is not self:
            return
        if self._unread - unread < LEAST:
            self.transport.abort()
        else:
            self._begin()
