"""Passwords: Argon2id (RFC 9106), in a thread of their own because they take tens of milliseconds by design."""

import asyncio

from argon2 import PasswordHasher
from argon2.exceptions import InvalidHashError, VerifyMismatchError

from domain.mistakes import invalid

SHORTEST, LONGEST = 10, 256

_hasher = PasswordHasher(time_cost=2, memory_cost=19 * 1024, parallelism=1)
_waiting = asyncio.Semaphore(4)
"""So many at once: each takes 19 MiB."""


def check_password(password: str, *path: str) -> None:
    """INVALID unless it has 10 to 256 characters."""
    if not SHORTEST <= len(password) <= LONGEST:
        raise invalid(f"A password has {SHORTEST} to {LONGEST} characters.", *path)


async def hash_password(password: str) -> str:
    async with _waiting:
        return await asyncio.to_thread(_hasher.hash, password)


async def verify_password(stored: str | None, password: str) -> bool:
    """False for a wrong one. Without a stored hash it takes as long as with one, and is false."""
    async with _waiting:
        return await asyncio.to_thread(_verify, stored or _NOBODY, password) and stored is not None


def _verify(stored: str, password: str) -> bool:
    try:
        return _hasher.verify(stored, password)
    except (VerifyMismatchError, InvalidHashError):
        return False


_NOBODY = _hasher.hash("nobody has this password")
