"""A subscription as a stream of answers, whatever carries them."""

import asyncio
import logging
from collections.abc import AsyncGenerator, AsyncIterator

from graphql import ExecutionResult

from api.transport.connections import Connections
from api.transport.documents import Refused
from api.transport.operation import Operation, Operations, render, render_failure
from runtime.viewer import Viewer

log = logging.getLogger("coffer.api")


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
    try:
        async with connections.context(viewer, network) as context:
            source = await operations.source(operation, context)
    except Refused:
        raise
    except Exception as error:
        raise Refused([error]) from error
    if isinstance(source, ExecutionResult):
        yield render(source)
        return
    events = aiter(source)
    try:
        while True:
            try:
                event = await anext(events)
                async with connections.context(viewer, network) as context:
                    answer = await operations.event(operation, context, event)
            except StopAsyncIteration:
                return
            except Refused as refused:
                yield render_failure(*refused.errors)
                return
            except Exception as error:
                yield render_failure(error)
                return
            yield answer.body
            if not answer.has_data:
                return
            # A source that replays from memory never waits: the other connections want their turn.
            await asyncio.sleep(0)
    finally:
        await _close(events)


async def _close(events: AsyncIterator[object]) -> None:
    if not isinstance(events, AsyncGenerator):
        return
    try:
        await events.aclose()
    except Exception:
        log.exception("a subscription's source failed while it was closed")
