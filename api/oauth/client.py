"""An app as Authlib's core asks it about itself."""

from authlib.oauth2.rfc6749 import ClientMixin
from authlib.oauth2.rfc8628 import DEVICE_CODE_GRANT_TYPE

from api import ids
from api.apps.types import APP
from domain.apps.clients import Client
from runtime.scopes import WORDS

GRANT_TYPES = ("authorization_code", "refresh_token", DEVICE_CODE_GRANT_TYPE)
SECRET_METHODS = ("client_secret_basic", "client_secret_post")


class OAuthClient(ClientMixin):  # type: ignore[misc]  # Authlib has no types
    def __init__(self, client: Client) -> None:
        self.client = client
        self.client_id = ids.encode(APP, client.app_id)

    def get_client_id(self) -> str:
        return self.client_id

    def get_default_redirect_uri(self) -> None:
        """There is none: whoever asks says where to, letter by letter."""

    def get_allowed_scope(self, scope: str | None) -> str | None:
        """All that is asked for, in the catalogue's order; None where nothing is."""
        asked = set((scope or "").split())
        return " ".join(name for name in WORDS if name in asked) or None

    def check_redirect_uri(self, redirect_uri: str) -> bool:
        return redirect_uri in self.client.redirect_uris

    def check_client_secret(self, client_secret: str) -> bool:
        return self.client.knows(client_secret)

    def check_endpoint_auth_method(self, method: str, endpoint: str) -> bool:
        return method in SECRET_METHODS if self.client.is_confidential else method == "none"

    def check_response_type(self, response_type: str) -> bool:
        return response_type == "code"

    def check_grant_type(self, grant_type: str) -> bool:
        return grant_type in GRANT_TYPES
