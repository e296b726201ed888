"""Server-Sent Events, the distinct connections mode of the graphql-sse protocol.

Source: enisdenjo/graphql-sse, PROTOCOL.md. Each answer is an event `next`, the end an event `complete`; errors before
execution are a `next` as well, because a browser cannot read the body of a refused stream.
"""

import asyncio
import logging
from collections.abc import AsyncGenerator, Awaitable, Callable, Sequence
from contextlib import aclosing

import orjson
from starlette.types import Message, Receive, Send

from api.errors import UNAUTHENTICATED, ClientError, format_errors
from api.transport.bounds import Bounds
from api.transport.documents import Refused
from api.transport.operation import render_failure
from api.transport.outlet import Lagging, Outlet, lagging_error

log = logging.getLogger("coffer.api")

HEADERS = [
    (b"content-type", b"text/event-stream; charset=utf-8"),
    (b"cache-control", b"no-store"),
    # nginx would otherwise hold events back until its buffer is full.
    (b"x-accel-buffering", b"no"),
]
COMMENT = b":\n\n"
COMPLETE = b"event: complete\ndata:\n\n"


async def send_events(
    answers: AsyncGenerator[bytes, None],
    receive: Receive,
    send: Send,
    bounds: Bounds,
    ended: Callable[[], Awaitable[object]] | None,
    closing: asyncio.Event,
    headers: Sequence[tuple[bytes, bytes]] = (),
) -> None:
    """Streams the answers until they end, the client goes, `ended` (the session) completes or `closing` is set."""

    async def write(data: bytes) -> None:
        await send({"type": "http.response.body", "body": data, "more_body": True})

    outlet = Outlet(write, bounds.send_seconds)
    await send({"type": "http.response.start", "status": 200, "headers": [*HEADERS, *headers]})
    produce = asyncio.create_task(_produce(answers, outlet))
    gone = asyncio.create_task(_until_disconnected(receive))
    beat = asyncio.create_task(_beat(outlet, bounds.heartbeat_seconds))
    stopping = asyncio.create_task(closing.wait())
    tasks: list[asyncio.Task[None] | asyncio.Task[bool]] = [produce, gone, beat, stopping]
    session = asyncio.create_task(_until(ended())) if ended is not None else None
    if session is not None:
        tasks.append(session)
    try:
        await asyncio.wait(tasks, return_when=asyncio.FIRST_COMPLETED)
    finally:
        disconnected = gone.done()
        last = b"" if disconnected else _last_words(produce, beat, session)
        for task in tasks:
            task.cancel()
        await asyncio.wait(tasks, timeout=bounds.close_seconds)
        # The first failure has been dealt with; others that came meanwhile are the same one.
        for task in tasks:
            if task.done() and not task.cancelled():
                task.exception()
    if not disconnected:
        await _finish(outlet, send, last, bounds)


def _last_words(
    produce: asyncio.Task[None],
    beat: asyncio.Task[None],
    session: asyncio.Task[None] | None,
) -> bytes:
    if produce.done() and not produce.cancelled() and produce.exception() is None:
        # All has been said, `complete` too: what happened in the same moment comes too late.
        return b""
    if session is not None and session.done():
        failure = None if session.cancelled() else session.exception()
        if failure is not None:
            log.error("the end of a session could not be watched", exc_info=failure)
            return b""
        return _event(render_failure(ClientError(UNAUTHENTICATED, "The session has ended"))) + COMPLETE
    for task in (produce, beat):
        failure = task.exception() if task.done() and not task.cancelled() else None
        if isinstance(failure, Lagging):
            return _event(render_failure(lagging_error())) + COMPLETE
        if isinstance(failure, Exception):
            return _event(render_failure(failure)) + COMPLETE
    # The server stops: no `complete`, so that the client comes back.
    return b""


async def _finish(outlet: Outlet, send: Send, last: bytes, bounds: Bounds) -> None:
    try:
        if last:
            await outlet.send(last)
        async with asyncio.timeout(bounds.send_seconds):
            await send({"type": "http.response.body", "body": b"", "more_body": False})
    except (Lagging, TimeoutError):
        return


async def _produce(answers: AsyncGenerator[bytes, None], outlet: Outlet) -> None:
    # Proxies and clients take the stream as open when something has come.
    await outlet.send(COMMENT)
    async with aclosing(answers):
        try:
            async for answer in answers:
                await outlet.send(_event(answer))
        except Refused as refused:
            await outlet.send(_event(orjson.dumps({"errors": format_errors(refused.errors)})))
    await outlet.send(COMPLETE)


async def _beat(outlet: Outlet, seconds: float) -> None:
    while True:
        await asyncio.sleep(seconds)
        await outlet.send(COMMENT)


async def _until(ended: Awaitable[object]) -> None:
    await ended


async def _until_disconnected(receive: Receive) -> None:
    message: Message = {"type": ""}
    while message["type"] != "http.disconnect":
        message = await receive()


def _event(answer: bytes) -> bytes:
    # orjson writes no line breaks, so one data line holds the answer.
    return b"event: next\ndata: " + answer + b"\n\n"
