"""What the head of an HTTP request says, as far as GraphQL is concerned."""

from collections.abc import Sequence

from api.transport.negotiation import JSON, Accepted, is_json, negotiate

Headers = dict[bytes, bytes]

# Longer ones are read anew each time, so that nobody fills the memory with them.
LONGEST_REMEMBERED = 200
MOST_REMEMBERED = 256

_JSON = JSON.encode()
_negotiated: dict[bytes, Accepted] = {}


def read_headers(pairs: Sequence[tuple[bytes, bytes]]) -> Headers:
    """The headers of an ASGI scope by name: the first of each, but all of Accept as one list."""
    headers = dict(pairs)
    if len(headers) == len(pairs):
        return headers
    headers = {}
    for name, value in pairs:
        if name == b"accept" and name in headers:
            headers[name] += b"," + value
        else:
            headers.setdefault(name, value)
    return headers


def accepted_by(headers: Headers) -> Accepted:
    """What the Accept header asks for; the few that clients really send are read once."""
    accept = headers.get(b"accept", b"")
    known = _negotiated.get(accept)
    if known is None:
        known = negotiate(accept.decode("latin-1"))
        if len(accept) <= LONGEST_REMEMBERED:
            if len(_negotiated) >= MOST_REMEMBERED:
                _negotiated.clear()
            _negotiated[accept] = known
    return known


def has_json(headers: Headers) -> bool:
    """Whether the body is said to be JSON in UTF-8."""
    content_type = headers.get(b"content-type", b"")
    return content_type == _JSON or is_json(content_type.decode("latin-1"))


def authorization_of(headers: Headers) -> str | None:
    value = headers.get(b"authorization")
    return None if value is None else value.decode("latin-1")
