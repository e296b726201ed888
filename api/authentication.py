"""Credentials become a Viewer here, once, for HTTP, WebSocket and SSE alike."""

from api.context import Context
from api.errors import UNAUTHENTICATED, ClientError
from api.personal_tokens import PersonalTokens
from api.sessions import LiveSessions
from domain.apps.secrets import Secret
from integrations.world import World
from runtime import tokens
from runtime.viewer import Viewer

SCHEME = "bearer"


class Connections:
    """What the transports need to know of sign-in (api/transport/connections.py)."""

    def __init__(self, world: World, sessions: LiveSessions) -> None:
        self._world = world
        self._sessions = sessions
        self._tokens = tokens.Verifier(world.keys)
        self._personal = PersonalTokens(world.system)

    async def authenticate(self, authorization: str | None) -> Viewer | None:
        """None without credentials. Raises UNAUTHENTICATED for any that are not good."""
        if authorization is None or not (authorization := authorization.strip()):
            return None
        scheme, _, rest = authorization.partition(" ")
        token = rest.strip()
        try:
            if scheme.lower() != SCHEME:
                raise tokens.TokenRefused("unknown scheme")
            if token.startswith(Secret.PERSONAL.value):
                session_id = await self._personal.session_id(token)
            else:
                session_id = self._tokens.session_id(token)
        except tokens.TokenRefused:
            raise ClientError(UNAUTHENTICATED, "The access token is malformed, foreign or expired.") from None
        viewer = await self._sessions.viewer(session_id)
        if viewer is None:
            raise ClientError(UNAUTHENTICATED, "The session is over: sign in again.")
        return viewer

    def context(self, viewer: Viewer | None, network: str) -> Context:
        """One for each operation, and one for each event of a subscription: a fresh snapshot each time."""
        return Context(self._world, viewer, sessions=self._sessions, network=network)

    async def session_ended(self, viewer: Viewer) -> None:
        """Returns when the viewer's session is over, or may do something else than the viewer."""
        await self._sessions.ended(viewer)
