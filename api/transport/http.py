"""GraphQL over HTTP: POST and GET, negotiated media types, and a stream where one was asked for.

Source: graphql/graphql-over-http, spec/GraphQLOverHTTP.md. A request that is malformed gets a 4xx in either media type.
A well-formed one whose operation cannot start gets a 4xx as application/graphql-response+json and, for older clients,
200 as application/json.
"""

import asyncio
import logging
from collections.abc import AsyncGenerator, Sequence
from dataclasses import dataclass
from functools import partial

import orjson
from graphql import OperationType
from starlette.requests import ClientDisconnect, Request
from starlette.responses import Response
from starlette.types import Receive, Scope, Send

from api.errors import BAD_USER_INPUT, FORBIDDEN, INTERNAL, LIMITED, UNAUTHENTICATED, bad_input, format_errors
from api.transport.bounds import Bounds
from api.transport.connections import Connections, network_of
from api.transport.documents import Refused
from api.transport.graphiql import GraphiqlPage
from api.transport.negotiation import JSON, Accepted, negotiate
from api.transport.operation import Operation, Operations
from api.transport.request import Malformed, read_request
from api.transport.sse import send_events
from api.transport.stream import answers
from runtime.viewer import Viewer

log = logging.getLogger("coffer.api")

STATUS = {UNAUTHENTICATED: 401, FORBIDDEN: 403, BAD_USER_INPUT: 400, LIMITED: 429, INTERNAL: 500}


class HttpTransport:
    """An ASGI application for one route. `page` is what a browser gets that opens the address."""

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

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        request = Request(scope, receive)
        accepted = negotiate(",".join(request.headers.getlist("accept")))
        if self._page is not None and accepted.html and request.method == "GET":
            await (await self._page.response())(scope, receive, send)
            return
        try:
            response = await self._respond(request, accepted)
        except ClientDisconnect:
            return
        except Exception as error:
            response = _errors([error], accepted, 500)
        if isinstance(response, Response):
            await response(scope, receive, send)
            return
        viewer = response.viewer
        ended = partial(self._connections.session_ended, viewer) if viewer is not None else None
        await send_events(response.answers, receive, send, self._bounds, ended, self._closing)

    async def _respond(self, request: Request, accepted: Accepted) -> "Response | _Stream":
        try:
            parameters = await read_request(request, accepted, self._bounds)
        except Malformed as malformed:
            return _errors([malformed.error], accepted, malformed.status, malformed.headers)
        viewer: Viewer | None = None
        try:
            viewer = await self._connections.authenticate(request.headers.get("authorization"))
            operation = self._operations.read(parameters)
            if operation.kind is OperationType.MUTATION and request.method == "GET":
                return _errors([bad_input("Mutations must be sent by POST")], accepted, 405, {"Allow": "POST"})
            if operation.kind is OperationType.SUBSCRIPTION:
                if accepted.event_stream:
                    return _Stream(
                        answers(self._operations, operation, self._connections, viewer, network_of(request.scope)),
                        viewer,
                    )
                words = "Subscriptions need a WebSocket, or a request with Accept: text/event-stream"
                return _errors([bad_input(words)], accepted, 400)
            if accepted.json is None:
                return _Stream(self._single(operation, viewer, request), viewer)
            body = await self._operations.answer(operation, self._connections, viewer, network_of(request.scope))
        except Refused as refused:
            errors = refused.errors
        except Exception as error:
            errors = [error]
        else:
            return _json(body, accepted, 200)
        if accepted.json is None:
            return _Stream(_refusal(errors), viewer)
        return _errors(errors, accepted, None)

    async def _single(
        self, operation: Operation, viewer: Viewer | None, request: Request
    ) -> AsyncGenerator[bytes, None]:
        yield await self._operations.answer(operation, self._connections, viewer, network_of(request.scope))


@dataclass(frozen=True, slots=True)
class _Stream:
    answers: AsyncGenerator[bytes, None]
    viewer: Viewer | None


async def _refusal(errors: Sequence[Exception]) -> AsyncGenerator[bytes, None]:
    yield orjson.dumps({"errors": format_errors(errors)})


def _errors(
    errors: Sequence[Exception], accepted: Accepted, status: int | None, headers: dict[str, str] | None = None
) -> Response:
    """An answer of errors alone. Without a status, the errors and the media type decide."""
    shown = format_errors(errors)
    if status is None:
        status = _status(shown, accepted)
    extra = dict(headers or {})
    if status == 401:
        extra["WWW-Authenticate"] = "Bearer"
    return _json(orjson.dumps({"errors": shown}), accepted, status, extra)


def _status(shown: list[dict[str, object]], accepted: Accepted) -> int:
    codes = [extensions["code"] for error in shown if isinstance(extensions := error.get("extensions"), dict)]
    if INTERNAL in codes:
        return 500
    return 200 if accepted.json == JSON else STATUS.get(str(codes[0]), 400)


def _json(body: bytes, accepted: Accepted, status: int, headers: dict[str, str] | None = None) -> Response:
    own = {
        "Content-Type": f"{accepted.json or JSON}; charset=utf-8",
        "Cache-Control": "no-store",
        "X-Content-Type-Options": "nosniff",
    }
    return Response(body, status, {**own, **(headers or {})})
