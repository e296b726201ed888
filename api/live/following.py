"""A journal read on and on: what was missed first, then each line soon after its commit.

It listens before it reads, so nothing falls in between; it reads pages through the viewer's own rights and holds no
connection while it waits; it keeps one page at most, however slowly its events are taken.
"""

import asyncio
import time
from collections.abc import AsyncGenerator, Awaitable, Callable, Collection, Sequence
from contextlib import AbstractContextManager
from dataclasses import dataclass
from typing import Generic, TypeVar
from uuid import UUID

from api.errors import LAGGING, RESYNC, ClientError
from domain.changes.lines import MOST_LINES, Line, check_position, heads_of, lines_from
from domain.changes.position import Position
from integrations.world import World
from runtime.broadcast import Listener
from runtime.reader import Reader
from runtime.viewer import Viewer

MOST_BEHIND = 10_000
"""Lines behind a resumed position: more are not replayed."""
MOST_WAITING = 1_000
"""Lines that may come while an event is not taken ..."""
PATIENCE_SECONDS = 5.0
"""... for as long as this."""
DATABASE_AWAY_SECONDS = 30.0
RETRY_SECONDS = 0.25

T = TypeVar("T")
EventsOf = Callable[[Reader, Sequence[Line], Position], Awaitable[Sequence[T]]]
"""What a page of lines means to one kind of stream: (reader, lines, position of the first object)."""


@dataclass(frozen=True, slots=True)
class Topic(Generic[T]):
    """What is followed of one stream: lines of these kinds (None: of all), with their data where it is needed."""

    stream_id: UUID
    events_of: EventsOf[T]
    kinds: Collection[str] | None = None
    with_data: bool = False


@dataclass(frozen=True, slots=True)
class Subscriber:
    """Who listens, and through what."""

    world: World
    viewer: Viewer

    def reader(self) -> Reader:
        """A snapshot of its own: to be used as a context manager, and not across a `yield`."""
        return Reader(self.world.database, self.viewer)


async def start_of(reader: Reader, stream_id: UUID, after: str | None) -> Position:
    """Where a stream begins: behind the client's position, or with what is new.

    Raises PositionProblem, and RESYNC for a position too far back.
    """
    if after is None:
        return (await heads_of(reader, [stream_id]))[stream_id]
    position, head = await check_position(reader, stream_id, after)
    if head.line - position.line > MOST_BEHIND:
        raise ClientError(RESYNC, f"The position is more than {MOST_BEHIND} lines old: read afresh and go on from now.")
    return position


@dataclass(frozen=True, slots=True)
class Page(Generic[T]):
    """Some lines of a journal: `end` is the position behind them, `head` the newest one when they were read."""

    events: Sequence[T]
    end: Position
    head: Position


@dataclass(frozen=True, slots=True)
class Following(Generic[T]):
    """What a subscription's resolver gives: where it begins, and how it goes on.

    Those who see the same and ask the same may read on together; iterated, it reads on alone.
    """

    subscriber: Subscriber
    topic: Topic[T]
    start: Position
    first: Sequence[T] = ()
    is_current: bool = True
    """Whether `start` was the newest position when it was read, and no position of the client's."""

    def __aiter__(self) -> AsyncGenerator[T, None]:
        return follow(self.subscriber, self.topic, self.start, self.first)

    def listen(self) -> AbstractContextManager[Listener]:
        return self.subscriber.world.broadcast.listen(self.topic.stream_id, self.topic.kinds)

    async def read(self, position: Position, until: Position | None = None) -> Page[T] | None:
        """The next page, which ends at `until` at the latest; None once the stream may not be seen any more."""
        return await _patiently(lambda: _read(self.subscriber, self.topic, position, until))


async def follow(
    subscriber: Subscriber, topic: Topic[T], start: Position, first: Sequence[T] = ()
) -> AsyncGenerator[T, None]:
    """`first`, then the topic's events from `start` on, without an end unless the stream may not be seen any more.

    Raises LAGGING when the events are not taken while many others come.
    """
    position = start
    is_live = False
    longest_held = 0.0
    with subscriber.world.broadcast.listen(topic.stream_id, topic.kinds) as listener:
        for event in first:
            yield event
        while True:
            page = await _patiently(lambda: _read(subscriber, topic, position))  # noqa: B023
            if page is None:
                return
            if is_live:
                check_pace(longest_held, position, page.head)
            position = page.end
            longest_held = 0.0
            for event in page.events:
                offered = time.monotonic()
                yield event
                longest_held = max(longest_held, time.monotonic() - offered)
            if page.end >= page.head:
                is_live = True
                await listener.wait(page.end.line - 1)


def check_pace(longest_held: float, position: Position, head: Position) -> None:
    """Raises LAGGING for a live reader that left an event for long while many others came."""
    if longest_held > PATIENCE_SECONDS and head.line - position.line > MOST_WAITING:
        raise ClientError(LAGGING, "Events are taken too slowly: resume after the last position.")


async def _read(
    subscriber: Subscriber, topic: Topic[T], position: Position, until: Position | None = None
) -> Page[T] | None:
    async with subscriber.reader() as reader:
        head = (await heads_of(reader, [topic.stream_id])).get(topic.stream_id)
        if head is None:
            return None
        if position >= head:
            return Page([], head, head)
        lines = await lines_from(
            reader, topic.stream_id, position, kinds=topic.kinds, with_data=topic.with_data, most=MOST_LINES
        )
        end = Position.after(lines[-1].seq) if len(lines) == MOST_LINES else head
        if until is not None and until < end:
            lines, end = [line for line in lines if line.seq < until.line], until
        events = await topic.events_of(reader, lines, position) if lines else []
    return Page(events, end, head)


async def _patiently(read: Callable[[], Awaitable[T]]) -> T:
    """Again and again while PostgreSQL is away for a moment."""
    given_up = time.monotonic() + DATABASE_AWAY_SECONDS
    while True:
        try:
            return await read()
        except OSError:
            if time.monotonic() > given_up:
                raise
        await asyncio.sleep(RETRY_SECONDS)
