"""How fresh it is what a process remembers of tables that everybody shares: never older than a second.

Beside each such table stands a version in `table_versions`, which a trigger raises in the very transaction that changes
a row, whoever does it. What is remembered is given out when the version was compared less than `FRESH_SECONDS` ago;
else whoever asks compares it first: one short statement a second at most while people ask one after the other, none
while nobody asks. A change is therefore seen a second after its commit at the latest, without Redis and whatever
is announced or lost; an announcement (runtime/table_news.py) only makes it sooner.

The moment that counts is when a snapshot was taken, not when it was asked: one that is older than a second never
vouches for what others are given.
"""

from time import monotonic
from typing import ClassVar
from weakref import WeakSet

from sqlalchemy import BigInteger
from sqlalchemy.orm import Mapped, mapped_column

from runtime.tables import Model, Scope

FRESH_SECONDS = 1.0


class TableVersion(Model):
    """How often a table was changed. Written by its triggers alone."""

    __tablename__ = "table_versions"
    scope = Scope.REFERENCE

    name: Mapped[str] = mapped_column(primary_key=True)
    version: Mapped[int] = mapped_column(BigInteger)


class Freshness:
    """Of what one process remembers of one table of one database."""

    _all: ClassVar["WeakSet[Freshness]"] = WeakSet()

    def __init__(self) -> None:
        self.version = -1
        """The newest that was seen; what is remembered belongs to it."""
        self._seen_at = self._forgotten_at = float("-inf")
        self._all.add(self)

    @property
    def holds(self) -> bool:
        return self._seen_at > self._forgotten_at and monotonic() - self._seen_at < FRESH_SECONDS

    def confirm(self, version: int, seen_at: float) -> bool:
        """A snapshot that was taken at `seen_at` (monotonic seconds) or later has this version. Whether it is news:
        then what is remembered is to be dropped."""
        if version < self.version:
            return False
        is_new = version > self.version
        self.version, self._seen_at = version, seen_at if is_new else max(self._seen_at, seen_at)
        return is_new

    @classmethod
    def doubt_all(cls) -> None:
        """Something may have changed: whoever asks next compares the versions."""
        for one in cls._all:
            one._forgotten_at = monotonic()
