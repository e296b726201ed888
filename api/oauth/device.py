"""GET and POST /oauth/device: where a person types what a tool shows them (RFC 8628, 3.3)."""

import time
from collections import OrderedDict
from uuid import UUID

from starlette.requests import Request
from starlette.responses import RedirectResponse, Response

from api.oauth.consent import read_consent, shown_accounts, shown_scopes
from api.oauth.form import BadForm, Form, read_form, read_query
from api.oauth.page import message, page
from api.oauth.request import NO_STORE
from api.oauth.server import Server
from api.oauth.visitor import Visitor, forget, remember, sign_in, visitor_of
from api.sessions import LiveSessions
from domain.apps.devices import decide_device, find_by_user_code
from domain.apps.grants import Consent
from domain.apps.models import DeviceCode
from domain.mistakes import Problem, UserMistake
from integrations.world import World
from runtime.viewer import Viewer

PATH = "/oauth/device"
MOST_WRONG = 10
WRONG_SECONDS = 600.0
MOST_PEOPLE = 10_000
_EXPIRED = "This page is too old, or was opened somewhere else. Begin again."
_WRONG = "No tool waits with this code. It may have been mistyped, or ten minutes have passed."


class WrongCodes:
    """How many codes a person guessed lately, in this process: a code is good for ten minutes, ten guesses of 20^8."""

    def __init__(self) -> None:
        self._when: OrderedDict[UUID, list[float]] = OrderedDict()

    def too_many(self, user_id: UUID) -> bool:
        since = time.monotonic() - WRONG_SECONDS
        recent = [at for at in self._when.get(user_id, ()) if at > since]
        if recent:
            self._when[user_id] = recent
        else:
            self._when.pop(user_id, None)
        return len(recent) >= MOST_WRONG

    def count(self, user_id: UUID) -> None:
        self._when.setdefault(user_id, []).append(time.monotonic())
        if len(self._when) > MOST_PEOPLE:
            self._when.popitem(last=False)


class Device:
    def __init__(self, server: Server, world: World, sessions: LiveSessions) -> None:
        self._server = server
        self._world = world
        self._sessions = sessions
        self._wrong = WrongCodes()

    async def __call__(self, request: Request) -> Response:
        try:
            query = read_query(request)
            form = await read_form(request) if request.method == "POST" else None
        except BadForm as bad:
            return message("This does not work", str(bad), bad.status)
        visitor = await visitor_of(request, self._world, self._sessions)
        if form is None:
            return self._ask(visitor, query["user_code"])
        if not visitor.sent(form):
            return message("Begin again", _EXPIRED, 403)
        if form["action"] == "sign-in":
            return await self._sign_in(request, visitor, form)
        if form["action"] == "leave":
            response = RedirectResponse(PATH, 303, headers=NO_STORE)
            forget(response, self._world)
            return response
        if visitor.viewer is None:
            return self._ask(visitor, query["user_code"])
        return await self._coded(visitor, visitor.viewer, form)

    def _ask(self, visitor: Visitor, user_code: str, problem: str = "", status: int = 200) -> Response:
        shown = {"form_token": visitor.form_token, "problem": problem}
        if visitor.viewer is None:
            response: Response = page("sign_in", status, app=None, **shown)
            remember(response, self._world, visitor)
            return response
        return page("device", status, user_code=user_code[:20], **shown)

    async def _sign_in(self, request: Request, visitor: Visitor, form: Form) -> Response:
        try:
            signed_in = await sign_in(self._world, form["email"], form["password"])
        except UserMistake as mistake:
            return self._ask(visitor, "", mistake.message, 400)
        response = RedirectResponse(f"{PATH}?{request.url.query}", 303, headers=NO_STORE)
        remember(response, self._world, signed_in)
        return response

    async def _coded(self, visitor: Visitor, viewer: Viewer, form: Form) -> Response:
        if self._wrong.too_many(viewer.user_id):
            return self._ask(visitor, "", "Too many wrong codes. Wait ten minutes.", 429)
        found = await find_by_user_code(self._world.system, form["user_code"])
        client = None if found is None else await self._server.client(self._server.client_id_of(found.app_id))
        if found is None or client is None:
            self._wrong.count(viewer.user_id)
            return self._ask(visitor, form["user_code"], _WRONG, 400)
        if form["action"] == "deny":
            return await self._decide(found, None)
        accounts = await shown_accounts(self._world, viewer)
        problem = ""
        if form["action"] == "allow":
            try:
                return await self._decide(found, read_consent(form, viewer, found.scopes, accounts))
            except Problem as refused:
                problem = str(refused)
        return page(
            "consent",
            400 if problem else 200,
            app=client.client,
            redirect_uri="",
            user_code=form["user_code"][:20],
            scopes=shown_scopes(found.scopes),
            accounts=accounts,
            form_token=visitor.form_token,
            problem=problem,
        )

    async def _decide(self, found: DeviceCode, consent: Consent | None) -> Response:
        if not await decide_device(self._world.system, found.device_hash, consent):
            return message("Too late", _WRONG)
        if consent is None:
            return message("Denied", "The tool was told so. You can close this page.", 200)
        return message("Allowed", "The tool goes on by itself. You can close this page.", 200)
