"""GraphQL over HTTP: POST and GET, negotiated media types, and a stream where one was asked for.

Source: graphql/graphql-over-http, spec/GraphQLOverHTTP.md. A request that is malformed gets a 4xx in either media type.
A well-formed one whose operation cannot start gets a 4xx as application/graphql-response+json and, for older clients,
200 as application/json.

Plain ASGI, without Starlette's Request and Response: they cost more than everything else here.
"""

import asyncio
from collections.abc import AsyncGenerator, Callable, Sequence
from functools import partial
from typing import cast

import orjson
from graphql import OperationType
from starlette.types import Receive, Scope, Send

from api.correlation import begin
from api.errors import LIMITED, ClientError, bad_input, format_errors
from api.transport.bounds import Bounds
from api.transport.connections import Connections
from api.transport.documents import Refused
from api.transport.entrance import Admission, Entrance, read_charged
from api.transport.front import Front
from api.transport.graphiql import GraphiqlPage
from api.transport.head import Headers, accepted_by, authorization_of, read_headers
from api.transport.negotiation import Accepted
from api.transport.operation import Operation, Operations
from api.transport.origins import with_lines
from api.transport.places import Places, whose_place
from api.transport.reply import head_of, pairs_of, send_answer, send_errors
from api.transport.request import Gone, Malformed, RequestReader
from api.transport.sse import send_events
from api.transport.stream import answers
from api.transport.watch import Departure, Watch
from runtime.viewer import Viewer

RETRY_AFTER_SECONDS = 1
"""After which it is worth trying again where too many streams are open."""


class HttpTransport:
    """An ASGI application for one address. `page` is what a browser gets that opens it."""

    def __init__(
        self,
        operations: Operations,
        connections: Connections,
        bounds: Bounds,
        closing: asyncio.Event,
        page: GraphiqlPage | None = None,
        front: Front | None = None,
        entrance: Entrance | None = None,
        places: Places | None = None,
    ) -> None:
        self._front = front or Front()
        self._entrance = entrance
        self._places = places or Places(bounds.sockets)
        self._head = head_of(self._front.lines)
        self._operations = operations
        self._connections = connections
        self._bounds = bounds
        self._closing = closing
        self._page = page
        self._requests = RequestReader(bounds)
        self._queries = Watch(bounds.unwatched_seconds)

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        headers = read_headers(scope["headers"])
        if b"origin" in headers and self._front.origins.named:
            await self._front.serve(partial(self._answered, headers), scope, receive, send)
        else:
            await self._answered(headers, scope, receive, send)

    async def _answered(self, headers: Headers, scope: Scope, receive: Receive, send: Send) -> None:
        accepted = accepted_by(headers)
        if accepted.html and self._page is not None and scope["method"] == "GET":
            await (await self._page.response())(scope, receive, with_lines(send, self._front.lines))
            return
        head = b"%bx-request-id: %b\r\n" % (self._head, begin().encode())
        try:
            await self._serve(scope, headers, accepted, receive, send, head)
        except Malformed as malformed:
            await send_errors(send, [malformed.error], accepted, malformed.status, malformed.headers, head)
        except Gone:
            return

    async def _serve(
        self, scope: Scope, headers: Headers, accepted: Accepted, receive: Receive, send: Send, head: bytes
    ) -> None:
        viewer: Viewer | None = None
        admission: Admission | None = None
        stream: AsyncGenerator[bytes, None] | None = None
        lasting: Callable[[], None] | None = None
        """Gives back what a stream holds until its end."""
        body = b""
        # Asked for once: it is a system call, 3 µs on some machines.
        task = cast("asyncio.Task[object]", asyncio.current_task())
        try:
            parameters = await self._requests.read(scope, headers, accepted, receive, task)
            viewer = await self._connections.authenticate(authorization_of(headers))
            network = self._front.client(scope)
            if self._entrance is not None:
                admission = self._entrance.admit(viewer, network)
            operation = await read_charged(self._operations, parameters, admission)
            if operation.kind is not OperationType.QUERY:
                _check_kind(operation, scope, accepted)
            if operation.kind is OperationType.SUBSCRIPTION:
                lasting = self._take_place(viewer, network)
                stream = answers(self._operations, operation, self._connections, viewer, network)
            elif accepted.json is None:
                stream = self._single(operation, viewer, network, admission)
                if admission is not None:
                    lasting, admission = admission.over, None
            else:
                body = await self._answer(operation, viewer, network, receive, task, admission)
        except (Malformed, Gone):
            raise
        except Exception as error:
            errors = error.errors if isinstance(error, Refused) else [error]
            if accepted.json is not None:
                if admission is not None:
                    head += admission.head()
                await send_errors(send, errors, accepted, lines=head)
                return
            stream = _refusal(errors)
        finally:
            if admission is not None:
                admission.over()
        if stream is None:
            await send_answer(send, body, accepted, head if admission is None else head + admission.head())
            return
        ended = partial(self._connections.session_ended, viewer) if viewer is not None else None
        try:
            await send_events(stream, receive, send, self._bounds, ended, self._closing, pairs_of(head))
        finally:
            if lasting is not None:
                lasting()

    async def _answer(
        self,
        operation: Operation,
        viewer: Viewer | None,
        network: str,
        receive: Receive,
        task: "asyncio.Task[object]",
        admission: Admission | None,
    ) -> bytes:
        if operation.kind is not OperationType.QUERY:
            # A mutation is carried through whoever still listens: half of it may be done.
            return await self._operations.answer(operation, self._connections, viewer, network, admission, task)
        departure = Departure(task, receive)
        self._queries.add(departure)
        try:
            return await self._operations.answer(operation, self._connections, viewer, network, admission, task)
        except asyncio.CancelledError:
            if not departure.noticed or task.uncancel():
                raise
            raise Gone from None
        finally:
            self._queries.remove(departure)
            departure.close()

    async def _single(
        self, operation: Operation, viewer: Viewer | None, network: str, admission: Admission | None
    ) -> AsyncGenerator[bytes, None]:
        yield await self._operations.answer(operation, self._connections, viewer, network, admission)

    def _take_place(self, viewer: Viewer | None, network: str) -> Callable[[], None]:
        """A subscription's, among the sockets: it may run for days, and its operation is over as soon as it has begun.
        What gives it back. Raises ClientError LIMITED."""
        whose, most = whose_place(viewer, network), self._places.most
        if not self._places.take(whose):
            words = f"At most {most} sockets and streamed subscriptions"
            extensions = {"limit": "sockets", "value": most + 1, "maximum": most, "retryAfter": RETRY_AFTER_SECONDS}
            raise ClientError(LIMITED, words, extensions)
        return partial(self._places.give_back, whose)


def _check_kind(operation: Operation, scope: Scope, accepted: Accepted) -> None:
    if operation.kind is OperationType.MUTATION and scope["method"] == "GET":
        raise Malformed(405, bad_input("Mutations must be sent by POST"), {"Allow": "POST"})
    if operation.kind is OperationType.SUBSCRIPTION and not accepted.event_stream:
        raise Malformed(400, bad_input("Subscriptions need a WebSocket, or a request with Accept: text/event-stream"))


async def _refusal(errors: Sequence[Exception]) -> AsyncGenerator[bytes, None]:
    yield orjson.dumps({"errors": format_errors(errors)})
