"""One operation, let in and charged."""

import time
from datetime import datetime, timedelta
from math import ceil
from typing import TYPE_CHECKING

from graphql import FieldNode, OperationType

from api.limits.account import Account
from runtime import clock

if TYPE_CHECKING:
    from api.limits.allowances import Allowances
    from api.transport.operation import Operation

SYNCS = frozenset({"syncBankLink", "linkBank"})
CHARACTERS_PER_COST = 4
"""Of a document that has to be read: it takes about as long as an object."""


class Admission:
    """An operation costs as many units as objects are expected of it, at least one; and each of its mutations one of
    another bucket."""

    __slots__ = ("_account", "_allowances", "_at", "cost")

    def __init__(self, allowances: "Allowances", account: Account, at: float) -> None:
        self._allowances = allowances
        self._account = account
        self._at = at
        self.cost = 0

    def charge(self, operation: "Operation") -> None:
        """Raises ClientError LIMITED: then nothing is spent of the bucket that has not enough."""
        cost = operation.expected.objects or 1
        if operation.is_new:
            cost += len(operation.text) // CHARACTERS_PER_COST
        spend, account = self._allowances.spend, self._account
        if operation.kind is OperationType.MUTATION:
            self._charge_mutations(operation)
        spend(account.objects, cost, self._at)
        if account.above is not None:
            spend(account.above.objects, cost, self._at)
        self.cost = cost

    def charge_text(self, text: str) -> None:
        cost = 1 + len(text) // CHARACTERS_PER_COST
        self._allowances.owe(self._account.objects, cost, self._at)
        self.cost = cost

    def over(self) -> None:
        self._account.running -= 1

    def head(self) -> bytes:
        """RateLimit and RateLimit-Policy, as draft-ietf-httpapi-ratelimit-headers has them."""
        bucket = self._account.objects
        left = bucket.left
        capacity = bucket.capacity
        return b'ratelimit: "objects";r=%d;t=%d\r\nratelimit-policy: "objects";q=%d;w=60\r\n' % (
            max(0, left),
            (capacity - left) * 60 / capacity + 0.999,
            capacity,
        )

    # ------------------------------------------------------------------ what `rateLimit` shows

    @property
    def limit(self) -> int:
        return int(self._account.objects.capacity)

    @property
    def remaining(self) -> int:
        return max(0, int(self._account.objects.left))

    @property
    def reset_at(self) -> datetime:
        bucket = self._account.objects
        bucket.fill(time.monotonic())
        return clock.now() + timedelta(seconds=ceil(bucket.seconds_until(bucket.capacity)))

    def _charge_mutations(self, operation: "Operation") -> None:
        account, spend = self._account, self._allowances.spend
        mutations = operation.executable.weight.root_fields
        names = [
            one.name.value
            for one in operation.executable.operation.selection_set.selections
            if isinstance(one, FieldNode)
        ]
        if syncs := sum(name in SYNCS for name in names):
            spend(account.syncs, syncs, self._at)
        spend(account.mutations, mutations, self._at)
        if account.above is not None:
            spend(account.above.mutations, mutations, self._at)
