"""Which sessions are alive and what they may: nobody is believed longer than two seconds after PostgreSQL was asked.

Sessions in use are asked about all together once a second, ahead of time, so that a request rarely waits for it. A
token only names its session; what it may do is read here, so that a change of role or rights needs no new token.
"""

import asyncio
import time
from collections import OrderedDict
from collections.abc import Sequence
from contextlib import suppress
from math import inf
from typing import cast
from uuid import UUID

import asyncpg
from sqlalchemy.exc import SQLAlchemyError

from domain.identity.live_sessions import live_sessions
from domain.identity.sessions import TOUCH_SECONDS, touch_sessions
from runtime.counters import count
from runtime.system import SystemDatabase
from runtime.viewer import Viewer

REMEMBERED_SECONDS = 2.0
ROUND_SECONDS = 1.0
MOST_REMEMBERED = 10_000


class LiveSessions:
    def __init__(self, system: SystemDatabase) -> None:
        self._system = system
        self._asked: OrderedDict[UUID, float] = OrderedDict()
        """When a live session was last asked about (monotonic)."""
        self._viewers: dict[UUID, Viewer] = {}
        """What PostgreSQL said then."""
        self._over: OrderedDict[UUID, None] = OrderedDict()
        """Ended sessions: none of them comes back to life."""
        self._used: set[UUID] = set()
        """Sessions that a request came with since the last round."""
        self._touched: dict[UUID, float] = {}
        """When it was last written that they were used (monotonic)."""
        self._waiting: dict[UUID, list[asyncio.Event]] = {}
        self._rounds: asyncio.Task[None] | None = None
        self._joining: dict[UUID, asyncio.Future[Viewer | None]] = {}
        """Who is to be asked about next; those who come while PostgreSQL is asked go together."""
        self._asking: asyncio.Task[None] | None = None

    async def viewer(self, session_id: UUID) -> Viewer | None:
        """Whom the session acts for, with what it may do now; None where it is over."""
        asked = self._asked.get(session_id)
        if asked is not None and time.monotonic() - asked < REMEMBERED_SECONDS:
            self._used.add(session_id)
            return self._viewers[session_id]
        if session_id in self._over:
            return None
        future = self._joining.get(session_id)
        if future is None:
            future = self._joining[session_id] = asyncio.get_running_loop().create_future()
            if self._asking is None or self._asking.done():
                self._asking = asyncio.create_task(self._ask_for_all())
        # Whoever gives up takes the answer from nobody.
        return await asyncio.shield(future)

    def end(self, session_id: UUID) -> None:
        """Forget a session that is over and tell those who wait for its end."""
        self._asked.pop(session_id, None)
        self._viewers.pop(session_id, None)
        self._over[session_id] = None
        if len(self._over) > MOST_REMEMBERED:
            self._over.popitem(last=False)
        self._tell(session_id)

    async def ended(self, viewer: Viewer) -> None:
        """Returns when the viewer's session is over or may do something else than the viewer, within about two seconds,
        whichever process did it."""
        session_id = viewer.session_id
        if session_id is None or session_id in self._over or self._viewers.get(session_id, viewer) != viewer:
            return
        event = asyncio.Event()
        self._waiting.setdefault(session_id, []).append(event)
        self._go_round()
        try:
            await event.wait()
        finally:
            waiting = self._waiting[session_id]
            waiting.remove(event)
            if not waiting:
                del self._waiting[session_id]

    async def close(self) -> None:
        for task in (self._rounds, self._asking):
            if task is not None:
                task.cancel()
                with suppress(asyncio.CancelledError):
                    await task
        for future in self._joining.values():
            future.cancel()

    async def _ask_for_all(self) -> None:
        while self._joining:
            joining, self._joining = self._joining, {}
            try:
                alive = await self._ask(list(joining))
            except BaseException as error:
                for future in joining.values():
                    if not future.done():
                        if isinstance(error, Exception):
                            future.set_exception(error)
                            future.exception()  # those who gave up are not told
                        else:
                            future.cancel()
                if not isinstance(error, Exception):
                    raise
                continue
            for session_id, future in joining.items():
                if not future.done():
                    future.set_result(alive.get(session_id))

    async def _ask(self, session_ids: Sequence[UUID]) -> dict[UUID, Viewer]:
        """Those of them that are alive."""
        asked = time.monotonic()
        count("sessions.asked")
        alive = await live_sessions(self._system, session_ids)
        # One that ended here meanwhile may have been alive still when PostgreSQL looked.
        alive = {id: viewer for id, viewer in alive.items() if id not in self._over}
        for session_id in session_ids:
            if session_id not in alive:
                self.end(session_id)
                continue
            self._remember(alive[session_id], asked)
        self._go_round()
        return alive

    def _remember(self, viewer: Viewer, asked: float) -> None:
        session_id = cast(UUID, viewer.session_id)
        before = self._viewers.get(session_id)
        if before != viewer:
            # The same object as long as it says the same.
            self._viewers[session_id] = viewer
        self._asked[session_id] = asked
        self._asked.move_to_end(session_id)
        if len(self._asked) > MOST_REMEMBERED:
            forgotten, _ = self._asked.popitem(last=False)
            del self._viewers[forgotten]
        if before is not None and before != viewer:
            self._tell(session_id)

    def _tell(self, session_id: UUID) -> None:
        for event in self._waiting.get(session_id, ()):
            event.set()

    def _go_round(self) -> None:
        if self._rounds is None or self._rounds.done():
            self._rounds = asyncio.create_task(self._round())

    async def _round(self) -> None:
        while True:
            await asyncio.sleep(ROUND_SECONDS)
            session_ids = list(self._used.union(self._waiting))
            self._used.clear()
            if not session_ids:
                return
            # A database that is away for a while ends nobody's session.
            with suppress(OSError, asyncpg.PostgresError, SQLAlchemyError):
                await self._ask(session_ids)
                await self._touch(session_ids)

    async def _touch(self, session_ids: Sequence[UUID]) -> None:
        """Write down that they were used: here, where no request waits for it."""
        now = time.monotonic()
        due = [id for id in session_ids if id in self._asked and now - self._touched.get(id, -inf) >= TOUCH_SECONDS]
        if due:
            await touch_sessions(self._system, due)
            self._touched.update(dict.fromkeys(due, now))
        if len(self._touched) > 2 * MOST_REMEMBERED:
            self._touched = {id: at for id, at in self._touched.items() if id in self._asked}
