"""How much one client may ask of the transports."""

from dataclasses import dataclass, field, fields
from typing import Any

from api.errors import BAD_USER_INPUT, ClientError


def bound(default: float, words: str) -> Any:
    """A field that an operator can set: its `words` are what docs/limits.md and refusals say of it."""
    return field(default=default, metadata={"words": words})


@dataclass(frozen=True, slots=True, kw_only=True)
class Bounds:
    """Sizes are in bytes, times in seconds. What has no words is the transports' own business, and no setting."""

    # ------------------------------------------------------------------ a request
    body: int = bound(1024 * 1024, "bytes of an HTTP request's body")
    # So long a body may take to come, and no more than twice as long.
    body_seconds: float = bound(30.0, "seconds that a request's body may take to come, or up to twice as many")
    head_seconds: float = bound(15.0, "seconds that a request's head may take to come")
    head: int = bound(64 * 1024, "bytes of a request's head, its address included")
    frame: int = bound(256 * 1024, "bytes of a WebSocket message")
    init_seconds: float = bound(10.0, "seconds from the opening of a socket to its `connection_init`")
    messages_per_second: int = bound(200, "messages that a socket takes in a second; the rest waits for the next")
    operations_per_socket: int = bound(100, "operations that run on a socket at the same time")
    sockets: int = bound(
        100, "sockets and streamed subscriptions of one person, or of one network without sign-in, in each process"
    )

    # ------------------------------------------------------------------ a document
    document: int = bound(64 * 1024, "characters of a document")
    tokens: int = bound(10_000, "tokens of a document, counted before the rest of it is parsed; comments count")
    name: int = bound(256, "characters of a name or an alias")
    definitions: int = bound(200, "operations and fragments of a document")
    directives: int = bound(200, "directives in a document")
    depth: int = bound(15, "fields within each other; introspection is left out")
    aliases: int = bound(100, "aliases, counted wherever a fragment is spread")
    root_fields: int = bound(50, "fields at the root of an operation")
    mutations: int = bound(20, "fields at the root of a mutation")
    selections: int = bound(20_000, "fields and fragments that planning looks at, wherever they are spread")
    statements: int = bound(150, "edges that are read, one statement each or part of one")
    objects: int = bound(20_000, "objects that the answer may have, as far as the document tells")
    variable_values: int = bound(10_000, "values in the variables: each member of each list and object")

    # ------------------------------------------------------------------ an answer
    answer: int = bound(8 * 1024 * 1024, "bytes of an answer: as it is, and as the document lets it be expected")
    errors: int = bound(100, "errors in an answer")
    operation_seconds: float = bound(10.0, "seconds that an operation may run; it is cancelled in PostgreSQL too")

    # ------------------------------------------------------------------ no settings
    # So long a query runs, or twice as long, before anybody looks whether its client is still there.
    unwatched_seconds: float = 0.1
    # A reader that leaves one message unread for this long is ended with LAGGING.
    send_seconds: float = 10.0
    # A connection is dropped whose client takes less than 16 KiB of its answers for this long, or up to twice as long.
    # More than a stream takes to tell a slow reader so.
    unread_seconds: float = 45.0
    # Of a socket's protocol messages, beyond what the transport below holds anyway.
    unsent: int = 256 * 1024
    heartbeat_seconds: float = 12.0
    # A socket is asked this often whether its client is still there.
    ping_seconds: float = 20.0
    # Cleaning up after a connection: the limit within which a socket is closed, whatever its operations do.
    close_seconds: float = 3.0


MOST_SHOWN = 10**15


def too_much(bounds: Bounds, limit: str, value: int) -> ClientError:
    """A request that can never be taken as it is: BAD_USER_INPUT. The value may be too large to be written."""
    maximum = getattr(bounds, limit)
    shown = min(value, MOST_SHOWN)
    (words,) = [one.metadata["words"] for one in fields(bounds) if one.name == limit]
    message = f"The request is over a limit: `{limit}` is {shown}, at most {maximum} ({words})"
    return ClientError(BAD_USER_INPUT, message, {"limit": limit, "value": shown, "maximum": maximum})
