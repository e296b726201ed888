"""One client, the graphql-transport-ws protocol.

Source: enisdenjo/graphql-ws, PROTOCOL.md, for messages and close codes. Beyond it: 4403 when the session ends or the
token is refused, 1012 when the server stops, 1013 (come again) for a reader that is too slow and for our own failures;
clients take 1012, 1013 and 4403 as reasons to connect again.
"""

import asyncio
import logging
from collections.abc import Coroutine, Mapping, Sequence
from typing import TYPE_CHECKING

import orjson
from uvicorn.server import ServerState

from api.errors import FORBIDDEN, LIMITED, UNAUTHENTICATED, ClientError, format_errors
from api.transport.outlet import Lagging
from api.transport.places import Whose, whose_place
from api.transport.socket.frames import text_frame
from api.transport.socket.handshake import Handshake
from api.transport.socket.messages import BadMessage, Complete, Init, Ping, Pong, Subscribe, read_message
from api.transport.socket.running import Running
from api.transport.socket.wire import NOT_UTF8, RESTARTING, TOO_SLOW, Phase, Wire
from runtime.viewer import Viewer

if TYPE_CHECKING:
    from api.transport.socket.sockets import Sockets

SUBPROTOCOL = "graphql-transport-ws"
LEGACY_SUBPROTOCOL = "graphql-ws"

TRY_AGAIN = (1013, "Try again later")
UNAUTHORIZED = (4401, "Unauthorized")
FORBIDDEN_CLOSE = (4403, "Forbidden")
UNACCEPTABLE = (4406, "Subprotocol not acceptable")
INIT_TIMEOUT = (4408, "Connection initialisation timeout")
TOO_MANY_SOCKETS = (1013, "LIMITED: too many sockets")
TOO_MANY_INITS = (4429, "Too many initialisation requests")

ACKNOWLEDGED = text_frame(b'{"type":"connection_ack"}')

log = logging.getLogger("coffer.api")


class Socket(Wire):
    """Has no task of its own: only operations have, and only while they say something that is theirs alone."""

    __slots__ = (
        "_authorization",
        "_is_acceptable",
        "_is_acknowledged",
        "_is_initialised",
        "_operations",
        "_place",
        "_second",
        "_tasks",
        "_told",
        "network",
        "viewer",
    )

    def __init__(self, sockets: "Sockets", server: ServerState) -> None:
        super().__init__(sockets, server)
        self.viewer: Viewer | None = None
        self._authorization: str | None = None
        self._is_acceptable = False
        self._is_initialised = False
        self._is_acknowledged = False
        self._operations: dict[str, Running] | None = None
        self._tasks: set[asyncio.Task[None]] | None = None
        self._place: Whose | None = None
        """Whose sockets it is counted among."""
        self._second = 0
        self._told = 0
        """Messages that came in that second of the loop's clock."""
        self.network = ""
        """Where the client is, "" where that is not known."""

    # ------------------------------------------------------------------ the socket's life

    def may_open(self, handshake: Handshake) -> bool:
        peer = self.transport.get_extra_info("peername")
        address = str(peer[0]) if isinstance(peer, tuple) and peer else ""
        self.network = self.sockets.front.proxies.client(address, handshake.lines)
        headers = handshake.headers
        return self.sockets.front.origins.allows_socket(headers.get("origin"), headers.get("host"))

    def on_open(self, headers: Mapping[str, str], offered: Sequence[str]) -> str | None:
        self._authorization = headers.get("authorization")
        self._is_acceptable = SUBPROTOCOL in offered
        if self._is_acceptable:
            return SUBPROTOCOL
        # Browsers drop a socket whose subprotocol is not answered, and would never see the code.
        return LEGACY_SUBPROTOCOL if LEGACY_SUBPROTOCOL in offered else None

    def on_opened(self) -> None:
        if self.sockets.is_closed:
            self.finish(*RESTARTING)
        elif not self._is_acceptable:
            self.finish(*UNACCEPTABLE)
        else:
            self.sockets.greeting.start(self)

    def init_overdue(self) -> None:
        self.finish(*INIT_TIMEOUT)

    def session_over(self) -> None:
        self.finish(*FORBIDDEN_CLOSE)

    def session_unknown(self) -> None:
        self.finish(*TRY_AGAIN)

    def on_over(self) -> None:
        operations, self._operations = self._operations, None
        for operation in (operations or {}).values():
            operation.stop()
        for task in self._tasks or ():
            task.cancel()
        self.sockets.greeting.stop(self)
        if self._place is not None:
            self.sockets.places.give_back(self._place)
        if self.viewer is not None:
            self.sockets.sessions.forget(self.viewer, self)

    def spawn(self, work: Coroutine[object, object, None]) -> asyncio.Task[None]:
        task = asyncio.get_running_loop().create_task(work)
        if self._tasks is None:
            self._tasks = set()
        self._tasks.add(task)
        # The server waits for them when it stops.
        self._server.tasks.add(task)
        task.add_done_callback(self._task_done)
        return task

    def _task_done(self, task: asyncio.Task[None]) -> None:
        self._server.tasks.discard(task)
        if self._tasks is not None:
            self._tasks.discard(task)
            if not self._tasks:
                self._tasks = None
        failure = None if task.cancelled() else task.exception()
        if isinstance(failure, Lagging):
            self.finish(*TOO_SLOW)
        elif failure is not None:
            log.error("a socket failed", exc_info=failure)
            self.finish(*TRY_AGAIN)

    # ------------------------------------------------------------------ in

    def on_binary(self) -> None:
        self.finish(4400, "Only text frames are understood")

    def on_too_large(self) -> None:
        self.finish(4400, f"A frame is larger than {self.sockets.bounds.frame} bytes")

    def on_text(self, data: bytes) -> None:
        self._count()
        try:
            message = read_message(data)
        except UnicodeDecodeError:
            self.finish(*NOT_UTF8)
            return
        except BadMessage as error:
            self.finish(4400, str(error))
            return
        match message:
            case Init():
                self._init(message)
            case Ping():
                payload = b"" if message.payload is None else b',"payload":' + orjson.dumps(message.payload)
                self.say(text_frame(b'{"type":"pong"' + payload + b"}"))
            case Pong():
                return
            case Subscribe():
                self._subscribe(message)
            case Complete():
                operation = (self._operations or {}).pop(message.id, None)
                if operation is not None:
                    operation.stop()

    def _count(self) -> None:
        """Whoever says too much in a second is heard again in the next."""
        loop = asyncio.get_running_loop()
        now = loop.time()
        if int(now) != self._second:
            self._second, self._told = int(now), 0
        self._told += 1
        if self._told >= self.sockets.bounds.messages_per_second:
            self.hold()
            loop.call_at(self._second + 1, self._hear_again)

    def _hear_again(self) -> None:
        if self._is_acknowledged or not self._is_initialised:
            self.release()

    def _init(self, message: Init) -> None:
        if self._is_initialised:
            self.finish(*TOO_MANY_INITS)
            return
        self._is_initialised = True
        self.sockets.greeting.stop(self)
        authorization = self._authorization if message.authorization is None else message.authorization
        self._authorization = None
        # What comes meanwhile waits: it may count on the acknowledgement.
        self.hold()
        self.spawn(self._greet(authorization))

    async def _greet(self, authorization: str | None) -> None:
        try:
            viewer = await self.sockets.connections.authenticate(authorization)
        except ClientError as error:
            self.finish(*(FORBIDDEN_CLOSE if error.code in {UNAUTHENTICATED, FORBIDDEN} else TRY_AGAIN))
            return
        if self.phase is not Phase.OPEN:
            return
        place = whose_place(viewer, self.network)
        if not self.sockets.places.take(place):
            self.finish(*TOO_MANY_SOCKETS)
            return
        self._place = place
        self.viewer = viewer
        if viewer is not None:
            self.sockets.sessions.watch(viewer, self)
        self._is_acknowledged = True
        self.say(ACKNOWLEDGED)
        self.release()

    def _subscribe(self, message: Subscribe) -> None:
        most = self.sockets.bounds.operations_per_socket
        if self._operations is None:
            self._operations = {}
        if not self._is_acknowledged:
            self.finish(*UNAUTHORIZED)
        elif message.id in self._operations:
            self.finish(4409, f"Subscriber for {message.id} already exists")
        # Ended operations that still clean up count too, or a client could pile them up.
        elif len(self._operations) >= most or len(self._tasks or ()) >= 2 * (most + 4):
            error = ClientError(
                LIMITED,
                f"At most {most} operations run on one connection",
                {"limit": "operations_per_socket", "value": most + 1, "maximum": most},
            )
            refusal = {"id": message.id, "type": "error", "payload": format_errors([error])}
            self.say(text_frame(orjson.dumps(refusal)))
        else:
            self._operations[message.id] = operation = Running(self, message.id)
            operation.start(message.parameters)

    def operation_over(self, operation: Running) -> None:
        """Its id is free again."""
        if self._operations is not None and self._operations.get(operation.id) is operation:
            del self._operations[operation.id]

    # ------------------------------------------------------------------ out

    async def say_in_time(self, *parts: bytes) -> None:
        """Raises Lagging where the client does not take what went before."""
        if not self.is_paused:
            await self.send(*parts)
            return
        try:
            async with asyncio.timeout(self.sockets.bounds.send_seconds):
                await self.send(*parts)
        except TimeoutError:
            raise Lagging from None
