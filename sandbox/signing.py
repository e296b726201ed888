"""Signatures of webhooks, as Plaid makes them: https://plaid.com/docs/api/webhooks/webhook-verification/."""

import hashlib
import json
import time
import uuid
from typing import Any

import jwt
from cryptography.hazmat.primitives.asymmetric import ec
from cryptography.hazmat.primitives.serialization import (
    Encoding,
    NoEncryption,
    PrivateFormat,
    load_pem_private_key,
)
from jwt.algorithms import ECAlgorithm


def make_key() -> str:
    """A new key as JSON: kid, PEM, seconds since 1970."""
    key = ec.generate_private_key(ec.SECP256R1())
    pem = key.private_bytes(Encoding.PEM, PrivateFormat.PKCS8, NoEncryption()).decode()
    return json.dumps({"kid": str(uuid.uuid4()), "pem": pem, "created_at": int(time.time())})


class Signer:
    """One ES256 key and its name."""

    def __init__(self, kept: str) -> None:
        """Read what `make_key` made."""
        values = json.loads(kept)
        key = load_pem_private_key(values["pem"].encode(), None)
        if not isinstance(key, ec.EllipticCurvePrivateKey):
            raise TypeError("the kept signing key is no elliptic-curve key")
        self._key = key
        self._created_at: int = values["created_at"]
        self.kid: str = values["kid"]

    def sign(self, body: bytes) -> str:
        """The `Plaid-Verification` header for these exact bytes, issued now."""
        claims = {"iat": int(time.time()), "request_body_sha256": hashlib.sha256(body).hexdigest()}
        return jwt.encode(claims, self._key, algorithm="ES256", headers={"kid": self.kid})

    def public_jwk(self) -> dict[str, Any]:
        """The public half, as `/webhook_verification_key/get` answers it."""
        jwk = ECAlgorithm.to_jwk(self._key.public_key(), as_dict=True)
        return {
            "alg": "ES256",
            "crv": "P-256",
            "kid": self.kid,
            "kty": "EC",
            "use": "sig",
            "x": jwk["x"],
            "y": jwk["y"],
            "created_at": self._created_at,
            "expired_at": None,
        }
