"""Which sessions are alive: nobody is believed for longer than two seconds after PostgreSQL was asked.

Sessions in use are asked about all together once a second, ahead of time, so that a request rarely waits for it.
"""

import asyncio
import time
from collections import OrderedDict
from collections.abc import Sequence
from contextlib import suppress
from uuid import UUID

import asyncpg

from domain.identity.sessions import live_sessions
from runtime.counters import count
from runtime.system import SystemDatabase

REMEMBERED_SECONDS = 2.0
ROUND_SECONDS = 1.0
MOST_REMEMBERED = 10_000


class LiveSessions:
    def __init__(self, system: SystemDatabase) -> None:
        self._system = system
        self._asked: OrderedDict[UUID, float] = OrderedDict()
        """When a live session was last asked about (monotonic)."""
        self._over: OrderedDict[UUID, None] = OrderedDict()
        """Ended sessions: none of them comes back to life."""
        self._used: set[UUID] = set()
        """Sessions that a request came with since the last round."""
        self._waiting: dict[UUID, list[asyncio.Event]] = {}
        self._rounds: asyncio.Task[None] | None = None
        self._joining: dict[UUID, asyncio.Future[bool]] = {}
        """Who is to be asked about next; those who come while PostgreSQL is asked go together."""
        self._asking: asyncio.Task[None] | None = None

    async def is_live(self, session_id: UUID) -> bool:
        asked = self._asked.get(session_id)
        if asked is not None and time.monotonic() - asked < REMEMBERED_SECONDS:
            self._used.add(session_id)
            return True
        if session_id in self._over:
            return False
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
        self._over[session_id] = None
        if len(self._over) > MOST_REMEMBERED:
            self._over.popitem(last=False)
        for event in self._waiting.get(session_id, ()):
            event.set()

    async def ended(self, session_id: UUID) -> None:
        """Returns when the session is over, within about two seconds, whichever process ended it."""
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
                    future.set_result(session_id in alive)

    async def _ask(self, session_ids: Sequence[UUID]) -> set[UUID]:
        """Those of them that are alive."""
        asked = time.monotonic()
        count("sessions.asked")
        alive = await live_sessions(self._system, session_ids)
        # One that ended here meanwhile may have been alive still when PostgreSQL looked.
        alive.difference_update(self._over)
        for session_id in session_ids:
            if session_id not in alive:
                self.end(session_id)
                continue
            self._asked[session_id] = asked
            self._asked.move_to_end(session_id)
            if len(self._asked) > MOST_REMEMBERED:
                self._asked.popitem(last=False)
        self._go_round()
        return alive

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
            with suppress(OSError, asyncpg.PostgresError):
                await self._ask(session_ids)
