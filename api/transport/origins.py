"""Which web pages may use the API: those of its own origin, and those that the operator names.

There are no ambient credentials, so a page of any origin could do nothing in a person's name. It is held off all the
same: from sockets, to which browsers let every page, by their Origin; from answers by CORS, which nobody gets who is
not named. Programs that are no browsers send no Origin.
"""

from collections.abc import Collection
from urllib.parse import urlsplit

from starlette.types import Message, Scope, Send

Lines = list[tuple[bytes, bytes]]

EXPOSED = b"RateLimit, RateLimit-Policy, Retry-After, X-Request-Id, WWW-Authenticate"
ALLOWED_HEADERS = b"Authorization, Content-Type, Accept, Apollo-Require-Preflight, X-Apollo-Operation-Name"
METHODS = b"GET, POST, PUT"
PREFLIGHT_SECONDS = b"600"


def origins(text: str) -> frozenset[str]:
    """Separated by commas, such as https://app.example.com. Raises ValueError for what is no origin."""
    found = frozenset(one.strip().lower() for one in text.split(",") if one.strip())
    for one in found:
        parts = urlsplit(one)
        if not parts.scheme or not parts.netloc or parts.path or parts.query or parts.fragment:
            raise ValueError(f"{one} is no origin: scheme, host and port, without a path")
    return found


class Origins:
    def __init__(self, named: Collection[str] = (), own: str = "") -> None:
        self.named = frozenset(named)
        parts = urlsplit(own.lower())
        self._own = f"{parts.scheme}://{parts.netloc}" if parts.netloc else ""

    def allows_socket(self, origin: str | None, host: str | None) -> bool:
        if origin is None:
            return True
        given = origin.lower()
        return given == self._own or given in self.named or (host is not None and _host_of(given) == host.lower())

    def lines(self, origin: bytes | None) -> Lines:
        """What an answer to a page of this origin has in its head."""
        if not self.named:
            return []
        lines = [(b"vary", b"Origin")]
        if origin is not None and origin.decode("latin-1").lower() in self.named:
            lines += [(b"access-control-allow-origin", origin), (b"access-control-expose-headers", EXPOSED)]
        return lines

    def preflight(self, scope: Scope, origin: bytes | None) -> Lines | None:
        """The head of the answer to a browser that asks beforehand; None for what is no such question, or of a page
        that is not named."""
        if scope["method"] != "OPTIONS" or origin is None or not self.named:
            return None
        lines = self.lines(origin)
        if len(lines) == 1:
            return None
        return [
            *lines,
            (b"access-control-allow-methods", METHODS),
            (b"access-control-allow-headers", ALLOWED_HEADERS),
            (b"access-control-max-age", PREFLIGHT_SECONDS),
        ]


async def send_preflight(lines: Lines, send: Send) -> None:
    await send({"type": "http.response.start", "status": 204, "headers": lines})
    await send({"type": "http.response.body", "body": b""})


def with_lines(send: Send, lines: Lines) -> Send:
    """Adds to the head of an answer what it does not say itself."""

    async def added(message: Message) -> None:
        if message["type"] == "http.response.start":
            said = {name.lower() for name, _ in message.get("headers", ())}
            message = {
                **message,
                "headers": [*message.get("headers", ()), *[pair for pair in lines if pair[0] not in said]],
            }
        await send(message)

    return added


def origin_of(scope: Scope) -> bytes | None:
    return next((value for name, value in scope["headers"] if name == b"origin"), None)


def _host_of(origin: str) -> str:
    return urlsplit(origin).netloc
