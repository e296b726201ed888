"""How streams begin: those who ask the same at the same time, and may see the same, begin together.

After a deployment everybody comes back at once. Whoever comes while a start is being made waits for the next one, so
that it is as new as if it had been made for them alone.
"""

import asyncio
from collections.abc import Hashable, Sequence
from dataclasses import dataclass

from api.live.following import Following
from api.transport.documents import Refused
from api.transport.feed import Feeds, Held, shared_key
from api.transport.operation import Answer
from api.transport.stream import Rendering


@dataclass(frozen=True, slots=True)
class Start:
    """`shown` is what comes first. `held` is the place in the feed behind it, None where something was missed."""

    key: Hashable
    source: Following[object]
    rendering: Rendering
    shown: Sequence[Answer]
    held: Held | None

    def copy(self) -> "Start":
        held = None if self.held is None else self.held.copy()
        return Start(self.key, self.source, self.rendering, self.shown, held)

    def abandon(self) -> None:
        if self.held is not None:
            self.held.leave()


class Starts:
    """The starts that are being made in this process."""

    def __init__(self, feeds: Feeds) -> None:
        self._feeds = feeds
        self._waiting: dict[Hashable, list[asyncio.Future[Start | None]]] = {}
        self._tasks: set[asyncio.Task[None]] = set()

    async def begin(self, rendering: Rendering) -> Start | None:
        """None for a source that cannot be shared, or not by this viewer. Raises Refused."""
        viewer, operation = rendering.viewer, rendering.operation
        asked = shared_key(operation, viewer, whole=True)
        if viewer is None or asked is None:
            return None
        start: asyncio.Future[Start | None] = asyncio.get_running_loop().create_future()
        if asked in self._waiting:
            self._waiting[asked].append(start)
        else:
            self._waiting[asked] = [start]
            task = asyncio.get_running_loop().create_task(self._make_all(asked, rendering))
            self._tasks.add(task)
            task.add_done_callback(self._tasks.discard)
        try:
            return await start
        except asyncio.CancelledError:
            if start.done() and not start.cancelled() and start.exception() is None:
                made = start.result()
                if made is not None:
                    made.abandon()
            raise

    def __len__(self) -> int:
        """How many different ones are under way."""
        return len(self._waiting)

    async def _make_all(self, asked: Hashable, rendering: Rendering) -> None:
        while waiting := self._waiting[asked]:
            self._waiting[asked] = []
            try:
                made = await self._make(rendering)
            except Exception as error:
                errors = error.errors if isinstance(error, Refused) else [error]
                for one in waiting:
                    if not one.done():
                        one.set_exception(Refused(errors))
                continue
            for one in waiting:
                if not one.done():
                    one.set_result(None if made is None else made.copy())
            if made is not None:
                made.abandon()
        del self._waiting[asked]

    async def _make(self, rendering: Rendering) -> Start | None:
        source = await rendering.source()
        key = shared_key(rendering.operation, rendering.viewer)
        if not isinstance(source, Following) or key is None:
            # A generator that was never begun: there is nothing to close.
            return None
        # Before anything is shown: what comes meanwhile is kept, so that the stream and its feed always meet.
        held = self._feeds.join(key, source, rendering, source.start) if source.is_current else None
        shown: list[Answer] = []
        for event in source.first:
            shown.append(await rendering(event))
            if not shown[-1].has_data:
                break
        return Start(key, source, rendering, shown, held)
