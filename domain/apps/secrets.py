"""What third parties keep to prove who they are: random, shown once, stored as hashes."""

import hashlib
import secrets
from enum import Enum

FAMILY_SEPARATOR = "."


class Secret(Enum):
    """Kinds of secrets, each with what its texts begin with."""

    CLIENT = "cfs_"
    PERSONAL = "cft_"
    CODE = "cfc_"
    REFRESH = "cfa_"
    DEVICE = "cfd_"
    USER_CODE = ""
    BROWSER = "cfb_"


def new_secret(kind: Secret) -> str:
    """256 bits."""
    return kind.value + secrets.token_urlsafe(32)


def hash_of(kind: Secret, text: str) -> bytes:
    """SHA-256, apart for each kind: a byte that no text begins with keeps them apart from hashes of other things."""
    return hashlib.sha256(b"\xff" + kind.name.encode() + b"\0" + text.encode("utf-8", "surrogatepass")).digest()


def new_family() -> str:
    """What all refresh tokens of one grant have in common."""
    return Secret.REFRESH.value + secrets.token_urlsafe(16)


def refresh_token_of(family: str) -> str:
    return family + FAMILY_SEPARATOR + secrets.token_urlsafe(32)


def family_of(refresh_token: str) -> str:
    return refresh_token.partition(FAMILY_SEPARATOR)[0]
