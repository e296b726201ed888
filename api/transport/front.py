"""What stands before every route: CORS where it is set, and the headers that each answer has.

GraphQL itself writes these headers with its answers (api/transport/reply.py): it is not wrapped, which would cost it
more than anything else here.
"""

from starlette.responses import JSONResponse
from starlette.types import ASGIApp, Receive, Scope, Send

from api.transport.connections import network_of
from api.transport.origins import Lines, Origins, origin_of, send_preflight, with_lines
from api.transport.proxies import Proxies

PROBES = ("/health", "/ready")
YEAR_SECONDS = 31_536_000


class Front:
    """`own` is the public address of the API."""

    def __init__(self, origins: Origins | None = None, proxies: Proxies | None = None, own: str = "") -> None:
        self.origins = origins or Origins(own=own)
        self.proxies = proxies or Proxies()
        self.is_ending = False
        """The process is about to stop: whoever spreads requests is told to send no more."""
        self.lines: Lines = [
            (b"x-content-type-options", b"nosniff"),
            (b"referrer-policy", b"no-referrer"),
        ]
        if own.startswith("https://"):
            self.lines.append((b"strict-transport-security", b"max-age=%d; includeSubDomains" % YEAR_SECONDS))
        self.of_others: Lines = [
            *self.lines,
            (b"cache-control", b"no-store"),
            # A page that has a policy of its own keeps it.
            (b"content-security-policy", b"default-src 'none'; frame-ancestors 'none'"),
            (b"x-frame-options", b"DENY"),
        ]

    async def serve(self, app: ASGIApp, scope: Scope, receive: Receive, send: Send) -> None:
        if self.is_ending and scope["path"] in PROBES:
            await JSONResponse({"status": "ending"}, 503)(scope, receive, send)
            return
        origin = origin_of(scope)
        if (preflight := self.origins.preflight(scope, origin)) is not None:
            await send_preflight([*preflight, *self.lines], send)
            return
        if self.proxies.trusted:
            scope = {**scope, "client": (self.client(scope), 0)}
        await app(scope, receive, with_lines(send, [*self.origins.lines(origin), *self.of_others]))

    def client(self, scope: Scope) -> str:
        """The address of the client of an ASGI connection, "" where the server below does not tell."""
        peer = network_of(scope)
        if not self.proxies.trusted:
            return peer

        def header(name: str) -> list[str]:
            wanted = name.encode()
            return [value.decode("latin-1") for key, value in scope["headers"] if key == wanted]

        return self.proxies.client(peer, header)
