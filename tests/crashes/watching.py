"""Subscribers that lose their connection and resume, and what they believe in the end."""

import asyncio
from collections.abc import Callable
from typing import Any

from tests.crashes.insisting import PAUSE, passes
from tests.end_to_end.documents import BALANCE_CHANGED, GROUP_UPDATED
from tests.end_to_end.person import Person

TRANSACTIONS_CHANGED = """
subscription Transactions($after: String) {
  transactionsChanged(after: $after) {
    sequence
    added { id date amount { amount } description }
    modified { id date amount { amount } description }
    removedIds
  }
}
"""


class HouseholdWatcher:
    """The balances and transactions of a household, from events alone."""

    def __init__(self, person: Person, start: str) -> None:
        self._person = person
        self._start = start
        self.balances: dict[str, str] = {}
        self.transactions: dict[str, dict[str, Any]] = {}

    async def watch(self) -> None:
        """From `start` on, until cancelled."""
        await asyncio.gather(
            follow(self._person, BALANCE_CHANGED, self._start, self._balance),
            follow(self._person, TRANSACTIONS_CHANGED, self._start, self._change),
        )

    def _balance(self, event: dict[str, Any]) -> None:
        self.balances[event["account"]["id"]] = event["balance"]["amount"]

    def _change(self, event: dict[str, Any]) -> None:
        for one in event["added"]:
            assert one["id"] not in self.transactions, f"{one} is added twice"
            self.transactions[one["id"]] = one
        for one in event["modified"]:
            self.transactions[one["id"]] = one
        for gone in event["removedIds"]:
            self.transactions.pop(gone, None)


class GroupWatcher:
    """The contributions to a group, in the order in which one member saw them."""

    def __init__(self, person: Person, group: str, start: str) -> None:
        self._person = person
        self._group = group
        self.start = start
        self.contributions: list[str] = []

    async def watch(self) -> None:
        await follow(self._person, GROUP_UPDATED, self.start, self._contributed, group=self._group)

    def _contributed(self, event: dict[str, Any]) -> None:
        if event["kind"] == "CONTRIBUTED":
            self.contributions.append(event["contribution"]["id"])


async def follow(
    person: Person, document: str, after: str, take: Callable[[dict[str, Any]], None], **variables: Any
) -> None:
    """Every event once, over any number of connections. An error that is not a lost connection ends it."""
    while True:
        try:
            async with person.listening(document, after=after, **variables) as events:
                async for event in events:
                    take(event)
                    after = event["sequence"]
        except Exception as error:
            if not passes(error):
                raise
        await asyncio.sleep(PAUSE)
