"""The parameters of a GraphQL request out of an HTTP request, and the status of one that has none."""

import asyncio
from collections.abc import Mapping
from urllib.parse import parse_qsl

from starlette.types import Message, Receive, Scope

from api.errors import ClientError, bad_input
from api.transport.bounds import Bounds
from api.transport.head import Headers, has_json
from api.transport.negotiation import Accepted
from api.transport.parameters import Parameters, load_json, read_parameters
from api.transport.watch import Deadline, Watch

MOST_QUERY_FIELDS = 50

# The digits of a Content-Length: Python takes its time over thousands of them.
LONGEST_LENGTH = 18


class Malformed(Exception):
    """Not a GraphQL request: the HTTP status says how."""

    def __init__(self, status: int, error: ClientError, headers: Mapping[str, str] | None = None) -> None:
        super().__init__(error.message)
        self.status = status
        self.error = error
        self.headers = dict(headers or {})


class Gone(Exception):
    """The client went before its request had come."""


class RequestReader:
    """Reads requests within the bounds; the limit of time is for the whole body, however slowly it comes."""

    def __init__(self, bounds: Bounds) -> None:
        self._bounds = bounds
        self._receipts = Watch(bounds.body_seconds)

    async def read(
        self, scope: Scope, headers: Headers, accepted: Accepted, receive: Receive, task: "asyncio.Task[object]"
    ) -> Parameters:
        """`task` is the one that reads. Raises Malformed, and Gone."""
        method = scope["method"]
        if method != "POST" and method != "GET":
            raise Malformed(405, bad_input("Use POST, or GET for queries"), {"Allow": "GET, POST"})
        if accepted.json is None and not accepted.event_stream:
            raise Malformed(406, bad_input("Accept application/graphql-response+json or application/json"))
        try:
            if method == "GET":
                return read_parameters(_query_string(scope.get("query_string", b"")))
            self._check_head(headers)
            return read_parameters(load_json(await self._body(receive, task), "The request body"))
        except ClientError as error:
            raise Malformed(400, error) from None

    def _check_head(self, headers: Headers) -> None:
        # Only a type that a browser does not send unasked: HTML forms of other sites cannot post here.
        if not has_json(headers):
            raise Malformed(415, bad_input("Send the request as Content-Type: application/json, in UTF-8"))
        if headers.get(b"content-encoding", b"identity").lower() != b"identity":
            raise Malformed(415, bad_input("Send the request without a Content-Encoding"))
        declared = headers.get(b"content-length", b"")
        if declared.isdigit() and (len(declared) > LONGEST_LENGTH or int(declared) > self._bounds.body):
            raise self._too_large()

    async def _body(self, receive: Receive, task: "asyncio.Task[object]") -> bytes:
        deadline = Deadline(task)
        self._receipts.add(deadline)
        try:
            message = await receive()
            body = _chunk(message)
            if message.get("more_body"):
                body = await self._rest(body, receive)
        except asyncio.CancelledError:
            if not deadline.passed or task.uncancel():
                raise
            raise Malformed(408, bad_input("The request body took too long"), {"Connection": "close"}) from None
        finally:
            self._receipts.remove(deadline)
        if len(body) > self._bounds.body:
            raise self._too_large()
        if not body:
            raise bad_input("The request body is empty")
        return body

    async def _rest(self, start: bytes, receive: Receive) -> bytes:
        body, has_more = bytearray(start), True
        while has_more:
            message = await receive()
            body += _chunk(message)
            if len(body) > self._bounds.body:
                raise self._too_large()
            has_more = message.get("more_body", False)
        return bytes(body)

    def _too_large(self) -> Malformed:
        return Malformed(413, bad_input(f"The request body is larger than {self._bounds.body} bytes"))


def _chunk(message: Message) -> bytes:
    if message["type"] == "http.disconnect":
        raise Gone
    chunk: bytes = message.get("body", b"")
    return chunk


def _query_string(raw: bytes) -> dict[str, object]:
    try:
        pairs = parse_qsl(
            raw.decode("ascii"), keep_blank_values=True, errors="strict", max_num_fields=MOST_QUERY_FIELDS
        )
    except ValueError:
        # UnicodeDecodeError is one of these.
        raise bad_input("The query string is not URL-encoded UTF-8, or has too many fields") from None
    source: dict[str, object] = {}
    for name, value in pairs:
        if name in source:
            raise bad_input(f"The query string says `{name[:40]}` twice")
        source[name] = value
    for name in ("variables", "extensions"):
        if text := source.pop(name, None):
            source[name] = load_json(str(text), f"`{name}`")
    return source
