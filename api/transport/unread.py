"""uvicorn's HTTP on one connection, with an end for clients that do not read what they asked for.

An answer stands whole in the transport's buffer, and uvicorn would wait for its reader for ever: even a connection that
is closed stays until all is sent.
"""

import asyncio
from typing import Any

from uvicorn import Config
from uvicorn.protocols.http.httptools_impl import HttpToolsProtocol
from uvicorn.server import ServerState

LEAST = 16 * 1024
"""Bytes that a reader takes in each interval, or all that is left: a transport that waits holds more than these."""


class HttpProtocol(HttpToolsProtocol):
    """Drops a connection whose client takes too little of its answers for `seconds`, or for up to twice as long."""

    def __init__(
        self,
        seconds: float,
        config: Config,
        server_state: ServerState,
        app_state: dict[str, Any],
        _loop: asyncio.AbstractEventLoop | None = None,
    ) -> None:
        super().__init__(config, server_state, app_state, _loop)
        self._seconds = seconds
        self._unread = 0
        self._watch: asyncio.TimerHandle | None = None

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
