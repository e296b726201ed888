"""One reader of a journal for all who ask the same and may see the same: each event is loaded and rendered once.

A subscriber's own part, what it missed and what it is shown first, is its own (api/transport/follower.py). With that
behind it, it joins the feed at its position, without a gap and without a repeat. A subscriber that does not take what
comes leaves the feed and goes on by itself from where it stood: so nothing is queued for it, and nobody waits for it.
"""

import asyncio
import math
import time
from collections import deque
from collections.abc import Awaitable, Callable, Hashable, Iterator, Sequence
from dataclasses import replace
from typing import Any, Protocol

import orjson
from graphql import ArgumentNode, FieldNode, OperationDefinitionNode, OperationType, VariableNode
from graphql.language import Visitor, visit

from api.live.following import Following
from api.transport.operation import Answer, Operation, render_failure
from domain.changes.position import Position
from runtime.broadcast import Listener
from runtime.viewer import Viewer

MOST_HELD = 100
MOST_HELD_BYTES = 256 * 1024
"""What comes while a subscriber is still busy with its own part; beyond either it reads on by itself."""
PACE_SECONDS = 0.01
"""Between two looks at a journal that does not rest: what comes meanwhile is read, and written to each, together."""
AT_ONCE = 250
"""Subscribers that are served before the rest of the process gets its turn."""
MOST_FRAMES = 16
"""Different operation ids whose messages are kept while a batch is handed out: most clients count from 1."""

Render = Callable[[object], Awaitable[Answer]]


class Batch:
    """The answers of one page of the journal, and the messages made of them by operation id."""

    __slots__ = ("bodies", "messages", "size")

    def __init__(self, bodies: Sequence[bytes]) -> None:
        self.bodies = bodies
        self.size = sum(map(len, bodies))
        self.messages: dict[str, bytes] = {}


class Member(Protocol):
    """A subscriber to whom the feed speaks. It must not wait, and must not fail."""

    def take(self, batch: Batch) -> bool:
        """False: not now. Then `fell_out` is called."""

    def fell_out(self, position: Position) -> None:
        """The feed goes on without it; it has had everything before the position."""

    def over(self, last: bytes | None) -> None:
        """The stream has ended, with this answer if there is one."""


class Held:
    """Keeps what the feed says until the subscriber is through with its own part."""

    __slots__ = ("_size", "bodies", "feed", "fell_at", "is_over", "last")

    def __init__(self, feed: "Feed") -> None:
        self.feed = feed
        self.bodies: deque[bytes] = deque()
        self.fell_at: Position | None = None
        self.is_over = False
        self.last: bytes | None = None
        self._size = 0

    def take(self, batch: Batch) -> bool:
        if len(self.bodies) + len(batch.bodies) > MOST_HELD or self._size + batch.size > MOST_HELD_BYTES:
            return False
        self.bodies.extend(batch.bodies)
        self._size += batch.size
        return True

    def copy(self) -> "Held":
        """Another one in the same place, which has been told the same."""
        other = Held(self.feed)
        other.bodies.extend(self.bodies)
        other._size, other.fell_at, other.is_over, other.last = self._size, self.fell_at, self.is_over, self.last
        self.feed.place_beside(self, other)
        return other

    def leave(self) -> None:
        self.feed.leave(self)

    def fell_out(self, position: Position) -> None:
        self.fell_at = position

    def over(self, last: bytes | None) -> None:
        self.is_over = True
        self.last = last


class Feeds:
    """The feeds of one process, by what is asked and who may see it. Each lives as long as it has members."""

    def __init__(self) -> None:
        self._feeds: dict[Hashable, Feed] = {}

    def join(self, key: Hashable, source: Following[Any], render: Render, position: Position) -> Held | None:
        """A place in the feed from the position on; None where the feed is past it."""
        feed = self._feeds.get(key)
        if feed is None:
            feed = self._feeds[key] = Feed(self, key, source, render, position)
        return feed.join(position)

    def drop(self, feed: "Feed") -> None:
        if self._feeds.get(feed.key) is feed:
            del self._feeds[feed.key]

    def __iter__(self) -> "Iterator[Feed]":
        return iter(self._feeds.values())

    def __len__(self) -> int:
        return len(self._feeds)


class Feed:
    """`source` and `render` are those of the first who came; the others' would be the same."""

    def __init__(self, feeds: Feeds, key: Hashable, source: Following[Any], render: Render, position: Position) -> None:
        self.feeds = feeds
        self.key = key
        self.source = source
        self.render = render
        self._position = position
        self._looked = -math.inf
        self._members: dict[Member, None] = {}
        # Those who are ahead of the feed, and where.
        self._ahead: dict[Member, Position] = {}
        # Those of the members who have yet to be told the batch that is being handed out.
        self._due: dict[Member, None] = {}
        self._listener: Listener | None = None
        self._task = asyncio.get_running_loop().create_task(self._run())

    def join(self, position: Position) -> Held | None:
        if position < self._position:
            return None
        held = Held(self)
        if position == self._position:
            self._members[held] = None
        else:
            self._ahead[held] = position
            if self._listener is not None:
                # The feed may not have heard of lines that do not matter to it: it catches up.
                self._listener.look()
        return held

    def swap(self, held: Held, member: Member) -> None:
        """The member takes the place of one that has kept what came for it until now."""
        self.place_beside(held, member)
        self._remove(held)

    def place_beside(self, member: Member, other: Member) -> None:
        """Another one that has had the same as the member; nothing where the member is not here any more."""
        if member in self._members:
            self._members[other] = None
        elif member in self._ahead:
            self._ahead[other] = self._ahead[member]
        if member in self._due:
            self._due[other] = None

    def leave(self, member: Member) -> None:
        self._remove(member)
        if not self._members and not self._ahead:
            self.feeds.drop(self)
            if asyncio.current_task() is not self._task:
                self._task.cancel()

    def __len__(self) -> int:
        return len(self._members) + len(self._ahead)

    def _remove(self, member: Member) -> None:
        self._members.pop(member, None)
        self._ahead.pop(member, None)
        self._due.pop(member, None)

    # ------------------------------------------------------------------ the reader

    async def _run(self) -> None:
        last: bytes | None = None
        try:
            with self.source.listen() as self._listener:
                while self:
                    if not await self._go_on():
                        break
        except Exception as error:
            last = render_failure(error)
        self.feeds.drop(self)
        members = [*self._members, *self._ahead]
        self._members.clear()
        self._ahead.clear()
        for member in members:
            member.over(last)

    async def _go_on(self) -> bool:
        """One page, and the wait behind the last one. False: the stream is over."""
        await asyncio.sleep(max(0.0, self._looked + PACE_SECONDS - time.monotonic()))
        self._looked = time.monotonic()
        page = await self.source.read(self._position, min(self._ahead.values(), default=None))
        if page is None:
            return False
        bodies: list[bytes] = []
        has_data = True
        for event in page.events:
            answer = await self.render(event)
            bodies.append(answer.body)
            has_data = answer.has_data
            if not has_data:
                break
        await self._hand_out(bodies, page.end)
        self._promote()
        if has_data and page.end >= page.head and not self._ahead and self._listener is not None:
            await self._listener.wait(page.end.line - 1)
        return has_data

    async def _hand_out(self, bodies: Sequence[bytes], end: Position) -> None:
        before, self._position = self._position, end
        if not bodies:
            return
        batch = Batch(bodies)
        self._due = self._members.copy()
        while self._due:
            for _ in range(min(AT_ONCE, len(self._due))):
                member, _ = self._due.popitem()
                if not member.take(batch):
                    self._remove(member)
                    member.fell_out(before)
            if self._due:
                await asyncio.sleep(0)

    def _promote(self) -> None:
        """Those whom the feed has reached go with it; those it has passed read on by themselves."""
        for member, position in list(self._ahead.items()):
            if position > self._position:
                continue
            del self._ahead[member]
            if position == self._position:
                self._members[member] = None
            else:
                member.fell_out(position)


def shared_key(operation: Operation, viewer: Viewer | None, *, whole: bool = False) -> Hashable | None:
    """What two subscribers have in common if one answer serves both; None where it cannot be said.

    A viewer is all that row-level security binds, and the scopes: the session ends the socket, not the stream. Where
    one begins makes no difference to what follows: unless the `whole` is wanted, a variable that is nothing but the
    field's `after` is left out.
    """
    if viewer is None:
        return None
    variables = dict(operation.variables)
    if not whole:
        variables.pop(_position_variable(operation) or "", None)
    try:
        given = orjson.dumps([variables, operation.extensions], option=orjson.OPT_SORT_KEYS)
    except TypeError:
        return None
    visibility = replace(viewer, session_id=None, app_id=None)
    return operation.text, operation.name, given, visibility


def _position_variable(operation: Operation) -> str | None:
    for node in operation.document.definitions:
        if not isinstance(node, OperationDefinitionNode) or node.operation is not OperationType.SUBSCRIPTION:
            continue
        for field in node.selection_set.selections:
            for argument in (field.arguments or ()) if isinstance(field, FieldNode) else ():
                if name := _variable(argument):
                    # Named where it is declared and here; anywhere else it might matter.
                    return name if _times(operation, name) == 2 else None
    return None


def _times(operation: Operation, name: str) -> int:
    """How often a variable stands in the document."""
    found: list[VariableNode] = []

    class Uses(Visitor):
        def enter_variable(self, node: VariableNode, *_: object) -> None:
            if node.name.value == name:
                found.append(node)

    visit(operation.document, Uses())
    return len(found)


def _variable(argument: ArgumentNode) -> str | None:
    value = argument.value
    return value.name.value if argument.name.value == "after" and isinstance(value, VariableNode) else None
