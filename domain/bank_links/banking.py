"""What the flows of this area need of the outside world, in one hand."""

from dataclasses import dataclass
from typing import Protocol
from uuid import UUID

from domain.bank_links.feed import BankFeed
from domain.objects import ObjectStore
from runtime.database import Database
from runtime.keys import Keys
from runtime.system import SystemDatabase


class Jobs(Protocol):
    """The port to the queue (runtime/jobs.py)."""

    async def enqueue(self, name: str, *, after_seconds: float = 0, **ids: UUID | int) -> bool:
        """Have the job run soon; False where it is left to the sweep."""
        ...


class TableNews(Protocol):
    """The port to the other processes (runtime/table_news.py)."""

    async def changed(self, table: str) -> None:
        """Tell them, after the commit, that a table that all share was changed. Nothing depends on its arrival."""
        ...


@dataclass(frozen=True)
class Banking:
    """`webhook_url` is where the provider reaches us."""

    database: Database
    system: SystemDatabase
    keys: Keys
    feed: BankFeed
    objects: ObjectStore
    jobs: Jobs
    news: TableNews
    webhook_url: str
