"""Who looks at the consent pages: known by a cookie of these pages alone, which `/graphql` never reads."""

import base64
from dataclasses import dataclass
from hmac import compare_digest

from starlette.requests import Request
from starlette.responses import Response

from api.oauth.form import Form
from api.sessions import LiveSessions
from domain.apps.browser import GOOD_FOR, session_of_cookie
from domain.apps.secrets import Secret, hash_of, new_secret
from integrations.world import World
from runtime.viewer import Viewer

PATH = "/oauth"
LONGEST = 100


@dataclass(frozen=True)
class Visitor:
    """`viewer` is None until they are signed in. The cookie is there before that: the form token is made of it."""

    cookie: str
    viewer: Viewer | None = None

    @property
    def form_token(self) -> str:
        return base64.urlsafe_b64encode(hash_of(Secret.BROWSER, f"form token of {self.cookie}")).decode()

    def sent(self, form: Form) -> bool:
        """Whether the form was made for this very visitor."""
        return compare_digest(form["form_token"].encode(), self.form_token.encode())


async def visitor_of(request: Request, world: World, sessions: LiveSessions) -> Visitor:
    cookie = request.cookies.get(_name(world), "")
    if not cookie.startswith(Secret.BROWSER.value) or len(cookie) > LONGEST or not cookie.isascii():
        return Visitor(new_secret(Secret.BROWSER))
    session_id = await session_of_cookie(world.system, cookie)
    return Visitor(cookie, None if session_id is None else await sessions.viewer(session_id))


def remember(response: Response, world: World, visitor: Visitor) -> None:
    response.set_cookie(
        _name(world),
        visitor.cookie,
        max_age=int(GOOD_FOR.total_seconds()),
        path=PATH,
        secure=_is_secure(world),
        httponly=True,
        samesite="lax",
    )


def forget(response: Response, world: World) -> None:
    response.delete_cookie(_name(world), path=PATH, secure=_is_secure(world), httponly=True, samesite="lax")


def _name(world: World) -> str:
    return "__Secure-coffer-consent" if _is_secure(world) else "coffer-consent"


def _is_secure(world: World) -> bool:
    return world.settings.public_url.startswith("https:")
