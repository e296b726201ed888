"""A subscriber's own part of a stream: what it is shown first and what it missed, until it goes with the others."""

import asyncio
import time
from collections.abc import AsyncGenerator, Hashable, Sequence
from typing import Any

from api.live.following import Following, check_pace
from api.transport.feed import Feed, Feeds, Held, Render
from api.transport.operation import Answer, render_failure
from api.transport.starts import Start
from domain.changes.position import Position


class Follower:
    """Iterated to the end. Then `held` is the place in the feed where the subscriber goes on, everything before it
    having been given; None where the stream is over.
    """

    def __init__(
        self,
        feeds: Feeds,
        key: Hashable,
        source: Following[Any],
        render: Render,
        position: Position,
        shown: Sequence[Answer] = (),
        held: Held | None = None,
        was_live: bool = False,
    ) -> None:
        self.held = held
        self._feeds = feeds
        self._key = key
        self._source = source
        self._render = render
        self._position = position
        self._shown = shown
        self._was_live = was_live
        self._longest_held = 0.0

    @classmethod
    def begin(cls, feeds: Feeds, start: Start) -> "Follower":
        return cls(feeds, start.key, start.source, start.rendering, start.source.start, start.shown, start.held)

    @classmethod
    def again(cls, feed: Feed, position: Position) -> "Follower":
        """For one that fell out of a feed at the position."""
        return cls(feed.feeds, feed.key, feed.source, feed.render, position, was_live=True)

    async def __aiter__(self) -> AsyncGenerator[bytes, None]:
        is_live = False
        try:
            for answer in self._shown:
                yield answer.body
                if not answer.has_data:
                    return
            while True:
                if self.held is not None:
                    while self.held.bodies:
                        yield self.held.bodies.popleft()
                    if self.held.is_over:
                        if self.held.last is not None:
                            yield self.held.last
                        return
                    if self.held.fell_at is None:
                        is_live = True
                        return
                    self._position, self.held = self.held.fell_at, None
                page = await self._source.read(self._position)
                if page is None:
                    return
                if self._was_live:
                    check_pace(self._longest_held, self._position, page.head)
                self._position = page.end
                if page.end >= page.head:
                    # Before its events are shown: what comes meanwhile is kept, so that both always meet.
                    self.held = self._feeds.join(self._key, self._source, self._render, self._position)
                    self._was_live = True
                self._longest_held = 0.0
                for event in page.events:
                    answer = await self._render(event)
                    offered = time.monotonic()
                    yield answer.body
                    self._longest_held = max(self._longest_held, time.monotonic() - offered)
                    if not answer.has_data:
                        return
                    await asyncio.sleep(0)
        except Exception as error:
            yield render_failure(error)
        finally:
            if self.held is not None and not is_live:
                self.held.leave()
                self.held = None
