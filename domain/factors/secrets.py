"""Secrets that are shown once and kept as hashes."""

import hashlib
import secrets

_PREFIX = "cfx_"


def new_secret() -> str:
    """256 bits."""
    return _PREFIX + secrets.token_urlsafe(32)


def hash_of(purpose: str, secret: str | bytes) -> bytes:
    """SHA-256, apart for each purpose: what is good for one thing is not found among those for another."""
    content = secret.encode("utf-8", "surrogatepass") if isinstance(secret, str) else secret
    return hashlib.sha256(purpose.encode() + b"\0" + content).digest()
