"""One JSON answer over HTTP."""

from collections.abc import Mapping, Sequence

import orjson
from starlette.types import Send

from api.errors import (
    BAD_USER_INPUT,
    FORBIDDEN,
    INTERNAL,
    LIMITED,
    PERSISTED_QUERY_NOT_FOUND,
    UNAUTHENTICATED,
    format_errors,
)
from api.transport.negotiation import JSON, RESPONSE_JSON, Accepted
from api.transport.whole import send_whole

STATUS = {
    UNAUTHENTICATED: 401,
    FORBIDDEN: 403,
    BAD_USER_INPUT: 400,
    LIMITED: 429,
    INTERNAL: 500,
    # Not 400, upon which older clients give persisted queries up.
    PERSISTED_QUERY_NOT_FOUND: 404,
}

_HEADERS = {
    media: (
        (b"content-type", f"{media}; charset=utf-8".encode()),
        (b"cache-control", b"no-store"),
    )
    for media in (JSON, RESPONSE_JSON)
}


def head_of(pairs: Sequence[tuple[bytes, bytes]]) -> bytes:
    """Lines of a head, as they go over the wire."""
    return b"".join(b"%b: %b\r\n" % pair for pair in pairs)


_HEADS = {media: head_of(pairs) for media, pairs in _HEADERS.items()}


def pairs_of(lines: bytes) -> list[tuple[bytes, bytes]]:
    pairs = [line.partition(b": ") for line in lines.split(b"\r\n") if line]
    return [(name, value) for name, _, value in pairs]


async def send_answer(send: Send, body: bytes, accepted: Accepted, lines: bytes = b"") -> None:
    """The answer of an operation that was executed. `lines` are further ones of its head."""
    media = accepted.json or JSON
    if not send_whole(send, (_HEADS[media], lines, b"content-length: %d\r\n\r\n" % len(body), body)):
        await _send(send, 200, [*_HEADERS[media], *pairs_of(lines), (b"content-length", b"%d" % len(body))], body)


async def send_errors(
    send: Send,
    errors: Sequence[Exception],
    accepted: Accepted,
    status: int | None = None,
    headers: Mapping[str, str] | None = None,
    lines: bytes = b"",
) -> None:
    """An answer of errors alone. Without a status, the errors and the media type decide."""
    shown = format_errors(errors)
    if status is None:
        status = _status(shown, accepted)
    body = orjson.dumps({"errors": shown})
    head = [*_HEADERS[accepted.json or JSON], *pairs_of(lines), (b"content-length", b"%d" % len(body))]
    if (seconds := _retry_after(shown)) is not None:
        head.append((b"retry-after", b"%d" % seconds))
    if status == 401:
        head.append((b"www-authenticate", b"Bearer"))
    head.extend((name.lower().encode(), value.encode()) for name, value in (headers or {}).items())
    await _send(send, status, head, body)


async def _send(send: Send, status: int, head: list[tuple[bytes, bytes]], body: bytes) -> None:
    await send({"type": "http.response.start", "status": status, "headers": head})
    await send({"type": "http.response.body", "body": body})


def _status(shown: list[dict[str, object]], accepted: Accepted) -> int:
    codes = [extensions["code"] for error in shown if isinstance(extensions := error.get("extensions"), dict)]
    if INTERNAL in codes:
        return 500
    return 200 if accepted.json == JSON else STATUS.get(str(codes[0]), 400)


def _retry_after(shown: list[dict[str, object]]) -> int | None:
    for error in shown:
        extensions = error.get("extensions")
        if isinstance(extensions, dict) and isinstance(seconds := extensions.get("retryAfter"), int):
            return seconds
    return None
