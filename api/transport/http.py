"""GraphQL over HTTP: POST and GET, negotiated media types, and a stream where one was asked for.

Source: graphql/graphql-over-http, spec/GraphQLOverHTTP.md. A request that is malformed gets a 4xx in either media type.
A well-formed one whose operation cannot start gets a 4xx as application/graphql-response+json and, for older clients,
200 as application/json.

Plain ASGI, without Starlette's Request and Response: they cost more than everything else here.
"""

import asyncio
from collections.abc import AsyncGenerator, Sequence
from functools import partial
from typing import cast

import orjson
from graphql import OperationType
from starlette.types import Receive, Scope, Send

from api.errors import bad_input, format_errors
from api.transport.bounds import Bounds
from api.transport.connections import Connections, network_of
from api.transport.documents import Refused
from api.transport.graphiql import GraphiqlPage
from api.transport.head import Headers, accepted_by, authorization_of, read_headers
from api.transport.negotiation import Accepted
from api.transport.operation import Operation, Operations
from api.transport.reply import send_answer, send_errors
from api.transport.request import Gone, Malformed, RequestReader
from api.transport.sse import send_events
from api.transport.stream import answers
from api.transport.watch import Departure, Watch
from runtime.viewer import Viewer


class HttpTransport:
    """An ASGI application for one address. `page` is what a browser gets that opens it."""

    def __init__(
        self,
        operations: Operations,
        connections: Connections,
        bounds: Bounds,
        closing: asyncio.Event,
        page: GraphiqlPage | None = None,
    ) -> None:
        self._operations = operations
        self._connections = connections
        self._bounds = bounds
        self._closing = closing
        self._page = page
        self._requests = RequestReader(bounds)
        self._queries = Watch(bounds.unwatched_seconds)

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        headers = read_headers(scope["headers"])
        accepted = accepted_by(headers)
        if accepted.html and self._page is not None and scope["method"] == "GET":
            await (await self._page.response())(scope, receive, send)
            return
        try:
            await self._serve(scope, headers, accepted, receive, send)
        except Malformed as malformed:
            await send_errors(send, [malformed.error], accepted, malformed.status, malformed.headers)
        except Gone:
            return

    async def _serve(self, scope: Scope, headers: Headers, accepted: Accepted, receive: Receive, send: Send) -> None:
        viewer: Viewer | None = None
        stream: AsyncGenerator[bytes, None] | None = None
        body = b""
        # Asked for once: it is a system call, 3 µs on some machines.
        task = cast("asyncio.Task[object]", asyncio.current_task())
        try:
            parameters = await self._requests.read(scope, headers, accepted, receive, task)
            viewer = await self._connections.authenticate(authorization_of(headers))
            operation = self._operations.read(parameters)
            if operation.kind is not OperationType.QUERY:
                _check_kind(operation, scope, accepted)
            if operation.kind is OperationType.SUBSCRIPTION:
                stream = answers(self._operations, operation, self._connections, viewer, network_of(scope))
            elif accepted.json is None:
                stream = self._single(operation, viewer, network_of(scope))
            else:
                body = await self._answer(operation, viewer, network_of(scope), receive, task)
        except (Malformed, Gone):
            raise
        except Exception as error:
            errors = error.errors if isinstance(error, Refused) else [error]
            if accepted.json is not None:
                await send_errors(send, errors, accepted)
                return
            stream = _refusal(errors)
        if stream is None:
            await send_answer(send, body, accepted)
            return
        ended = partial(self._connections.session_ended, viewer) if viewer is not None else None
        await send_events(stream, receive, send, self._bounds, ended, self._closing)

    async def _answer(
        self,
        operation: Operation,
        viewer: Viewer | None,
        network: str,
        receive: Receive,
        task: "asyncio.Task[object]",
    ) -> bytes:
        if operation.kind is not OperationType.QUERY:
            # A mutation is carried through whoever still listens: half of it may be done.
            return await self._operations.answer(operation, self._connections, viewer, network)
        departure = Departure(task, receive)
        self._queries.add(departure)
        try:
            return await self._operations.answer(operation, self._connections, viewer, network)
        except asyncio.CancelledError:
            if not departure.noticed or task.uncancel():
                raise
            raise Gone from None
        finally:
            self._queries.remove(departure)
            departure.close()

    async def _single(self, operation: Operation, viewer: Viewer | None, network: str) -> AsyncGenerator[bytes, None]:
        yield await self._operations.answer(operation, self._connections, viewer, network)


def _check_kind(operation: Operation, scope: Scope, accepted: Accepted) -> None:
    if operation.kind is OperationType.MUTATION and scope["method"] == "GET":
        raise Malformed(405, bad_input("Mutations must be sent by POST"), {"Allow": "POST"})
    if operation.kind is OperationType.SUBSCRIPTION and not accepted.event_stream:
        raise Malformed(400, bad_input("Subscriptions need a WebSocket, or a request with Accept: text/event-stream"))


async def _refusal(errors: Sequence[Exception]) -> AsyncGenerator[bytes, None]:
    yield orjson.dumps({"errors": format_errors(errors)})
