"""GET and POST /oauth/authorize: sign-in where needed, then consent, then back to the app.

Everything that the app asked stays in the query of this one address, and is checked anew at each step. Until app and
address are known to belong together nobody is sent anywhere: what is wrong is shown here. What is wrong with a known
app's request is shown too, and told to the app when the person says so: anybody may register an app, and a link to us
must not be a link to wherever they like (RFC 9700, 4.11.2).
"""

from dataclasses import dataclass
from typing import Any

from authlib.oauth2.rfc6749 import OAuth2Error
from starlette.requests import Request
from starlette.responses import Response

from api.oauth.consent import read_consent, shown_accounts, shown_scopes
from api.oauth.form import BadForm, Form, read_form, read_query
from api.oauth.page import message, page
from api.oauth.request import ServerRequest
from api.oauth.server import Server
from api.oauth.sign_in import ACTIONS, SignIn
from api.oauth.visitor import Visitor, remember
from domain.apps.clients import Client
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
    def client(self) -> Client:
        found: Client = self.request.client.client
        return found

    @property
    def scopes(self) -> list[str]:
        return str(self.request.scope).split()


@dataclass(frozen=True)
class Faulty:
    """A request of an app's that cannot be answered, with an address that was checked."""

    request: ServerRequest
    error: OAuth2Error


class Authorize:
    def __init__(self, server: Server, world: World, sign_in: SignIn) -> None:
        self._server = server
        self._world = world
        self._sign_in = sign_in

    async def __call__(self, request: Request) -> Response:
        try:
            query = read_query(request)
            form = await read_form(request) if request.method == "POST" else None
        except BadForm as bad:
            return message("This does not work", str(bad), bad.status)
        asked = await self._asked(query)
        if isinstance(asked, Response):
            return asked
        visitor = await self._sign_in.visitor(request)
        if form is not None and not visitor.sent(form):
            return message("Begin again", _EXPIRED, 403)
        if isinstance(asked, Faulty):
            return self._tell(asked, visitor, form)
        if form is None:
            return await self._show(asked, visitor)
        if form["action"] in ACTIONS:
            return await self._sign_in.answer(request, visitor, form, asked.client)
        return await self._decide(asked, visitor, form)

    async def _asked(self, query: Form) -> Asked | Faulty | Response:
        checked = ServerRequest("GET", PATH, {}, query)
        try:
            grant = await self._server.asked(checked)
        except OAuth2Error as error:
            if error.redirect_uri:
                return Faulty(checked, error)
            return message("This app cannot be let in", _words(error))
        return Asked(checked, grant, grant.redirect_uri)

    def _tell(self, faulty: Faulty, visitor: Visitor, form: Form | None) -> Response:
        if form is not None and form["action"] == "back":
            return self._server.told(faulty.request, faulty.error).response()
        uri = str(faulty.error.redirect_uri)
        shown = {"form_token": visitor.form_token, "redirect_uri": uri, "problem": _words(faulty.error)}
        response = page("faulty", 400, sends_to=uri, **shown)
        if visitor.viewer is None:
            remember(response, self._world, visitor)
        return response

    async def _decide(self, asked: Asked, visitor: Visitor, form: Form) -> Response:
        if visitor.viewer is None:
            return await self._show(asked, visitor)
        if form["action"] == "deny":
            return (await self._server.decided(asked.request, asked.grant, None)).response()
        if form["action"] != "allow":
            return await self._show(asked, visitor)
        accounts = await shown_accounts(self._world, visitor.viewer)
        try:
            consent = read_consent(form, visitor.viewer, asked.scopes, accounts)
        except Problem as problem:
            return await self._show(asked, visitor, str(problem))
        try:
            return (await self._server.decided(asked.request, asked.grant, consent)).response()
        except UserMistake:
            return message("Begin again", _EXPIRED, 403)  # the session ended meanwhile

    async def _show(self, asked: Asked, visitor: Visitor, problem: str = "") -> Response:
        if visitor.viewer is None:
            return self._sign_in.ask(visitor, asked.client, problem)
        return page(
            "consent",
            400 if problem else 200,
            sends_to=asked.redirect_uri,
            app=asked.client,
            redirect_uri=asked.redirect_uri,
            user_code="",
            scopes=shown_scopes(asked.scopes),
            accounts=await shown_accounts(self._world, visitor.viewer),
            form_token=visitor.form_token,
            problem=problem,
        )


def _words(error: OAuth2Error) -> str:
    return str(error.get_error_description() or error.error or "")
