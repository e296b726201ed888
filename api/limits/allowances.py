"""Who has how much left: looked up by each operation, in this process' memory alone."""

import time
from collections import OrderedDict
from collections.abc import Callable, Hashable
from math import ceil
from uuid import UUID

from redis.asyncio import Redis

from api.errors import LIMITED, ClientError
from api.limits.account import (
    Account,
    account_of_app,
    account_of_network,
    account_of_parties,
    account_of_party,
    account_of_person,
    key_of,
)
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
        accounts = account.everywhere()
        for one in accounts:
            if one.running >= one.most:
                limit = "operations" if one is account else "parties_operations"
                raise limited(limit, one.running + 1, one.most, RUNNING_SECONDS)
            bucket = one.objects
            if bucket.left < 0:
                bucket.fill(now)
                if bucket.left < 0:
                    raise over(bucket, 1)
        for one in accounts:
            one.running += 1
        return Admission(self, accounts, now)

    def admit_request(self, network: str) -> Admission:
        """One that is no operation. Raises ClientError LIMITED."""
        admission = self.admit(None, network)
        try:
            admission.charge_request()
        except ClientError:
            admission.over()
            raise
        return admission

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
        now, limits = time.monotonic(), self.limits
        if viewer is None:
            return self._remember(key, account_of_network(network, limits, now))
        if viewer.scopes is None:
            return self._remember(key, account_of_person(viewer.user_id, limits, now))
        above = [self._shared(("parties", viewer.user_id), account_of_parties)]
        if viewer.app_id is not None:
            above.append(self._shared(("app", viewer.app_id), account_of_app))
        return self._remember(key, account_of_party(viewer, limits, now, above))

    def _shared(self, key: tuple[str, UUID], opened: Callable[[UUID, Limits, float], Account]) -> Account:
        account = self._accounts.get(key)
        return account or self._remember(key, opened(key[1], self.limits, time.monotonic()))

    def _remember(self, key: Hashable, account: Account) -> Account:
        self._accounts[key] = account
        # The oldest goes: should it come again, Redis still knows.
        while len(self._accounts) > MOST_REMEMBERED:
            self._accounts.popitem(last=False)
        return account

    def __len__(self) -> int:
        return len(self._accounts)


def over(bucket: Bucket, cost: float) -> ClientError:
    return limited(bucket.limit, cost, bucket.capacity, max(1, ceil(bucket.seconds_until(cost))))


def limited(limit: str, value: float, maximum: float, retry_after: int) -> ClientError:
    """What will be taken later: LIMITED. `retryAfter` is in seconds."""
    words = f"Too much at once: `{limit}` is {maximum:g}. Try again in {retry_after} s"
    return ClientError(LIMITED, words, {"limit": limit, "value": value, "maximum": maximum, "retryAfter": retry_after})
