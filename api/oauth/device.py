"""GET and POST /oauth/device: where a person types what a tool shows them (RFC 8628, 3.3)."""

from starlette.requests import Request
from starlette.responses import Response

from api.oauth.consent import read_consent, shown_accounts, shown_scopes
from api.oauth.form import BadForm, Form, read_form, read_query
from api.oauth.page import message, page
from api.oauth.server import Server
from api.oauth.sign_in import ACTIONS, SignIn
from api.oauth.visitor import Visitor
from domain.apps.devices import decide_device, find_by_user_code
from domain.apps.grants import Consent
from domain.apps.models import DeviceCode
from domain.mistakes import Problem, UserMistake
from integrations.world import World
from runtime.viewer import Viewer

PATH = "/oauth/device"
WRONG_CODES = "device codes"
MOST_WRONG = 10
"""Codes that a person may guess in an hour, of 20^8, each good for ten minutes (RFC 8628, 5.1)."""
_EXPIRED = "This page is too old, or was opened somewhere else. Begin again."
_WRONG = "No tool waits with this code. It may have been mistyped, or ten minutes have passed."


class Device:
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
        visitor = await self._sign_in.visitor(request)
        if form is not None and not visitor.sent(form):
            return message("Begin again", _EXPIRED, 403)
        if form is not None and form["action"] in ACTIONS:
            return await self._sign_in.answer(request, visitor, form, None)
        if visitor.viewer is None:
            return self._sign_in.ask(visitor, None)
        if form is None:
            return self._ask(visitor, query["user_code"])
        return await self._coded(visitor, visitor.viewer, form)

    def _ask(self, visitor: Visitor, user_code: str, problem: str = "", status: int = 200) -> Response:
        shown = {"form_token": visitor.form_token, "problem": problem}
        return page("device", status, user_code=user_code[:20], **shown)

    async def _coded(self, visitor: Visitor, viewer: Viewer, form: Form) -> Response:
        tally, whose = self._world.tally, str(viewer.user_id)
        if await tally.count(WRONG_CODES, whose) >= MOST_WRONG:
            return self._ask(visitor, "", "Too many wrong codes. Wait an hour.", 429)
        found = await find_by_user_code(self._world.system, form["user_code"])
        client = None if found is None else await self._server.client(self._server.client_id_of(found.app_id))
        if found is None or client is None:
            await tally.add(WRONG_CODES, whose)
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
            except UserMistake:
                return message("Begin again", _EXPIRED, 403)  # the session ended meanwhile
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
