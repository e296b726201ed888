"""One operation on one socket: a task while it has something of its own to say, a place in a feed afterwards."""

import asyncio
from collections.abc import AsyncGenerator
from contextlib import aclosing
from typing import TYPE_CHECKING

import orjson
from graphql import OperationType

from api.errors import ClientError, format_errors
from api.transport.documents import Refused
from api.transport.entrance import Admission, read_charged
from api.transport.feed import MOST_FRAMES, Batch, Feed
from api.transport.follower import Follower
from api.transport.operation import Operation, render_failure
from api.transport.outlet import Lagging, lagging_error
from api.transport.parameters import Parameters
from api.transport.socket.frames import text_frame, text_head
from api.transport.stream import Rendering, answers_of
from domain.changes.position import Position

if TYPE_CHECKING:
    from api.transport.socket.socket import Socket

TAIL = b"}"
WORTH_SHARING = 2_048
"""Bytes of an answer from which it is not copied for each socket any more."""


class Running:
    """Begun by `start`; the socket forgets it when it is over, and ends it by `stop`."""

    __slots__ = ("_feed", "_task", "id", "socket")

    def __init__(self, socket: "Socket", identifier: str) -> None:
        self.socket = socket
        self.id = identifier
        self._feed: Feed | None = None
        self._task: asyncio.Task[None] | None = None

    def start(self, parameters: Parameters) -> None:
        self._task = self.socket.spawn(self._run(parameters))

    def stop(self) -> None:
        """At once, whatever it is doing."""
        task, self._task = self._task, None
        feed, self._feed = self._feed, None
        if task is not None:
            task.cancel()
        if feed is not None:
            feed.leave(self)

    # ------------------------------------------------------------------ on its own

    async def _run(self, parameters: Parameters) -> None:
        sockets, viewer, network = self.socket.sockets, self.socket.viewer, self.socket.network
        admission: Admission | None = None
        try:
            try:
                if sockets.entrance is not None:
                    admission = sockets.entrance.admit(viewer, network)
                operation = await read_charged(sockets.operations, parameters, admission)
            except ClientError as error:
                raise Refused([error]) from None
            if operation.kind is OperationType.SUBSCRIPTION:
                await self._subscribe(operation)
                return
            answer = await sockets.operations.answer(operation, sockets.connections, viewer, network, admission)
        except Refused as refused:
            self._over(b"error", orjson.dumps(format_errors(refused.errors)))
            return
        finally:
            if admission is not None:
                admission.over()
        try:
            await self._next(answer)
        except Lagging:
            await self._next(render_failure(lagging_error()))
        self._over(b"complete")

    async def _subscribe(self, operation: Operation) -> None:
        sockets = self.socket.sockets
        rendering = Rendering(
            sockets.operations, operation, sockets.connections, self.socket.viewer, self.socket.network
        )
        start = await sockets.starts.begin(rendering)
        if start is not None:
            await self._follow(Follower.begin(sockets.feeds, start))
            return
        await self._say_all(answers_of(await rendering.source(), rendering))
        self._over(b"complete")

    async def _follow(self, follower: Follower) -> None:
        took_all = await self._say_all(aiter(follower))
        held = follower.held
        if not took_all or held is None:
            self._over(b"complete")
            return
        # From here on without a task.
        self._task = None
        self._feed = held.feed
        held.feed.swap(held, self)

    async def _say_all(self, stream: AsyncGenerator[bytes, None]) -> bool:
        """False where the reader was too slow, and has been told."""
        try:
            async with aclosing(stream):
                async for answer in stream:
                    await self._next(answer)
        except Lagging:
            # The source is closed by now. Should the reader come back within another limit, it is told.
            await self._next(render_failure(lagging_error()))
            return False
        return True

    async def _next(self, answer: bytes) -> None:
        """Raises Lagging where the socket does not take it in time."""
        head = self._head(answer)
        if len(answer) < WORTH_SHARING:
            await self.socket.say_in_time(b"".join((head, answer, TAIL)))
        else:
            await self.socket.say_in_time(head, answer, TAIL)

    def _over(self, kind: bytes, payload: bytes | None = None) -> None:
        self._task = self._feed = None
        self.socket.operation_over(self)
        content = b"" if payload is None else b',"payload":' + payload
        self.socket.say(text_frame(b'{"id":' + orjson.dumps(self.id) + b',"type":"' + kind + b'"' + content + TAIL))

    # ------------------------------------------------------------------ in a feed

    def take(self, batch: Batch) -> bool:
        socket = self.socket
        if socket.is_paused:
            return False
        message = batch.messages.get(self.id)
        if message is not None:
            socket.transport.write(message)
        elif len(batch.messages) < MOST_FRAMES:
            batch.messages[self.id] = message = b"".join(
                [part for body in batch.bodies for part in (self._head(body), body, TAIL)]
            )
            socket.transport.write(message)
        else:
            socket.transport.writelines([part for body in batch.bodies for part in (self._head(body), body, TAIL)])
        return True

    def fell_out(self, position: Position) -> None:
        feed, self._feed = self._feed, None
        if feed is not None:
            self._task = self.socket.spawn(self._follow(Follower.again(feed, position)))

    def over(self, last: bytes | None) -> None:
        self._feed = None
        if last is None:
            self._over(b"complete")
        else:
            self._task = self.socket.spawn(self._end(last))

    async def _end(self, last: bytes) -> None:
        await self._next(last)
        self._over(b"complete")

    def _head(self, body: bytes) -> bytes:
        """What stands before an answer: the frame's head and the message's beginning."""
        beginning = b'{"id":' + orjson.dumps(self.id) + b',"type":"next","payload":'
        return text_head(len(beginning) + len(body) + len(TAIL)) + beginning
