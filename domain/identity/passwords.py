"""Passwords: Argon2id (RFC 9106), in a thread of their own because they take tens of milliseconds by design."""

import asyncio
import gzip
from functools import cache
from pathlib import Path

from argon2 import PasswordHasher
from argon2.exceptions import InvalidHashError, VerifyMismatchError

from domain.mistakes import invalid
from runtime.identity_settings import IdentitySettings

SHORTEST, LONGEST = 10, 256
AT_ONCE = 4
_COMMON = Path(__file__).parents[2] / "data" / "common_passwords.txt.gz"


def check_password(password: str, *path: str) -> None:
    """INVALID unless it has 10 to 256 characters and is none of the most common ones."""
    if not SHORTEST <= len(password) <= LONGEST:
        raise invalid(f"A password has {SHORTEST} to {LONGEST} characters.", *path)
    if password.strip().casefold() in _common_passwords():
        raise invalid("This is one of the passwords that are tried first: choose another one.", *path)


@cache
def _common_passwords() -> frozenset[str]:
    """In lower case, the shorter ones left out: they are refused anyway."""
    with gzip.open(_COMMON, "rt", encoding="utf-8") as file:
        return frozenset(word for line in file if len(word := line.strip()) >= SHORTEST)


class Passwords:
    """Hashes and verifies at one cost. Hashes that were made at another verify as well."""

    def __init__(self, settings: IdentitySettings | None = None) -> None:
        costs = settings or IdentitySettings()
        self._hasher = PasswordHasher(
            time_cost=costs.argon2_time_cost,
            memory_cost=costs.argon2_memory_kib,
            parallelism=costs.argon2_parallelism,
        )
        self._nobodys: str | None = None
        self._waiting = asyncio.Semaphore(AT_ONCE)
        """So many at once: each takes its memory."""

    async def hash(self, password: str) -> str:
        async with self._waiting:
            return await asyncio.to_thread(self._hasher.hash, password)

    async def verify(self, stored: str | None, password: str) -> bool:
        """False for a wrong one. Without a stored hash it takes as long as with one, and is false."""
        async with self._waiting:
            return await asyncio.to_thread(self._verify, stored, password) and stored is not None

    def is_outdated(self, stored: str) -> bool:
        """Whether it was made at another cost."""
        return self._hasher.check_needs_rehash(stored)

    def _verify(self, stored: str | None, password: str) -> bool:
        if stored is None:
            stored = self._nobodys = self._nobodys or self._hasher.hash("nobody has this password")
        try:
            return self._hasher.verify(stored, password)
        except (VerifyMismatchError, InvalidHashError):
            return False


USUAL = Passwords()
