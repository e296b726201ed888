"""What the transports need to know about people: the seam to authentication and to the database."""

from collections.abc import Awaitable
from contextlib import AbstractAsyncContextManager
from contextvars import ContextVar
from typing import Protocol

from starlette.types import Scope

from runtime.viewer import Viewer

REQUEST: ContextVar[Scope | None] = ContextVar("request", default=None)
"""The ASGI scope of the request under way, where it came by HTTP."""


class Connections(Protocol):
    """Implemented by the application, given to every transport."""

    async def authenticate(self, authorization: str | None) -> Viewer | None:
        """The viewer of an Authorization header's value, or None where there is none.

        Raises ClientError UNAUTHENTICATED for a value that is malformed, expired or of an ended session.
        """

    def context(self, viewer: Viewer | None, network: str) -> AbstractAsyncContextManager[object]:
        """`info.context` for one query, mutation or subscription event; left once the answer is bytes.

        `network` is where the client is, "" where that is not known.

        A subscription's source is created in one of its own, left before the first event is waited for: what a source
        reads later it must read through something that it opens itself.
        """

    def session_ended(self, viewer: Viewer) -> Awaitable[object]:
        """Completes when the viewer's session is signed out or expires, or its rights are others than the viewer's;
        cancelled when the connection goes first."""


def network_of(scope: Scope) -> str:
    """The address of the client of an ASGI connection, "" where the server below does not tell. Behind trusted proxies
    it is the one that they have told (api/transport/front.py)."""
    client = scope.get("client")
    return client[0] if client else ""
