"""A software authenticator: what a browser and a security key do together (WebAuthn Level 2, ES256, no attestation)."""

import base64
import hashlib
import json
import secrets
from dataclasses import dataclass, field
from typing import Any

import cbor2
from cryptography.hazmat.primitives.asymmetric import ec
from cryptography.hazmat.primitives.hashes import SHA256

ORIGIN = "http://coffer.test"
PRESENT, VERIFIED, ATTESTED = 0x01, 0x04, 0x40


def encoded(content: bytes) -> str:
    return base64.urlsafe_b64encode(content).decode().rstrip("=")


def decoded(text: str) -> bytes:
    return base64.urlsafe_b64decode(text + "=" * (-len(text) % 4))


@dataclass
class Key:
    """One credential; `count` is what its authenticator says how often it was used."""

    user_handle: bytes
    id: bytes = field(default_factory=lambda: secrets.token_bytes(32))
    private: ec.EllipticCurvePrivateKey = field(default_factory=lambda: ec.generate_private_key(ec.SECP256R1()))
    count: int = 0

    def public(self) -> bytes:
        """COSE (RFC 9052): EC2, ES256, P-256."""
        numbers = self.private.public_key().public_numbers()
        return cbor2.dumps({1: 2, 3: -7, -1: 1, -2: numbers.x.to_bytes(32), -3: numbers.y.to_bytes(32)})


@dataclass
class Browser:
    """Pages of `origin` use the keys in it. Fields can be bent, to see what is made of it."""

    origin: str = ORIGIN
    flags: int = PRESENT | VERIFIED
    cross_origin: bool = False
    rp_id: str | None = None
    """Another one than the options say."""

    def create(self, options: str, key: Key | None = None) -> tuple[Key, str]:
        """`navigator.credentials.create`: a new key unless one is given, and RegistrationResponseJSON."""
        asked = json.loads(options)
        key = key or Key(decoded(asked["user"]["id"]))
        attested = bytes(16) + len(key.id).to_bytes(2) + key.id + key.public()
        data = self._data(asked["rp"]["id"], self.flags | ATTESTED, key.count) + attested
        response = {
            "clientDataJSON": encoded(self._said("webauthn.create", asked["challenge"])),
            "attestationObject": encoded(cbor2.dumps({"fmt": "none", "attStmt": {}, "authData": data})),
            "transports": ["internal", "from-the-future"],
        }
        return key, _credential(key, response)

    def get(self, key: Key, options: str, **bent: Any) -> str:
        """`navigator.credentials.get`: AuthenticationResponseJSON. `bent` replaces parts of the response."""
        asked = json.loads(options)
        key.count += 1
        said = self._said("webauthn.get", asked["challenge"])
        data = self._data(asked["rpId"], self.flags, key.count)
        signed = key.private.sign(data + hashlib.sha256(said).digest(), ec.ECDSA(SHA256()))
        response = {
            "clientDataJSON": encoded(said),
            "authenticatorData": encoded(data),
            "signature": encoded(signed),
            "userHandle": encoded(key.user_handle),
            **bent,
        }
        return _credential(key, response)

    def _said(self, kind: str, challenge: str) -> bytes:
        said = {"type": kind, "challenge": challenge, "origin": self.origin, "crossOrigin": self.cross_origin}
        return json.dumps(said).encode()

    def _data(self, rp_id: str, flags: int, count: int) -> bytes:
        return hashlib.sha256((self.rp_id or rp_id).encode()).digest() + bytes([flags]) + count.to_bytes(4)


def _credential(key: Key, response: dict[str, Any]) -> str:
    return json.dumps(
        {
            "id": encoded(key.id),
            "rawId": encoded(key.id),
            "type": "public-key",
            "response": response,
            "clientExtensionResults": {},
        }
    )
