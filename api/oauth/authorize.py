"""GET and POST /oauth/authorize: sign-in where needed, then consent, then back to the app.

Everything that the app asked stays in the query of this one address, and is checked anew at each step. Until app and
address are known to belong together nobody is sent anywhere: what is wrong is shown here (RFC 9700, 4.11.2).
"""

from dataclasses import dataclass
from typing import Any

from authlib.oauth2.rfc6749 import OAuth2Error
from starlette.requests import Request
from starlette.responses import RedirectResponse, Response

from api.oauth.consent import read_consent, shown_accounts, shown_scopes
from api.oauth.form import BadForm, Form, read_form, read_query
from api.oauth.page import message, page
from api.oauth.request import NO_STORE, ServerRequest
from api.oauth.server import Server
from api.oauth.visitor import Visitor, forget, remember, sign_in, visitor_of
from api.sessions import LiveSessions
from domain.mistakes import Problem, UserMistake
from integrations.world import World

PATH = "/oauth/authorize"
_EXPIRED = "This page is too old, or was opened somewhere else. Go back to the app and begin again."


@dataclass(frozen=True)
class Asked:
    """A checked request of an app's."""

    request: ServerRequest
    grant: Any
    redirect_uri: str

    @property
    def client(self) -> Any:
        return self.request.client.client

    @property
    def scopes(self) -> list[str]:
        return str(self.request.scope).split()


class Authorize:
    def __init__(self, server: Server, world: World, sessions: LiveSessions) -> None:
        self._server = server
        self._world = world
        self._sessions = sessions

    async def __call__(self, request: Request) -> Response:
        try:
            query = read_query(request)
            form = await read_form(request) if request.method == "POST" else None
        except BadForm as bad:
            return message("This does not work", str(bad), bad.status)
        asked = await self._asked(request, query)
        if isinstance(asked, Response):
            return asked
        visitor = await visitor_of(request, self._world, self._sessions)
        if form is None:
            return await self._show(asked, visitor)
        if not visitor.sent(form):
            return message("Begin again", _EXPIRED, 403)
        return await self._do(request, asked, visitor, form)

    async def _asked(self, request: Request, query: Form) -> Asked | Response:
        checked = ServerRequest("GET", PATH, {}, query)
        try:
            grant = await self._server.asked(checked)
        except OAuth2Error as error:
            if error.redirect_uri:
                return self._server.told(checked, error).response()
            return message("This app cannot be let in", error.get_error_description() or error.error or "")
        return Asked(checked, grant, grant.redirect_uri)

    async def _do(self, request: Request, asked: Asked, visitor: Visitor, form: Form) -> Response:
        match form["action"]:
            case "sign-in":
                return await self._sign_in(request, asked, visitor, form)
            case "leave":
                response = self._again(request)
                forget(response, self._world)
                return response
            case "deny" if visitor.viewer is not None:
                return (await self._server.decided(asked.request, asked.grant, None)).response()
            case "allow" if visitor.viewer is not None:
                accounts = await shown_accounts(self._world, visitor.viewer)
                try:
                    consent = read_consent(form, visitor.viewer, asked.scopes, accounts)
                except Problem as problem:
                    return await self._show(asked, visitor, str(problem))
                return (await self._server.decided(asked.request, asked.grant, consent)).response()
        return await self._show(asked, visitor)

    async def _sign_in(self, request: Request, asked: Asked, visitor: Visitor, form: Form) -> Response:
        try:
            signed_in = await sign_in(self._world, form["email"], form["password"])
        except UserMistake as mistake:
            return await self._show(asked, visitor, mistake.message)
        response = self._again(request)
        remember(response, self._world, signed_in)
        return response

    def _again(self, request: Request) -> Response:
        """The same request once more, as a page."""
        return RedirectResponse(f"{PATH}?{request.url.query}", 303, headers=NO_STORE)

    async def _show(self, asked: Asked, visitor: Visitor, problem: str = "") -> Response:
        status = 400 if problem else 200
        shown = {"app": asked.client, "form_token": visitor.form_token, "problem": problem}
        if visitor.viewer is None:
            response: Response = page("sign_in", status, **shown)
            remember(response, self._world, visitor)
            return response
        return page(
            "consent",
            status,
            sends_to=asked.redirect_uri,
            redirect_uri=asked.redirect_uri,
            user_code="",
            scopes=shown_scopes(asked.scopes),
            accounts=await shown_accounts(self._world, visitor.viewer),
            **shown,
        )
