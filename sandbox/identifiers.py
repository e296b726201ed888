"""Identifiers and tokens as Plaid shapes them."""

import base64
import os
import uuid

_ALPHANUMERIC = bytes.maketrans(b"+/", b"xQ")


def random_id(length: int = 37) -> str:
    """A case-sensitive alphanumeric identifier."""
    return base64.b64encode(os.urandom(length)).translate(_ALPHANUMERIC)[:length].decode()


def token(kind: str) -> str:
    """A token such as `access-sandbox-…`."""
    return f"{kind}-sandbox-{uuid.uuid4()}"
