"""A subscription as a stream of answers, whatever carries them."""

import asyncio
import logging
from collections.abc import AsyncGenerator, AsyncIterable, AsyncIterator
from contextlib import aclosing
from dataclasses import dataclass
from typing import cast

from graphql import ExecutionResult

from api.transport.connections import Connections
from api.transport.documents import Refused
from api.transport.operation import Answer, Operation, Operations, check, render, render_failure
from runtime.viewer import Viewer

log = logging.getLogger("coffer.api")


@dataclass(frozen=True, slots=True)
class Rendering:
    """How one operation's source is made and its events are shown, on behalf of one viewer."""

    operations: Operations
    operation: Operation
    connections: Connections
    viewer: Viewer | None
    network: str

    async def source(self) -> AsyncIterable[object] | ExecutionResult:
        """Raises Refused if the operation does not start."""
        check(self.operation, self.viewer)
        try:
            with self.operations.time.of(_task()):
                async with self.connections.context(self.viewer, self.network) as context:
                    return await self.operations.source(self.operation, context)
        except Refused:
            raise
        except Exception as error:
            raise Refused([error]) from error

    async def __call__(self, event: object) -> Answer:
        """The answer to one event, from a snapshot of its own. What fails is in the answer, which then has no data."""
        try:
            with self.operations.time.of(_task()):
                async with self.connections.context(self.viewer, self.network) as context:
                    return await self.operations.event(self.operation, context, event)
        except Refused as refused:
            return Answer(render_failure(*refused.errors), has_data=False)
        except Exception as error:
            return Answer(render_failure(error), has_data=False)


async def answers(
    operations: Operations,
    operation: Operation,
    connections: Connections,
    viewer: Viewer | None,
    network: str,
) -> AsyncGenerator[bytes, None]:
    """The JSON of one answer for each event; close it to stop the source.

    Raises Refused before the first answer if the operation never started. An error of the source, or an event without
    any data, is the last answer: a client that resumes after the last position it saw then misses nothing.
    """
    rendering = Rendering(operations, operation, connections, viewer, network)
    async with aclosing(answers_of(await rendering.source(), rendering)) as stream:
        async for answer in stream:
            yield answer


async def answers_of(
    source: AsyncIterable[object] | ExecutionResult, rendering: Rendering
) -> AsyncGenerator[bytes, None]:
    if isinstance(source, ExecutionResult):
        yield render(source, rendering.operations.bounds)
        return
    events = aiter(source)
    try:
        while True:
            try:
                event = await anext(events)
            except StopAsyncIteration:
                return
            except Exception as error:
                yield render_failure(error)
                return
            answer = await rendering(event)
            yield answer.body
            if not answer.has_data:
                return
            # A source that replays from memory never waits: the other connections want their turn.
            await asyncio.sleep(0)
    finally:
        await _close(events)


def _task() -> "asyncio.Task[object]":
    return cast("asyncio.Task[object]", asyncio.current_task())


async def _close(events: AsyncIterator[object]) -> None:
    if not isinstance(events, AsyncGenerator):
        return
    try:
        await events.aclose()
    except Exception:
        log.exception("a subscription's source failed while it was closed")
