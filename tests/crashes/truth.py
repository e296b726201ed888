"""What must hold once everything runs again."""

import asyncio
import os
import sys
from collections import Counter

from tests.crashes.insisting import insist
from tests.crashes.life import Life
from tests.crashes.watching import GroupWatcher, HouseholdWatcher
from tests.end_to_end import recount
from tests.end_to_end.bank import Bank
from tests.end_to_end.coffer import Coffer
from tests.end_to_end.documents import ACCOUNTS
from tests.end_to_end.person import Person
from tests.engines.processes import ROOT

CONTRIBUTIONS = """
query Contributions($id: ID!, $after: String) {
  node(id: $id) {
    ... on SavingsGroup {
      saved { amount }
      contributions(first: 100, after: $after) {
        nodes { id message amount { amount } } pageInfo { hasNextPage endCursor }
      }
    }
  }
}
"""
GROUP_CHANGES = """
query Changes($id: ID!, $after: String!) {
  node(id: $id) {
    ... on SavingsGroup {
      changes(after: $after, first: 100) { nodes { kind id } pageInfo { hasNextPage endCursor } }
    }
  }
}
"""


async def bank_agrees(person: Person, bank: Bank, access_tokens: list[str]) -> bool:
    """Every transaction of the household's links once, and nothing else on linked accounts."""
    told: Counter[object] = Counter()
    for token in access_tokens:
        told.update(await bank.truth(token))
    accounts = (await person.ask(ACCOUNTS))["viewer"]["accounts"]
    linked = {account["id"] for account in accounts if account["bankLink"]}
    ours = recount.lines(one for one in await person.transactions() if one["account"]["id"] in linked)
    return ours == told


async def household_as_seen(watcher: HouseholdWatcher, person: Person) -> bool:
    """Whether a subscriber of all events believes what a fresh query says."""
    accounts = (await person.ask(ACCOUNTS))["viewer"]["accounts"]
    fresh = {one["id"]: _essence(one) for one in await person.transactions()}
    seen = {id: _essence(one) for id, one in watcher.transactions.items()}
    balances = {one["id"]: one["balance"]["amount"] for one in accounts}
    return fresh == seen and balances == {**balances, **watcher.balances} and set(watcher.balances) <= set(balances)


def _essence(transaction: dict[str, object]) -> tuple[object, ...]:
    amount = transaction["amount"]
    assert isinstance(amount, dict)
    return transaction["date"], amount["amount"], transaction["description"]


async def contributions(person: Person, group: str) -> list[tuple[str, str]]:
    """(id, message) of each, oldest first."""
    found: list[tuple[str, str]] = []
    after = None
    while True:
        page = (await person.ask(CONTRIBUTIONS, id=group, after=after))["node"]["contributions"]
        found += [(one["id"], one["message"]) for one in page["nodes"]]
        if not page["pageInfo"]["hasNextPage"]:
            return found[::-1]
        after = page["pageInfo"]["endCursor"]


async def group_as_seen(watcher: GroupWatcher, person: Person, group: str) -> bool:
    """Each contribution once, in the order of the journal: that of the commits, not that of the requests."""
    there = sorted(id for id, _ in await contributions(person, group))
    return sorted(watcher.contributions) == there and watcher.contributions == await _journal(watcher, person, group)


async def _journal(watcher: GroupWatcher, person: Person, group: str) -> list[str]:
    """The contributions that the group's changes tell of."""
    found: list[str] = []
    after: str | None = watcher.start
    while after:
        page = (await person.ask(GROUP_CHANGES, id=group, after=after))["node"]["changes"]
        found += [one["id"] for one in page["nodes"] if one["kind"] == "CREATED" and one["id"].startswith("gct_")]
        after = page["pageInfo"]["endCursor"] if page["pageInfo"]["hasNextPage"] else None
    return found


async def nothing_done_twice(lives: list[Life], group: str) -> None:
    """Everything that was acknowledged is there, and each key's effect is there once."""
    messages = Counter(message for _, message in await contributions(lives[0].person, group))
    assert messages == Counter(message for life in lives for message in life.contributed)
    for life in lives:
        transactions = await insist(life.person.transactions)
        by_hand = Counter(one["description"] for one in transactions if one["account"]["id"] == life.cash_account)
        assert by_hand == Counter(life.booked)
        files = recount.lines(one for one in transactions if one["originalDescription"].startswith("FILE "))
        assert files == life.imported


async def command(coffer: Coffer, *words: str) -> tuple[int, str]:
    """Run a `coffer` command beside it; its code and its words."""
    facts = coffer.facts
    environment = {
        **os.environ,
        "DATABASE_URL": facts["database"],
        "DATABASE_OWNER_URL": facts["database_owner"],
        "DATABASE_SYSTEM_URL": facts["database_system"],
        "REDIS_URL": facts["redis"],
        "COFFER_DATA": str(coffer.folder),
        "COFFER_KEYS_FILE": str(coffer.folder / "keys.json"),
    }
    process = await asyncio.create_subprocess_exec(
        *(sys.executable, "-m", "cli.main", *words),
        cwd=ROOT,
        env=environment,
        stdout=asyncio.subprocess.PIPE,
        stderr=asyncio.subprocess.STDOUT,
    )
    said, _ = await process.communicate()
    assert process.returncode is not None
    return process.returncode, said.decode()
