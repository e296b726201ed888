"""The parameters of a GraphQL request out of an HTTP request, and the status of one that has none."""

import asyncio
from collections.abc import Mapping
from urllib.parse import parse_qsl

from starlette.requests import Request

from api.errors import ClientError, bad_input
from api.transport.bounds import Bounds
from api.transport.negotiation import Accepted, is_json
from api.transport.parameters import Parameters, load_json, read_parameters

MOST_QUERY_FIELDS = 50


class Malformed(Exception):
    """Not a GraphQL request: the HTTP status says how."""

    def __init__(self, status: int, error: ClientError, headers: Mapping[str, str] | None = None) -> None:
        super().__init__(error.message)
        self.status = status
        self.error = error
        self.headers = dict(headers or {})


async def read_request(request: Request, accepted: Accepted, bounds: Bounds) -> Parameters:
    """Raises Malformed, and starlette's ClientDisconnect where the client goes before its body has come."""
    if request.method not in {"GET", "POST"}:
        raise Malformed(405, bad_input("Use POST, or GET for queries"), {"Allow": "GET, POST"})
    if accepted.json is None and not accepted.event_stream:
        raise Malformed(406, bad_input("Accept application/graphql-response+json or application/json"))
    try:
        if request.method == "GET":
            return read_parameters(_query_string(request))
        return read_parameters(load_json(await _body(request, bounds), "The request body"))
    except ClientError as error:
        raise Malformed(400, error) from None


def _query_string(request: Request) -> dict[str, object]:
    raw: bytes = request.scope.get("query_string", b"")
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


async def _body(request: Request, bounds: Bounds) -> bytes:
    # Only a type that a browser does not send unasked: HTML forms of other sites cannot post here.
    if not is_json(request.headers.get("content-type", "")):
        raise Malformed(415, bad_input("Send the request as Content-Type: application/json, in UTF-8"))
    if request.headers.get("content-encoding", "identity").lower() != "identity":
        raise Malformed(415, bad_input("Send the request without a Content-Encoding"))
    declared = request.headers.get("content-length", "")
    if declared.isdecimal() and int(declared) > bounds.body:
        raise _too_large(bounds)
    body = bytearray()
    try:
        async with asyncio.timeout(bounds.body_seconds):
            async for chunk in request.stream():
                body += chunk
                if len(body) > bounds.body:
                    raise _too_large(bounds)
    except TimeoutError:
        raise Malformed(408, bad_input("The request body took too long"), {"Connection": "close"}) from None
    if not body:
        raise bad_input("The request body is empty")
    return bytes(body)


def _too_large(bounds: Bounds) -> Malformed:
    return Malformed(413, bad_input(f"The request body is larger than {bounds.body} bytes"))
