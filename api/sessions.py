"""Which sessions are alive: asked of PostgreSQL at most every two seconds for each, and told to open sockets."""

import asyncio
import time
from contextlib import suppress
from uuid import UUID

from sqlalchemy.exc import SQLAlchemyError

from domain.identity.sessions import live_sessions
from runtime.system import SystemDatabase

REMEMBERED_SECONDS = 2.0
MOST_REMEMBERED = 10_000


class LiveSessions:
    def __init__(self, system: SystemDatabase) -> None:
        self._system = system
        self._checked: dict[UUID, float] = {}
        self._waiting: dict[UUID, list[asyncio.Event]] = {}
        self._watch: asyncio.Task[None] | None = None

    async def is_live(self, session_id: UUID) -> bool:
        checked = self._checked.get(session_id)
        if checked is not None and time.monotonic() - checked < REMEMBERED_SECONDS:
            return True
        if not await live_sessions(self._system, [session_id]):
            self.end(session_id)
            return False
        if len(self._checked) >= MOST_REMEMBERED:
            self._checked.clear()
        self._checked[session_id] = time.monotonic()
        return True

    def end(self, session_id: UUID) -> None:
        """Forget a session that is over and tell those who wait for its end."""
        self._checked.pop(session_id, None)
        for event in self._waiting.get(session_id, ()):
            event.set()

    async def ended(self, session_id: UUID) -> None:
        """Returns when the session is over, within about two seconds, whichever process ended it."""
        event = asyncio.Event()
        self._waiting.setdefault(session_id, []).append(event)
        if self._watch is None or self._watch.done():
            self._watch = asyncio.create_task(self._poll())
        try:
            await event.wait()
        finally:
            waiting = self._waiting[session_id]
            waiting.remove(event)
            if not waiting:
                del self._waiting[session_id]

    async def close(self) -> None:
        if self._watch is not None:
            self._watch.cancel()
            with suppress(asyncio.CancelledError):
                await self._watch

    async def _poll(self) -> None:
        while self._waiting:
            await asyncio.sleep(REMEMBERED_SECONDS)
            asked = list(self._waiting)
            # A database that is away for a while ends nobody's session.
            with suppress(OSError, SQLAlchemyError):
                for session_id in set(asked) - await live_sessions(self._system, asked):
                    self.end(session_id)
