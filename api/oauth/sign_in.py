"""Signing in on the consent pages: the same checks and counts as `signIn`, a second factor included."""

from datetime import datetime

from starlette.requests import Request
from starlette.responses import RedirectResponse, Response

from api.context import Context
from api.factors.entry import verifier_of
from api.identity import attempts
from api.oauth.form import Form
from api.oauth.page import page
from api.oauth.request import NO_STORE
from api.oauth.visitor import Visitor, forget, remember, visitor_of
from api.sessions import LiveSessions
from api.transport.front import Front
from domain.apps.browser import end_browser_session, open_browser_session
from domain.apps.clients import Client
from domain.factors.challenges import answer_challenge, new_challenge
from domain.factors.checking import Shown
from domain.identity.network import coarse
from domain.identity.people import find_by_password, first_household
from domain.mistakes import UserMistake
from integrations.world import World
from runtime import clock
from runtime.viewer import Viewer

ACTIONS = frozenset({"sign-in", "code", "leave"})
DIGITS = 6
"""Of an authenticator app's code; a backup code is longer."""


class SignIn:
    def __init__(self, world: World, sessions: LiveSessions, front: Front) -> None:
        self._world = world
        self._sessions = sessions
        self._front = front

    async def visitor(self, request: Request) -> Visitor:
        return await visitor_of(request, self._world, self._sessions)

    def ask(self, visitor: Visitor, app: Client | None, problem: str = "") -> Response:
        response = page("sign_in", 400 if problem else 200, app=app, form_token=visitor.form_token, problem=problem)
        remember(response, self._world, visitor)
        return response

    async def answer(self, request: Request, visitor: Visitor, form: Form, app: Client | None) -> Response:
        """To a form with one of ACTIONS: the same address again once they are in."""
        since = clock.now()
        if form["action"] == "leave":
            return await self._leave(request, visitor)
        try:
            if form["action"] == "code":
                return await self._let_in(request, await self._complete(request, form), since)
            viewer = await self._first(request, form)
            challenge = await new_challenge(verifier_of(self._world), viewer.user_id)
            if challenge is not None:
                return self._ask_code(visitor, challenge.token)
            return await self._let_in(request, viewer, since)
        except UserMistake as mistake:
            if form["action"] == "code":
                return self._ask_code(visitor, form["challenge"], mistake.message)
            return self.ask(visitor, app, mistake.message)

    def network(self, request: Request) -> str:
        return coarse(self._front.client(request.scope))

    def _ask_code(self, visitor: Visitor, challenge: str, problem: str = "") -> Response:
        shown = {"form_token": visitor.form_token, "challenge": challenge[:200], "problem": problem}
        return page("second_factor", 400 if problem else 200, **shown)

    async def _first(self, request: Request, form: Form) -> Viewer:
        """Raises UserMistake, the same for a wrong address and a wrong password."""
        world, email = self._world, form["email"]
        context = Context(world, None, sessions=self._sessions, network=self._front.client(request.scope))
        await attempts.check_failures(context, email)
        try:
            return await find_by_password(world.system, email, form["password"], world.passwords)
        except UserMistake:
            await attempts.count_failure(context, email)
            raise

    async def _complete(self, request: Request, form: Form) -> Viewer:
        """Raises UserMistake."""
        code = "".join(form["code"].split())
        is_of_app = len(code) == DIGITS and code.isdecimal()
        shown = Shown(totp_code=code) if is_of_app else Shown(backup_code=code)
        user_id = await answer_challenge(
            verifier_of(self._world), form["challenge"], shown, network=self.network(request)
        )
        return await first_household(self._world.system, user_id)

    async def _leave(self, request: Request, visitor: Visitor) -> Response:
        if (ended := await end_browser_session(self._world.system, visitor.cookie)) is not None:
            self._sessions.end(ended)
        response = _again(request)
        forget(response, self._world)
        return response

    async def _let_in(self, request: Request, viewer: Viewer, since: datetime) -> Response:
        """With another cookie than before. Raises UserMistake where the person's sessions were ended meanwhile."""
        cookie = await open_browser_session(self._world.database, viewer, self.network(request), since)
        response = _again(request)
        remember(response, self._world, Visitor(cookie, viewer))
        return response


def _again(request: Request) -> Response:
    """The same address once more, as a page."""
    query = request.url.query
    return RedirectResponse(f"{request.url.path}?{query}" if query else request.url.path, 303, headers=NO_STORE)
