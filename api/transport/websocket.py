"""GraphQL over WebSocket, the graphql-transport-ws protocol.

Source: enisdenjo/graphql-ws, PROTOCOL.md, for messages and close codes. Beyond it: 4403 when the session ends or the
token is refused, 1012 when the server stops, 1013 (come again) for a reader that is too slow and for our own failures;
clients take 1012, 1013 and 4403 as reasons to connect again.
"""

import asyncio
import logging
from collections.abc import Coroutine
from contextlib import aclosing

import orjson
from graphql import OperationType
from starlette.types import Receive, Scope, Send
from starlette.websockets import WebSocket, WebSocketDisconnect, WebSocketDisconnected

from api.errors import FORBIDDEN, LIMITED, UNAUTHENTICATED, ClientError, format_errors
from api.transport.bounds import Bounds
from api.transport.connections import Connections, network_of
from api.transport.documents import Refused
from api.transport.frames import BadFrame, Complete, Frame, Init, Ping, Pong, Subscribe, read_frame
from api.transport.operation import Operations, render_failure
from api.transport.outlet import Lagging, Outlet, lagging_error
from api.transport.parameters import Parameters
from api.transport.stream import answers
from runtime.viewer import Viewer

SUBPROTOCOL = "graphql-transport-ws"
LEGACY_SUBPROTOCOL = "graphql-ws"

RESTARTING = (1012, "Service restart")
TRY_AGAIN = (1013, "Try again later")
TOO_SLOW = (1013, "LAGGING: too slow for the stream")
UNAUTHORIZED = (4401, "Unauthorized")
FORBIDDEN_CLOSE = (4403, "Forbidden")
UNACCEPTABLE = (4406, "Subprotocol not acceptable")
INIT_TIMEOUT = (4408, "Connection initialisation timeout")
TOO_MANY_INITS = (4429, "Too many initialisation requests")

# A close frame has room for 123 bytes of reason.
LONGEST_REASON = 123

log = logging.getLogger("coffer.api")


class WebSocketTransport:
    """An ASGI application for one WebSocket route."""

    def __init__(
        self, operations: Operations, connections: Connections, bounds: Bounds, closing: asyncio.Event
    ) -> None:
        self._operations = operations
        self._connections = connections
        self._bounds = bounds
        self._closing = closing

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        websocket = WebSocket(scope, receive, send)
        offered = scope["subprotocols"]
        try:
            if SUBPROTOCOL not in offered:
                # Browsers drop a socket whose subprotocol is not answered, and would never see the code.
                await websocket.accept(LEGACY_SUBPROTOCOL if LEGACY_SUBPROTOCOL in offered else None)
                await websocket.close(*UNACCEPTABLE)
                return
            await websocket.accept(SUBPROTOCOL)
        except (WebSocketDisconnect, WebSocketDisconnected):
            return
        await _Socket(websocket, self._operations, self._connections, self._bounds).run(self._closing)


class _Socket:
    def __init__(self, websocket: WebSocket, operations: Operations, connections: Connections, bounds: Bounds) -> None:
        self._websocket = websocket
        self._operations = operations
        self._connections = connections
        self._bounds = bounds
        self._outlet = Outlet(self._write, bounds.send_seconds)
        self._tasks: set[asyncio.Task[None]] = set()
        self._active: dict[str, asyncio.Task[None]] = {}
        # Why the socket is to be closed; None when the client has gone.
        self._end: asyncio.Future[tuple[int, str] | None] = asyncio.get_running_loop().create_future()
        self._initialised = False
        self._acknowledged = False
        self._viewer: Viewer | None = None

    async def run(self, closing: asyncio.Event) -> None:
        self._spawn(self._read())
        self._spawn(self._await_init())
        self._spawn(self._await_closing(closing))
        try:
            reason = await self._end
            # Closed before the operations are cleaned up: nothing of theirs can delay it.
            self._cancel_all()
            if reason is not None:
                await self._close(*reason)
        finally:
            self._cancel_all()
            if self._tasks:
                await asyncio.wait(self._tasks, timeout=self._bounds.close_seconds)

    # ------------------------------------------------------------------ the socket's life

    def _spawn(self, work: Coroutine[object, object, None]) -> asyncio.Task[None]:
        task = asyncio.create_task(self._guard(work))
        self._tasks.add(task)
        task.add_done_callback(self._tasks.discard)
        return task

    async def _guard(self, work: Coroutine[object, object, None]) -> None:
        try:
            await work
        except BadFrame as error:
            self._finish(4400, str(error))
        except Lagging:
            self._finish(*TOO_SLOW)
        except (WebSocketDisconnect, WebSocketDisconnected):
            self._gone()
        except Exception:
            log.exception("a socket failed")
            self._finish(*TRY_AGAIN)

    def _finish(self, code: int, reason: str) -> None:
        if not self._end.done():
            self._end.set_result((code, reason))

    def _gone(self) -> None:
        if not self._end.done():
            self._end.set_result(None)

    def _cancel_all(self) -> None:
        for task in self._tasks:
            task.cancel()

    async def _close(self, code: int, reason: str) -> None:
        short = reason.encode()[:LONGEST_REASON].decode(errors="ignore")
        try:
            async with asyncio.timeout(self._bounds.close_seconds):
                await self._websocket.close(code, short)
        except (TimeoutError, WebSocketDisconnect, WebSocketDisconnected):
            # Whoever does not read cannot be told; the server drops the connection when this returns.
            return

    async def _await_init(self) -> None:
        await asyncio.sleep(self._bounds.init_seconds)
        if not self._initialised:
            self._finish(*INIT_TIMEOUT)

    async def _await_closing(self, closing: asyncio.Event) -> None:
        await closing.wait()
        self._finish(*RESTARTING)

    async def _await_session_end(self, viewer: Viewer) -> None:
        await self._connections.session_ended(viewer)
        self._finish(*FORBIDDEN_CLOSE)

    # ------------------------------------------------------------------ in

    async def _read(self) -> None:
        while True:
            message = await self._websocket.receive()
            if message["type"] == "websocket.disconnect":
                self._gone()
                return
            await self._handle(read_frame(message.get("text"), self._bounds.frame))
            if self._end.done():
                return

    async def _handle(self, frame: Frame) -> None:
        match frame:
            case Init():
                await self._init(frame)
            case Ping():
                await self._send(
                    {"type": "pong"} if frame.payload is None else {"type": "pong", "payload": frame.payload}
                )
            case Pong():
                return
            case Subscribe():
                await self._subscribe(frame)
            case Complete():
                if (task := self._active.pop(frame.id, None)) is not None:
                    task.cancel()

    async def _init(self, frame: Init) -> None:
        if self._initialised:
            self._finish(*TOO_MANY_INITS)
            return
        self._initialised = True
        authorization = frame.authorization
        if authorization is None:
            authorization = self._websocket.headers.get("authorization")
        try:
            self._viewer = await self._connections.authenticate(authorization)
        except ClientError as error:
            self._finish(*(FORBIDDEN_CLOSE if error.code in {UNAUTHENTICATED, FORBIDDEN} else TRY_AGAIN))
            return
        if self._viewer is not None:
            self._spawn(self._await_session_end(self._viewer))
        self._acknowledged = True
        await self._send({"type": "connection_ack"})

    async def _subscribe(self, frame: Subscribe) -> None:
        if not self._acknowledged:
            self._finish(*UNAUTHORIZED)
        elif frame.id in self._active:
            self._finish(4409, f"Subscriber for {frame.id} already exists")
        # Ended operations that still clean up count too, or a client could pile them up.
        elif len(self._active) >= self._bounds.operations_per_socket or len(self._tasks) >= 2 * (
            self._bounds.operations_per_socket + 4
        ):
            words = f"At most {self._bounds.operations_per_socket} operations run on one connection"
            await self._refuse(frame.id, [ClientError(LIMITED, words)])
        else:
            self._active[frame.id] = self._spawn(self._operate(frame.id, frame.parameters))

    # ------------------------------------------------------------------ out

    async def _operate(self, identifier: str, parameters: Parameters) -> None:
        try:
            await self._answer(identifier, parameters)
        except Refused as refused:
            self._forget(identifier)
            await self._refuse(identifier, refused.errors)
            return
        except Lagging:
            # The source is closed by now. Should the reader come back within another limit, it is told.
            await self._next(identifier, render_failure(lagging_error()))
        self._forget(identifier)
        await self._send({"id": identifier, "type": "complete"})

    async def _answer(self, identifier: str, parameters: Parameters) -> None:
        operation = self._operations.read(parameters)
        if operation.kind is not OperationType.SUBSCRIPTION:
            answer = await self._operations.answer(
                operation, self._connections, self._viewer, network_of(self._websocket.scope)
            )
            await self._next(identifier, answer)
            return
        stream = answers(
            self._operations, operation, self._connections, self._viewer, network_of(self._websocket.scope)
        )
        async with aclosing(stream):
            async for answer in stream:
                await self._next(identifier, answer)

    def _forget(self, identifier: str) -> None:
        if self._active.get(identifier) is asyncio.current_task():
            del self._active[identifier]

    async def _refuse(self, identifier: str, errors: list[Exception]) -> None:
        await self._send({"id": identifier, "type": "error", "payload": format_errors(errors)})

    async def _next(self, identifier: str, answer: bytes) -> None:
        await self._outlet.send(b'{"id":' + orjson.dumps(identifier) + b',"type":"next","payload":' + answer + b"}")

    async def _send(self, message: dict[str, object]) -> None:
        await self._outlet.send(orjson.dumps(message))

    async def _write(self, data: bytes) -> None:
        try:
            await self._websocket.send_text(data.decode())
        except RuntimeError as error:
            # The server below has closed the connection and has not told us yet.
            raise WebSocketDisconnect(1006) from error
