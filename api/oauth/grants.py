"""The three grants, on Authlib's core: it checks, our storage keeps. Everything here runs inside `Server.run`."""

from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any

from authlib.oauth2.rfc6749 import InvalidGrantError, InvalidRequestError, InvalidScopeError
from authlib.oauth2.rfc6749 import grants as core
from authlib.oauth2.rfc6749.errors import AccessDeniedError
from authlib.oauth2.rfc7636 import CodeChallenge
from authlib.oauth2.rfc8628 import (
    AuthorizationPendingError,
    DeviceCodeGrant,
    ExpiredTokenError,
    SlowDownError,
)
from sqlalchemy.util import await_only

from api.oauth.client import SECRET_METHODS, OAuthClient
from domain.apps.codes import find_code, keep_code, redeem_code
from domain.apps.devices import find_device_code, redeem_device
from domain.apps.grants import Consent, GrantState, OpenGrant, grant_of_refresh_token, refresh_grant
from domain.apps.models import AuthorizationCode, DeviceCode
from domain.apps.secrets import Secret, new_secret
from domain.identity.refreshing import Lives
from runtime import clock

METHODS = [*SECRET_METHODS, "none"]


class ProofKey(CodeChallenge):  # type: ignore[misc]  # Authlib has no types
    """PKCE for everybody, S256 alone (RFC 9700, 2.1.1)."""

    SUPPORTED_CODE_CHALLENGE_METHOD = ("S256",)
    DEFAULT_CODE_CHALLENGE_METHOD = "S256"

    def validate_code_challenge(self, grant: Any, redirect_uri: str) -> None:
        data = grant.request.payload.data
        if not data.get("code_challenge") or data.get("code_challenge_method") != "S256":
            raise InvalidRequestError("PKCE is needed: code_challenge with code_challenge_method S256.")
        super().validate_code_challenge(grant, redirect_uri)


@dataclass(frozen=True)
class KeptCode:
    row: AuthorizationCode

    @property
    def code_challenge(self) -> str:
        return self.row.challenge

    @property
    def code_challenge_method(self) -> str:
        return "S256"

    def get_redirect_uri(self) -> str:
        return self.row.redirect_uri

    def get_scope(self) -> str:
        return " ".join(self.row.scopes)


class AuthorizationCodeGrant(core.AuthorizationCodeGrant):  # type: ignore[misc]  # Authlib has no types
    TOKEN_ENDPOINT_AUTH_METHODS = METHODS

    def generate_authorization_code(self) -> str:
        return new_secret(Secret.CODE)

    def save_authorization_code(self, code: str, request: Any) -> None:
        """`request.user` is what the person consented to."""
        consent: Consent = request.user
        await_only(
            keep_code(
                self.server.world.system,
                code,
                app_id=request.client.client.app_id,
                redirect_uri=request.payload.redirect_uri,
                challenge=request.payload.data["code_challenge"],
                consent=consent,
            )
        )

    def query_authorization_code(self, code: str, client: OAuthClient) -> KeptCode | None:
        found, ended = await_only(find_code(self.server.world.system, code, client.client.app_id))
        self.server.end(ended)
        return None if found is None else KeptCode(found)

    def authenticate_user(self, authorization_code: KeptCode) -> OpenGrant | None:
        opened, ended = await_only(
            redeem_code(self.server.world.system, authorization_code.row.code_hash, days=self.server.days)
        )
        self.server.end(ended)
        return opened

    def delete_authorization_code(self, authorization_code: KeptCode) -> None:
        """Kept, marked as used: a second use is to be noticed."""


@dataclass(frozen=True)
class KeptGrant:
    """A token of an app's as Authlib asks it about itself."""

    text: str
    state: GrantState
    expires_at: datetime
    """Of this token: an access token goes before its grant."""

    def check_client(self, client: OAuthClient) -> bool:
        return self.state.app_id == client.client.app_id

    def get_scope(self) -> str:
        return " ".join(self.state.scopes)

    def is_expired(self) -> bool:
        return self.expires_at <= clock.now()

    def is_revoked(self) -> bool:
        return not self.state.is_alive


class RefreshTokenGrant(core.RefreshTokenGrant):  # type: ignore[misc]  # Authlib has no types
    """Rotation and the notice of an old one are one step, in `issue_token`."""

    TOKEN_ENDPOINT_AUTH_METHODS = METHODS

    def authenticate_refresh_token(self, refresh_token: str) -> KeptGrant | None:
        state = await_only(grant_of_refresh_token(self.server.world.system, refresh_token))
        return None if state is None else KeptGrant(refresh_token, state, state.expires_at)

    def authenticate_user(self, refresh_token: KeptGrant) -> KeptGrant:
        return refresh_token

    def issue_token(self, user: KeptGrant, refresh_token: KeptGrant) -> dict[str, object]:
        world, app_id = self.server.world, refresh_token.state.app_id
        lives = Lives(self.server.days, world.settings.access_token_minutes)
        renewed = await_only(refresh_grant(world.system, world.keys, app_id, refresh_token.text, lives))
        if renewed is None:
            self.server.end(refresh_token.state.session_id)
            raise InvalidGrantError("This refresh token is over.")
        pair, scopes = renewed
        return token_of(pair.access_token, pair.access_token_expires_at - clock.now(), pair.refresh_token, scopes)

    def revoke_old_credential(self, refresh_token: KeptGrant) -> None:
        """The new one took its place."""


class DeviceGrant(DeviceCodeGrant):  # type: ignore[misc]  # Authlib has no types
    TOKEN_ENDPOINT_AUTH_METHODS = METHODS

    def validate_token_request(self) -> None:
        data = self.request.payload.data
        if not (device_code := data.get("device_code")):
            raise InvalidRequestError("Missing 'device_code' in payload")
        client: OAuthClient = self.authenticate_token_endpoint_client()
        system = self.server.world.system
        found, is_too_soon = await_only(find_device_code(system, device_code))
        if found is None or found.app_id != client.client.app_id or found.used_at is not None:
            raise InvalidGrantError("Invalid 'device_code' in payload")
        _check_decided(found, is_too_soon)
        opened = await_only(redeem_device(system, found.device_hash, days=self.server.days))
        if opened is None:
            raise InvalidGrantError("Invalid 'device_code' in payload")
        self.request.client, self.request.user = client, opened

    def create_token_response(self) -> tuple[int, dict[str, object], list[tuple[str, str]]]:
        return 200, self.generate_token(user=self.request.user), self.TOKEN_RESPONSE_HEADER


def _check_decided(found: DeviceCode, is_too_soon: bool) -> None:
    if found.expires_at <= clock.now():
        raise ExpiredTokenError
    if found.decided_at is None:
        raise SlowDownError if is_too_soon else AuthorizationPendingError
    if found.user_id is None:
        raise AccessDeniedError


def token_of(access_token: str, life: timedelta, refresh_token: str, scopes: list[str]) -> dict[str, object]:
    return {
        "token_type": "Bearer",
        "access_token": access_token,
        "expires_in": int(life.total_seconds()),
        "refresh_token": refresh_token,
        "scope": " ".join(scopes),
    }


def asked_scopes(scope: str | None, client: OAuthClient) -> list[str]:
    """Raises InvalidScopeError where nothing is asked for."""
    allowed = client.get_allowed_scope(scope)
    if allowed is None:
        raise InvalidScopeError
    return allowed.split()
