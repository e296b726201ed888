"""All sockets of one schema in this process, and what they share."""

import asyncio
import logging
from typing import Any
from uuid import UUID

from uvicorn import Config
from uvicorn.server import ServerState

from api.transport.bounds import Bounds
from api.transport.connections import Connections
from api.transport.entrance import Entrance
from api.transport.feed import Feeds
from api.transport.front import Front
from api.transport.operation import Operations
from api.transport.places import Places
from api.transport.socket.deadlines import Deadlines
from api.transport.socket.socket import Socket
from api.transport.socket.wire import RESTARTING, Wire
from api.transport.starts import Starts
from runtime.viewer import Viewer

log = logging.getLogger("coffer.api")


class Sockets:
    """`protocol` is what uvicorn makes of each connection that asks for a WebSocket: `uvicorn.Config(ws=…)`."""

    def __init__(
        self,
        operations: Operations,
        connections: Connections,
        bounds: Bounds,
        path: str,
        front: Front | None = None,
        entrance: Entrance | None = None,
        places: Places | None = None,
    ) -> None:
        self.front = front or Front()
        self.entrance = entrance
        self.places = places or Places(bounds.sockets)
        self.operations = operations
        self.connections = connections
        self.bounds = bounds
        self.path = path
        self.feeds = Feeds()
        self.starts = Starts(self.feeds)
        self.sessions = Sessions(connections)
        self.is_closed = False
        self.greeting: Deadlines[Socket] = Deadlines(bounds.init_seconds, Socket.init_overdue)
        self.keeping: Deadlines[Wire] = Deadlines(bounds.ping_seconds, Wire.keep_alive)
        self.closing: Deadlines[Wire] = Deadlines(bounds.close_seconds, Wire.overdue)
        self._open: set[Wire] = set()

    def protocol(
        self,
        config: Config,
        server_state: ServerState,
        app_state: dict[str, Any],
        _loop: asyncio.AbstractEventLoop | None = None,
    ) -> Socket:
        """Called as uvicorn calls its own classes."""
        return Socket(self, server_state)

    def welcome(self, wire: Wire) -> None:
        self._open.add(wire)
        self.keeping.start(wire)

    def forget(self, wire: Wire) -> None:
        """The connection has gone."""
        self._open.discard(wire)
        self.keeping.stop(wire)
        self.closing.stop(wire)

    def close(self) -> None:
        """The server stops: 1012 to everybody, and to whoever still comes."""
        self.is_closed = True
        for wire in list(self._open):
            wire.finish(*RESTARTING)

    def __len__(self) -> int:
        return len(self._open)


class Sessions:
    """Whose sockets end with which session: one wait for each session, however many sockets it has."""

    def __init__(self, connections: Connections) -> None:
        self._connections = connections
        self._sockets: dict[UUID, set[Socket]] = {}
        self._waits: dict[UUID, asyncio.Task[None]] = {}

    def watch(self, viewer: Viewer, socket: Socket) -> None:
        session_id = viewer.session_id
        if session_id is None:
            return
        self._sockets.setdefault(session_id, set()).add(socket)
        if session_id not in self._waits:
            self._waits[session_id] = asyncio.get_running_loop().create_task(self._wait(session_id, viewer))

    def forget(self, viewer: Viewer, socket: Socket) -> None:
        session_id = viewer.session_id
        if session_id is None or session_id not in self._sockets:
            return
        sockets = self._sockets[session_id]
        sockets.discard(socket)
        if not sockets:
            del self._sockets[session_id]
            self._waits.pop(session_id).cancel()

    def __len__(self) -> int:
        return len(self._sockets)

    async def _wait(self, session_id: UUID, viewer: Viewer) -> None:
        try:
            await self._connections.session_ended(viewer)
            is_over = True
        except Exception:
            log.exception("the end of a session could not be watched")
            is_over = False
        self._waits.pop(session_id, None)
        for socket in self._sockets.pop(session_id, set()):
            if is_over:
                socket.session_over()
            else:
                socket.session_unknown()
