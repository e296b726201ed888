"""Access tokens: short-lived JWTs (RFC 7519) signed with Ed25519 (RFC 8037), with key id and audience."""

from collections import OrderedDict
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from uuid import UUID

import jwt

from runtime import clock
from runtime.ids import new_id
from runtime.keys import Keys
from runtime.viewer import Viewer

AUDIENCE = "coffer-api"
ISSUER = "coffer"
ALGORITHM = "EdDSA"
LEEWAY_SECONDS = 5
LONGEST = 2000
MOST_REMEMBERED = 10_000


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
        "jti": str(new_id()),
        "iat": int(at.timestamp()),
        "exp": int(expires_at.timestamp()),
    }
    text = jwt.encode(claims, keys.signing_key, algorithm=ALGORITHM, headers={"kid": keys.signing_key_id})
    return AccessToken(text, expires_at)


def verify(keys: Keys, text: str) -> tuple[UUID, datetime]:
    """The session that a token names, and until when. Raises TokenRefused."""
    try:
        if len(text) > LONGEST:
            raise TokenRefused("too long")
        # The header chooses among our own keys, by their names; whatever else it says of keys is not looked at.
        key = keys.verifying_keys.get(jwt.get_unverified_header(text).get("kid", ""))
        if key is None:
            raise TokenRefused("unknown key")
        claims = jwt.decode(
            text,
            key,
            algorithms=[ALGORITHM],
            audience=AUDIENCE,
            issuer=ISSUER,
            leeway=LEEWAY_SECONDS,
            options={"require": ["exp", "iat", "sub", "aud", "iss", "jti", "sid", "hid"]},
        )
        # Ours have ids in all three places, and what is not ours is nobody's.
        _, _, session_id = UUID(claims["sub"]), UUID(claims["hid"]), UUID(claims["sid"])
        return session_id, datetime.fromtimestamp(claims["exp"], tz=UTC)
    except (jwt.PyJWTError, KeyError, ValueError, TypeError, AttributeError) as error:
        raise TokenRefused(type(error).__name__) from None


class Verifier:
    """Verifies each token once, and knows it again for as long as it holds; what was refused is not remembered.

    Known by the token itself, not by a hash of it: whoever reads this memory reads the signing key too, so a hash would
    protect nothing. The least recently used go first; one takes about a kilobyte.
    """

    def __init__(self, keys: Keys, most: int = MOST_REMEMBERED) -> None:
        self._keys = keys
        self._most = most
        self._known: OrderedDict[str, tuple[UUID, datetime]] = OrderedDict()

    def session_id(self, text: str) -> UUID:
        """The session that a token names. Raises TokenRefused."""
        known = self._known.get(text)
        if known is not None and clock.now() < known[1]:
            self._known.move_to_end(text)
            return known[0]
        self._known.pop(text, None)
        session_id, expires_at = verify(self._keys, text)
        self._known[text] = session_id, expires_at + timedelta(seconds=LEEWAY_SECONDS)
        if len(self._known) > self._most:
            self._known.popitem(last=False)
        return session_id

    def __len__(self) -> int:
        return len(self._known)
