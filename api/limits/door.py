"""What stands before the addresses that are not GraphQL's and that nobody has to sign in for: each request to them is
counted among its network's, and is one of what the network has running."""

from collections.abc import Iterable

from starlette.responses import JSONResponse
from starlette.routing import Route
from starlette.types import ASGIApp, Message, Receive, Scope, Send

from api.errors import ClientError
from api.limits.allowances import Allowances
from api.transport.connections import network_of


class Door:
    def __init__(self, allowances: Allowances) -> None:
        self._allowances = allowances

    def before(self, routes: Iterable[Route], *, free: bool = False) -> list[Route]:
        """The same routes. `free`: what is answered well is not counted, as what a bank tells us of all its people."""
        found = list(routes)
        for route in found:
            route.app = _Counted(route.app, self._allowances, free=free)
        return found


class _Counted:
    def __init__(self, app: ASGIApp, allowances: Allowances, *, free: bool) -> None:
        self._app = app
        self._allowances = allowances
        self._is_free = free

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        status = 500

        async def noted(message: Message) -> None:
            nonlocal status
            if message["type"] == "http.response.start":
                status = message["status"]
            await send(message)

        try:
            admission = self._allowances.admit_request(network_of(scope))
        except ClientError as error:
            await _refusal(error)(scope, receive, send)
            return
        try:
            await self._app(scope, receive, noted)
        finally:
            if self._is_free and status < 400:
                admission.give_request_back()
            admission.over()


def _refusal(error: ClientError) -> JSONResponse:
    """429, in the words of RFC 6749 (5.2), which half of these addresses are for."""
    seconds = (error.extensions or {}).get("retryAfter", 1)
    body = {"error": "temporarily_unavailable", "error_description": error.message}
    return JSONResponse(body, 429, headers={"Retry-After": str(seconds), "Cache-Control": "no-store"})
