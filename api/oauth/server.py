"""The authorisation server: OAuth 2.1 on Authlib's core, with our storage behind it.

Authlib is written for threads; `run` lets it call our coroutines from where it stands, as SQLAlchemy does for its
drivers.
"""

from collections.abc import Callable, Mapping
from datetime import timedelta
from typing import Any, TypeVar
from uuid import UUID

from authlib.oauth2.rfc6749 import AuthorizationServer, OAuth2Error
from authlib.oauth2.rfc9207 import IssuerParameter
from sqlalchemy.util import await_only, greenlet_spawn

from api import ids
from api.apps.types import APP
from api.oauth.client import OAuthClient
from api.oauth.endpoints import DeviceAuthorization, Introspection, Revocation
from api.oauth.grants import AuthorizationCodeGrant, DeviceGrant, ProofKey, RefreshTokenGrant, token_of
from api.oauth.request import Answer, ServerRequest
from api.sessions import LiveSessions
from domain.apps.clients import find_client
from domain.apps.grants import Consent, OpenGrant
from integrations.world import World
from runtime import clock, tokens
from runtime.scopes import WORDS

T = TypeVar("T")


class BadRequest(OAuth2Error):  # type: ignore[misc]  # Authlib has no types
    error = "invalid_request"


class Server(AuthorizationServer):  # type: ignore[misc]  # Authlib has no types
    def __init__(self, world: World, sessions: LiveSessions) -> None:
        super().__init__(scopes_supported=list(WORDS))
        self.world = world
        self.issuer = world.settings.public_url
        self.days = world.settings.refresh_token_days
        self._sessions = sessions
        self._issuer_parameter = _Issuer(self.issuer)
        self._issuer_parameter(self)
        self.register_grant(AuthorizationCodeGrant, [ProofKey(required=True)])
        self.register_grant(RefreshTokenGrant)
        self.register_grant(DeviceGrant)
        for endpoint in (Revocation, Introspection, DeviceAuthorization):
            self.register_endpoint(endpoint)
        self.register_token_generator("default", self._token)

    # ------------------------------------------------------------------ what the routes call

    async def token(self, request: ServerRequest) -> Answer:
        return await self._run(lambda: self.create_token_response(request))

    async def endpoint(self, name: str, request: ServerRequest) -> Answer:
        return await self._run(lambda: self.create_endpoint_response(name, request))

    async def asked(self, request: ServerRequest) -> Any:
        """The checked request for a person's consent. Raises OAuth2Error; only one that has a `redirect_uri` may be
        told to the app."""
        try:
            return await greenlet_spawn(self.get_consent_grant, request)
        except ValueError:
            # Authlib quotes what was sent in its errors, and refuses to where that has letters no error can have.
            raise BadRequest("The request holds letters that are not allowed.") from None

    async def decided(self, request: ServerRequest, grant: Any, consent: Consent | None) -> Answer:
        """Back to the app, with a code or with a refusal."""

        def respond() -> Answer:
            answer: Answer = self.create_authorization_response(request, grant_user=consent, grant=grant)
            return answer

        return await self._run(respond)

    def told(self, request: ServerRequest, error: OAuth2Error) -> Answer:
        """Back to the app with what is wrong with its request; the error has a `redirect_uri` that was checked."""
        answer: Answer = self.handle_error_response(request, error)
        self._issuer_parameter.add_issuer_parameter(self, answer)
        return answer

    def end(self, session_id: UUID | None) -> None:
        """Tell this process at once that a grant is over; the others find out by themselves."""
        if session_id is not None:
            self._sessions.end(session_id)

    def client_id_of(self, app_id: UUID) -> str:
        return ids.encode(APP, app_id)

    async def client(self, client_id: str) -> OAuthClient | None:
        try:
            app_id = ids.decode_as(APP, client_id)
        except ids.BadId:
            return None
        found = await find_client(self.world.system, app_id)
        return None if found is None else OAuthClient(found)

    # ------------------------------------------------------------------ what Authlib calls

    def query_client(self, client_id: str) -> OAuthClient | None:
        return await_only(self.client(client_id))

    def save_token(self, token: Mapping[str, object], request: object) -> None:
        """It is a session already."""

    def send_signal(self, name: str, *_: object, **__: object) -> None:
        pass

    def create_oauth2_request(self, request: ServerRequest) -> ServerRequest:
        return request

    def handle_response(self, status: int, body: object, headers: list[tuple[str, str]]) -> Answer:
        return Answer(status, body, dict(headers))

    def _token(self, user: OpenGrant, **_: object) -> dict[str, object]:
        minutes = self.world.settings.access_token_minutes
        access = tokens.issue(self.world.keys, user.viewer, at=clock.now(), minutes=minutes)
        return token_of(access.text, timedelta(minutes=minutes), user.refresh_token, user.scopes)

    async def _run(self, respond: Callable[[], Answer]) -> Answer:
        try:
            return await greenlet_spawn(respond)
        except ValueError:
            return self.handle_response(*BadRequest("The request holds letters that are not allowed.")())


class _Issuer(IssuerParameter):  # type: ignore[misc]  # Authlib has no types
    """Who answers, so that an app that uses several servers cannot mix them up (RFC 9207)."""

    def __init__(self, issuer: str) -> None:
        self._issuer = issuer

    def get_issuer(self) -> str:
        return self._issuer
