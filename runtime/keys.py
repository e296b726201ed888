"""The server's keys: one ring signs access tokens, one encrypts what must be read again, such as providers' tokens.

From the environment (COFFER_ACCESS_KEY, COFFER_VAULT_KEY) or made once in a file of mode 0600. The database keeps a
fingerprint of each key beside the data made with it, so that a server with other keys refuses to start.
"""

import base64
import hashlib
import hmac
import json
import os
import secrets
from collections.abc import Mapping
from dataclasses import dataclass
from functools import cached_property
from pathlib import Path

from cryptography.hazmat.primitives import hashes
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey, Ed25519PublicKey
from cryptography.hazmat.primitives.ciphers.aead import AESGCM
from cryptography.hazmat.primitives.kdf.hkdf import HKDF
from cryptography.hazmat.primitives.serialization import Encoding, PublicFormat

NONCE_BYTES = 12


class KeyProblem(Exception):
    """A key is malformed, or does not fit the data."""


@dataclass(frozen=True)
class Key:
    """Secret bytes with a public name that is derived from them."""

    secret: bytes

    @property
    def id(self) -> str:
        return hashlib.sha256(b"coffer key id\0" + self.secret).hexdigest()[:16]

    def __repr__(self) -> str:
        return f"Key({self.id})"


@dataclass(frozen=True)
class Keys:
    """`access` are Ed25519 seeds, the first of which signs and all of which verify; `vault` are AES-256 keys, the first
    of which encrypts and all of which decrypt."""

    access: tuple[Key, ...]
    vault: tuple[Key, ...]

    @cached_property
    def signing_key(self) -> Ed25519PrivateKey:
        return Ed25519PrivateKey.from_private_bytes(self.access[0].secret)

    @cached_property
    def signing_key_id(self) -> str:
        return thumbprint(self.signing_key.public_key())

    @cached_property
    def verifying_keys(self) -> Mapping[str, Ed25519PublicKey]:
        """By key id, the one that signs first."""
        public = [Ed25519PrivateKey.from_private_bytes(one.secret).public_key() for one in self.access]
        return {thumbprint(one): one for one in public}

    def seals(self, purpose: str, content: bytes) -> list[bytes]:
        """HMAC-SHA256 of the content under each vault key, the newest first, with a key of its own for each purpose
        (HKDF, RFC 5869). Make the first one; know any of them again."""
        return [
            hmac.digest(HKDF(hashes.SHA256(), 32, None, purpose.encode()).derive(key.secret), content, "sha256")
            for key in self.vault
        ]

    def encrypt(self, plain: str, *, bound_to: bytes) -> tuple[str, bytes]:
        """AES-256-GCM (NIST SP 800-38D): the key's id and nonce + ciphertext. `bound_to` must be given again to
        read it."""
        key = self.vault[0]
        nonce = secrets.token_bytes(NONCE_BYTES)
        return key.id, nonce + AESGCM(key.secret).encrypt(nonce, plain.encode(), bound_to)

    def decrypt(self, key_id: str, sealed: bytes, *, bound_to: bytes) -> str:
        """Raises KeyProblem for a key we do not have, cryptography's InvalidTag for altered bytes."""
        for key in self.vault:
            if key.id == key_id:
                return AESGCM(key.secret).decrypt(sealed[:NONCE_BYTES], sealed[NONCE_BYTES:], bound_to).decode()
        raise KeyProblem(f"vault key {key_id} is missing")


def public_jwk(key: Ed25519PublicKey) -> dict[str, str]:
    """What is required of a public key (RFC 8037, 2), in the order in which RFC 7638 hashes it."""
    raw = key.public_bytes(Encoding.Raw, PublicFormat.Raw)
    return {"crv": "Ed25519", "kty": "OKP", "x": base64.urlsafe_b64encode(raw).rstrip(b"=").decode()}


def thumbprint(key: Ed25519PublicKey) -> str:
    """RFC 7638: SHA-256 of the key's required members."""
    text = json.dumps(public_jwk(key), separators=(",", ":"))
    return base64.urlsafe_b64encode(hashlib.sha256(text.encode()).digest()).rstrip(b"=").decode()


def load_or_make(path: Path | None) -> Keys:
    """The environment first, then the file; a missing file is made with new keys."""
    access, vault = os.environ.get("COFFER_ACCESS_KEY"), os.environ.get("COFFER_VAULT_KEY")
    if not (access and vault):
        if path is None:
            raise KeyProblem("set COFFER_ACCESS_KEY and COFFER_VAULT_KEY, or COFFER_KEYS_FILE")
        stored = _read(path) if path.exists() else _make(path)
        access, vault = access or stored["access"], vault or stored["vault"]
    return Keys(
        access=tuple(_key(one, "COFFER_ACCESS_KEY") for one in access.split(",")),
        vault=tuple(_key(one, "COFFER_VAULT_KEY") for one in vault.split(",")),
    )


def _key(text: str, name: str) -> Key:
    try:
        secret = base64.b64decode(text, validate=True)
    except ValueError:
        raise KeyProblem(f"{name} is not base64") from None
    if len(secret) != 32:
        raise KeyProblem(f"{name} must be 32 bytes in base64")
    return Key(secret)


def _read(path: Path) -> dict[str, str]:
    try:
        stored = json.loads(path.read_text())
        return {"access": str(stored["access"]), "vault": str(stored["vault"])}
    except (ValueError, KeyError, TypeError):
        raise KeyProblem(f"{path} is not a key file") from None


def _make(path: Path) -> dict[str, str]:
    made = {name: base64.b64encode(secrets.token_bytes(32)).decode() for name in ("access", "vault")}
    path.parent.mkdir(parents=True, exist_ok=True)
    # Whole or not at all: another process may start meanwhile, and this one may die.
    unfinished = path.with_name(f".{path.name}.{secrets.token_hex(8)}")
    with os.fdopen(os.open(unfinished, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600), "w") as file:
        file.write(json.dumps(made))
        file.flush()
        os.fsync(file.fileno())
    try:
        os.link(unfinished, path)
    except FileExistsError:
        return _read(path)
    finally:
        unfinished.unlink()
    return made
