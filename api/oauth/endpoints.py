"""Revocation (RFC 7009), introspection (RFC 7662) and the beginning of the device grant (RFC 8628, 3.1)."""

from typing import Any
from uuid import UUID

from authlib.oauth2.rfc7009 import RevocationEndpoint
from authlib.oauth2.rfc7662 import IntrospectionEndpoint
from authlib.oauth2.rfc8628 import DeviceAuthorizationEndpoint
from sqlalchemy.util import await_only

from api import ids
from api.oauth.client import SECRET_METHODS, OAuthClient
from api.oauth.grants import METHODS, KeptGrant, asked_scopes
from domain.apps.devices import GOOD_FOR, INTERVAL, keep_device_code
from domain.apps.grants import end_grant, grant_of_refresh_token, grant_of_session
from domain.apps.secrets import Secret, new_secret
from runtime.tokens import TokenRefused, verify


class Revocation(RevocationEndpoint):  # type: ignore[misc]  # Authlib has no types
    """Whichever of its tokens is shown: the grant ends with all of them."""

    CLIENT_AUTH_METHODS = METHODS

    def query_token(self, token_string: str, token_type_hint: str | None) -> KeptGrant | None:
        return _find(self.server, token_string)

    def revoke_token(self, token: KeptGrant, request: Any) -> None:
        await_only(_end(self.server, token.state.session_id))


class Introspection(IntrospectionEndpoint):  # type: ignore[misc]  # Authlib has no types
    """An app learns about its own tokens, and nothing about others'."""

    CLIENT_AUTH_METHODS = SECRET_METHODS

    def query_token(self, token_string: str, token_type_hint: str | None) -> KeptGrant | None:
        return _find(self.server, token_string)

    def check_permission(self, token: KeptGrant, client: OAuthClient, request: Any) -> bool:
        return token.check_client(client)

    def introspect_token(self, token: KeptGrant) -> dict[str, object]:
        return {
            "active": True,
            "client_id": self.server.client_id_of(token.state.app_id),
            "scope": token.get_scope(),
            "sub": ids.encode("usr", token.state.user_id),
            "iss": self.server.issuer,
            "iat": int(token.state.created_at.timestamp()),
            "exp": int(token.expires_at.timestamp()),
        }


class DeviceAuthorization(DeviceAuthorizationEndpoint):  # type: ignore[misc]  # Authlib has no types
    CLIENT_AUTH_METHODS = METHODS
    EXPIRES_IN = int(GOOD_FOR.total_seconds())
    INTERVAL = int(INTERVAL.total_seconds())

    def generate_device_code(self) -> str:
        return new_secret(Secret.DEVICE)

    def get_verification_uri(self) -> str:
        return f"{self.server.issuer}/oauth/device"

    def save_device_credential(self, client_id: str, scope: str | None, data: dict[str, str]) -> None:
        client = self.server.query_client(client_id)
        await_only(
            keep_device_code(
                self.server.world.system,
                device_code=data["device_code"],
                user_code=data["user_code"],
                app_id=client.client.app_id,
                scopes=asked_scopes(scope, client),
            )
        )


def _find(server: Any, text: str) -> KeptGrant | None:
    """By a refresh token, the newest or an older one, or by an access token."""
    system = server.world.system
    if text.startswith(Secret.REFRESH.value):
        state = await_only(grant_of_refresh_token(system, text))
        return None if state is None else KeptGrant(text, state, state.expires_at)
    try:
        session_id, expires_at = verify(server.world.keys, text)
    except TokenRefused:
        return None
    state = await_only(grant_of_session(system, session_id))
    return None if state is None else KeptGrant(text, state, min(expires_at, state.expires_at))


async def _end(server: Any, session_id: UUID) -> None:
    async with server.world.system.system_session() as session:
        await end_grant(session, session_id)
    server.end(session_id)
