"""What the flows of this area need of the outside world, in one hand."""

from dataclasses import dataclass

from domain.bank_links.feed import BankFeed
from domain.objects import ObjectStore
from runtime.database import Database
from runtime.jobs import Jobs
from runtime.keys import Keys
from runtime.system import SystemDatabase


@dataclass(frozen=True)
class Banking:
    """`webhook_url` is where the provider reaches us."""

    database: Database
    system: SystemDatabase
    keys: Keys
    feed: BankFeed
    objects: ObjectStore
    jobs: Jobs
    webhook_url: str
