"""Where the authorisation server is mounted."""

from collections.abc import Awaitable, Callable

from starlette.requests import Request
from starlette.responses import JSONResponse, Response
from starlette.routing import Route

from api.oauth.authorize import PATH as AUTHORIZE
from api.oauth.authorize import Authorize
from api.oauth.device import PATH as DEVICE
from api.oauth.device import Device
from api.oauth.form import BadForm, read_form
from api.oauth.metadata import PATH as METADATA
from api.oauth.metadata import metadata
from api.oauth.request import NO_STORE, Answer, ServerRequest
from api.oauth.server import Server
from api.oauth.sign_in import SignIn
from api.sessions import LiveSessions
from api.transport.front import Front
from integrations.world import World
from runtime.tally import HOUR

Serve = Callable[[ServerRequest], Awaitable[Answer]]
May = Callable[[Request], Awaitable[bool]]
BEGUN = "device authorizations"
MOST_BEGUN = 300
"""Device grants that one network may begin in an hour."""


def oauth_routes(world: World, sessions: LiveSessions, front: Front) -> list[Route]:
    server, sign_in = Server(world, sessions), SignIn(world, sessions, front)
    authorize, device = Authorize(server, world, sign_in), Device(server, world, sign_in)

    async def described(_: Request) -> Response:
        return JSONResponse(metadata(server.issuer))

    async def authorize_page(request: Request) -> Response:
        return await authorize(request)

    async def device_page(request: Request) -> Response:
        return await device(request)

    async def may_begin(request: Request) -> bool:
        """Each leaves a row for some minutes, and nobody has to prove anything for it."""
        network = sign_in.network(request)
        return not network or await world.tally.add(BEGUN, network) <= MOST_BEGUN

    def endpoint(name: str) -> Serve:
        async def serve(request: ServerRequest) -> Answer:
            return await server.endpoint(name, request)

        return serve

    return [
        Route(METADATA, described, methods=["GET"]),
        Route(AUTHORIZE, authorize_page, methods=["GET", "POST"]),
        Route(DEVICE, device_page, methods=["GET", "POST"]),
        _posted("/oauth/token", server.token),
        _posted("/oauth/revoke", endpoint("revocation")),
        _posted("/oauth/introspect", endpoint("introspection")),
        _posted("/oauth/device_authorization", endpoint("device_authorization"), may_begin),
    ]


def _posted(path: str, serve: Serve, may: May | None = None) -> Route:
    """For programs: a form in, JSON out. No parameter may be there twice (RFC 6749, 3.2)."""

    async def post(request: Request) -> Response:
        if may is not None and not await may(request):
            body = {"error": "temporarily_unavailable", "error_description": "Too many from this network."}
            return JSONResponse(body, 429, headers={**NO_STORE, "Retry-After": str(HOUR)})
        try:
            form = await read_form(request)
            if form.repeated:
                raise BadForm("A parameter is there twice.")
        except BadForm as bad:
            body = {"error": "invalid_request", "error_description": str(bad)}
            return JSONResponse(body, bad.status, headers=NO_STORE)
        headers = {"Authorization": value} if (value := request.headers.get("authorization")) else {}
        return (await serve(ServerRequest("POST", path, headers, form))).response()

    return Route(path, post, methods=["POST"])
