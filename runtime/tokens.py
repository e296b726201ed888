"""Access tokens: short-lived JWTs (RFC 7519) signed with Ed25519 (RFC 8037), with key id and audience."""

from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from uuid import UUID

import jwt

from runtime.keys import Keys
from runtime.viewer import Viewer

AUDIENCE = "coffer-api"
ISSUER = "coffer"
ALGORITHM = "EdDSA"
LEEWAY_SECONDS = 5
LONGEST = 2000


class TokenRefused(Exception):
    """Malformed, of another issuer or audience, badly signed, or expired."""


@dataclass(frozen=True)
class AccessToken:
    text: str
    expires_at: datetime


def issue(keys: Keys, viewer: Viewer, *, at: datetime, minutes: int) -> AccessToken:
    expires_at = at.replace(microsecond=0) + timedelta(minutes=minutes)
    claims = {
        "iss": ISSUER,
        "aud": AUDIENCE,
        "sub": str(viewer.user_id),
        "hid": str(viewer.household_id),
        "sid": str(viewer.session_id),
        "role": viewer.role,
        "iat": int(at.timestamp()),
        "exp": int(expires_at.timestamp()),
    }
    text = jwt.encode(claims, keys.signing_key(), algorithm=ALGORITHM, headers={"kid": keys.access.id})
    return AccessToken(text, expires_at)


def verify(keys: Keys, text: str) -> tuple[Viewer, datetime]:
    """The viewer a token speaks for, and until when. Raises TokenRefused."""
    try:
        if len(text) > LONGEST or jwt.get_unverified_header(text).get("kid") != keys.access.id:
            raise TokenRefused("unknown key")
        claims = jwt.decode(
            text,
            keys.signing_key().public_key(),
            algorithms=[ALGORITHM],
            audience=AUDIENCE,
            issuer=ISSUER,
            leeway=LEEWAY_SECONDS,
            options={"require": ["exp", "iat", "sub", "aud", "iss"]},
        )
        viewer = Viewer(
            user_id=UUID(claims["sub"]),
            household_id=UUID(claims["hid"]),
            role=str(claims["role"]),
            session_id=UUID(claims["sid"]),
        )
        return viewer, datetime.fromtimestamp(claims["exp"], tz=UTC)
    except (jwt.PyJWTError, KeyError, ValueError, TypeError, AttributeError) as error:
        raise TokenRefused(type(error).__name__) from None
