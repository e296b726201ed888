"""One operation, let in and charged."""

import time
from datetime import datetime, timedelta
from math import ceil
from typing import TYPE_CHECKING

from graphql import (
    DocumentNode,
    FieldNode,
    FragmentDefinitionNode,
    FragmentSpreadNode,
    InlineFragmentNode,
    OperationDefinitionNode,
    OperationType,
)

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
    another bucket. It is spent of each of the `accounts`, the client's own first."""

    __slots__ = ("_account", "_accounts", "_allowances", "_at", "cost")

    def __init__(self, allowances: "Allowances", accounts: "tuple[Account, ...]", at: float) -> None:
        self._allowances = allowances
        self._accounts = accounts
        self._account = accounts[0]
        self._at = at
        self.cost = 0

    def charge(self, operation: "Operation") -> None:
        """Raises ClientError LIMITED: then nothing is spent of the bucket that has not enough."""
        cost = operation.expected.objects or 1
        if operation.is_new:
            cost += len(operation.text) // CHARACTERS_PER_COST
        if operation.kind is OperationType.MUTATION:
            self._charge_mutations(operation)
        for account in self._accounts:
            self._allowances.spend(account.objects, cost, self._at)
        self.cost = cost

    def charge_text(self, text: str) -> None:
        cost = 1 + len(text) // CHARACTERS_PER_COST
        for account in self._accounts:
            self._allowances.owe(account.objects, cost, self._at)
        self.cost = cost

    def charge_request(self) -> None:
        """A network's that is no operation. Raises ClientError LIMITED."""
        if self._account.requests is not None:
            self._allowances.spend(self._account.requests, 1, self._at)

    def give_request_back(self) -> None:
        if self._account.requests is not None:
            self._allowances.owe(self._account.requests, -1, time.monotonic())

    def over(self) -> None:
        for account in self._accounts:
            account.running -= 1

    def head(self) -> bytes:
        """RateLimit and RateLimit-Policy, as draft-ietf-httpapi-ratelimit-headers has them."""
        account, left = self._account, self._left
        capacity = account.objects.capacity
        rest = b'ratelimit: "objects";r=%d;t=%d\r\n' % (
            max(0, left),
            (capacity - left) * 60 / capacity + 0.999,
        )
        return rest + account.policy

    # ------------------------------------------------------------------ what `rateLimit` shows

    @property
    def limit(self) -> int:
        return int(self._account.objects.capacity)

    @property
    def remaining(self) -> int:
        return max(0, int(self._left))

    @property
    def reset_at(self) -> datetime:
        bucket = self._account.objects
        bucket.fill(time.monotonic())
        return clock.now() + timedelta(seconds=ceil(bucket.seconds_until(bucket.capacity)))

    @property
    def _left(self) -> float:
        """Of its own, or of what it shares where that is less."""
        left = self._account.objects.left
        for account in self._account.above:
            left = min(left, account.objects.left)
        return left

    def _charge_mutations(self, operation: "Operation") -> None:
        mutations = operation.executable.weight.root_fields
        names = names_at_root(operation.document, operation.executable.operation)
        syncs = sum([name in SYNCS for name in names])
        for account in self._accounts:
            if syncs and account.syncs is not None:
                self._allowances.spend(account.syncs, syncs, self._at)
            self._allowances.spend(account.mutations, mutations, self._at)


def names_at_root(document: DocumentNode, operation: OperationDefinitionNode) -> list[str]:
    """Of the fields, wherever a fragment brings them. The limits of a document bound how many there are, and every
    fragment brings at least one."""
    fragments = {one.name.value: one for one in document.definitions if isinstance(one, FragmentDefinitionNode)}
    names: list[str] = []
    waiting = list(operation.selection_set.selections)
    while waiting:
        node = waiting.pop()
        if isinstance(node, FieldNode):
            names.append(node.name.value)
        elif isinstance(node, FragmentSpreadNode):
            waiting += fragments[node.name.value].selection_set.selections
        elif isinstance(node, InlineFragmentNode):
            waiting += node.selection_set.selections
    return names
