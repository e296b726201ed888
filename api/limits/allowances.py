"""Who has how much left: looked up by each operation, in this process' memory alone."""

import time
from collections import OrderedDict
from collections.abc import Hashable
from math import ceil
from uuid import UUID

from redis.asyncio import Redis

from api.errors import LIMITED, ClientError
from api.limits.account import Account, account_of_app, account_of_network, account_of_person, key_of
from api.limits.admission import Admission
from api.limits.bucket import Bucket
from api.limits.limits import Limits
from api.limits.settlement import Settlement
from runtime.viewer import Viewer

MOST_REMEMBERED = 20_000
RUNNING_SECONDS = 1
"""After which it is worth trying again where too much runs at the same time."""


class Allowances:
    """The entrance for all operations of one process (api/transport/entrance.py)."""

    def __init__(self, limits: Limits, redis: "Redis", prefix: str) -> None:
        self.limits = limits
        self.settlement = Settlement(redis, prefix)
        self._accounts: OrderedDict[Hashable, Account] = OrderedDict()

    def admit(self, viewer: Viewer | None, network: str) -> Admission:
        """Raises ClientError LIMITED for who owes something, or has too much running."""
        key = key_of(viewer, network)
        account = self._accounts.get(key)
        if account is None:
            account = self._open(key, viewer, network)
        now = time.monotonic()
        if account.running >= self.limits.operations:
            raise limited("operations", account.running + 1, self.limits.operations, RUNNING_SECONDS)
        bucket = account.objects
        if bucket.left < 0:
            bucket.fill(now)
            if bucket.left < 0:
                raise over(bucket, 1)
        account.running += 1
        return Admission(self, account, now)

    def spend(self, bucket: Bucket, cost: float, now: float) -> None:
        """Raises ClientError LIMITED."""
        if not bucket.spend(cost, now):
            raise over(bucket, cost)
        self.settlement.spent(bucket)

    def owe(self, bucket: Bucket, cost: float, now: float) -> None:
        """Spent whether or not there is so much."""
        bucket.fill(now)
        bucket.left -= cost
        bucket.unsettled += cost
        self.settlement.spent(bucket)

    async def close(self) -> None:
        await self.settlement.close()

    def _open(self, key: Hashable, viewer: Viewer | None, network: str) -> Account:
        now = time.monotonic()
        if viewer is None:
            account = account_of_network(network, self.limits, now)
        else:
            account = account_of_person(viewer, self.limits, now, self._app(viewer.app_id, now))
        self._remember(key, account)
        return account

    def _app(self, app_id: UUID | None, now: float) -> Account | None:
        if app_id is None:
            return None
        key = "app", app_id
        account = self._accounts.get(key)
        if account is None:
            account = account_of_app(app_id, self.limits, now)
            self._remember(key, account)
        return account

    def _remember(self, key: Hashable, account: Account) -> None:
        self._accounts[key] = account
        # The oldest goes: should it come again, Redis still knows.
        while len(self._accounts) > MOST_REMEMBERED:
            self._accounts.popitem(last=False)

    def __len__(self) -> int:
        return len(self._accounts)


def over(bucket: Bucket, cost: float) -> ClientError:
    return limited(bucket.limit, cost, bucket.capacity, max(1, ceil(bucket.seconds_until(cost))))


def limited(limit: str, value: float, maximum: float, retry_after: int) -> ClientError:
    """What will be taken later: LIMITED. `retryAfter` is in seconds."""
    words = f"Too much at once: `{limit}` is {maximum:g}. Try again in {retry_after} s"
    return ClientError(LIMITED, words, {"limit": limit, "value": value, "maximum": maximum, "retryAfter": retry_after})
