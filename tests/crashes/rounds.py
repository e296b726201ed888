"""One run: two households in one group, two links each, the demo person beside them, and a killer."""

import asyncio
import random
from collections.abc import Awaitable, Callable
from contextlib import AsyncExitStack
from dataclasses import dataclass

from tests.crashes import truth
from tests.crashes.insisting import insist, passes
from tests.crashes.killer import kill_all_in_turn
from tests.crashes.life import Life
from tests.crashes.watching import GroupWatcher, HouseholdWatcher
from tests.end_to_end.bank import Bank
from tests.end_to_end.coffer import Coffer, started
from tests.end_to_end.documents import CREATE_GROUP, JOIN_GROUP, LINK_BANK, LINK_STATES, SEQUENCE
from tests.end_to_end.patience import until
from tests.end_to_end.person import Person

HEALING_SECONDS = 60.0
LINKS = 2
# The run outlives the usual quarter of an hour; the demo bank lives faster.
ENVIRONMENT = {
    "COFFER_ACCESS_TOKEN_MINUTES": "600",
    "SANDBOX_PURCHASE_SECONDS": "1",
    "SANDBOX_SETTLE_SECONDS": "5",
}
CREATE_ACCOUNT = """
mutation Account($input: CreateAccountInput!) {
  createAccount(input: $input) { account { id } userErrors { code message path } }
}
"""


@dataclass
class Cast:
    """Everybody and everything in the run."""

    coffer: Coffer
    bank: Bank
    demo: Person
    lives: list[Life]
    households: list[HouseholdWatcher]
    members: list[GroupWatcher]
    group: str


async def crash(rounds: int, seed: int, say: Callable[[str], None]) -> None:
    """Raises AssertionError for whatever is lost, doubled or wrong in the end."""
    async with started(**ENVIRONMENT) as coffer, AsyncExitStack() as stack:
        cast = await _assemble(coffer, stack, random.Random(seed))
        async with asyncio.TaskGroup() as group:
            watching = [group.create_task(one.watch()) for one in cast.households]
            watching += [group.create_task(one.watch()) for one in cast.members]
            living = [group.create_task(life.live(f"H{number}")) for number, life in enumerate(cast.lives)]
            await kill_all_in_turn(coffer, rounds, random.Random(seed + 1), say)
            for life in cast.lives:
                life.ended.set()
            said = await _heal(cast, living)
            for task in watching:
                task.cancel()
        say(said)


async def _assemble(coffer: Coffer, stack: AsyncExitStack, dice: random.Random) -> Cast:
    bank = coffer.bank()
    demo = await stack.enter_async_context(coffer.demo_person())
    people = [await stack.enter_async_context(coffer.person(name)) for name in ("Ada", "Grace")]
    target = {"amount": "1000000.00", "currency": "USD"}
    made = (await people[0].change(CREATE_GROUP, input={"name": "Boat", "target": target}))["savingsGroup"]
    members = [GroupWatcher(person, made["id"], made["sequence"]) for person in people]
    await people[1].change(JOIN_GROUP, input={"inviteCode": made["inviteCode"]})
    lives = []
    for person in people:
        cash = {"name": "Purse", "type": "CASH", "currency": "USD"}
        account = (await person.change(CREATE_ACCOUNT, input=cash))["account"]["id"]
        tokens = [await _link(person, bank) for _ in range(LINKS)]
        lives.append(Life(person, bank, random.Random(dice.random()), tokens, made["id"], account))
    households = [HouseholdWatcher(person, (await person.ask(SEQUENCE))["viewer"]["sequence"]) for person in people]
    return Cast(coffer, bank, demo, lives, households, members, made["id"])


async def _link(person: Person, bank: Bank) -> str:
    """A bank with nothing in it yet: what happens, happens amid the killing."""
    account = {"type": "depository", "subtype": "checking", "starting_balance": 5_000, "transactions": []}
    await person.change(LINK_BANK, input={"publicToken": await bank.public_token([account])})

    async def synced() -> bool:
        links = (await person.ask(LINK_STATES))["viewer"]["bankLinks"]
        return all(link["lastSyncedAt"] for link in links)

    await until(synced, "the link is synchronised")
    return (await bank.items())[-1].access_token


async def _heal(cast: Cast, living: list[asyncio.Task[None]]) -> str:
    """Everything must be right within a minute of the last kill, by itself."""
    begun = asyncio.get_running_loop().time()
    async with asyncio.timeout(HEALING_SECONDS * 2):
        await asyncio.gather(*living)
        demo = [item.access_token for item in await insist(cast.bank.items) if item.username == "user_demo"]
        links = [(life.person, life.access_tokens) for life in cast.lives]
        for person, tokens in (*links, (cast.demo, demo)):
            await _by_itself(truth.bank_agrees, "every bank transaction is there once", person, cast.bank, tokens)
        for life, household, member in zip(cast.lives, cast.households, cast.members, strict=True):
            await _by_itself(truth.household_as_seen, "a subscriber knows the household", household, life.person)
            await _by_itself(truth.group_as_seen, "a subscriber knows the group", member, life.person, cast.group)
    seconds = asyncio.get_running_loop().time() - begun
    await truth.nothing_done_twice(cast.lives, cast.group)
    for words in (["recount"], ["verify"]):
        code, said = await truth.command(cast.coffer, *words)
        assert code == 0, f"coffer {' '.join(words)}: {said}"
    assert seconds < HEALING_SECONDS, f"it took {seconds:.0f} s to heal"
    done = f"{sum(life.purchases for life in cast.lives)} purchases, "
    done += f"{sum(len(life.contributed) for life in cast.lives)} contributions, "
    done += f"{sum(len(life.booked) for life in cast.lives)} bookings by hand, "
    done += f"{sum(life.imported.total() for life in cast.lives)} rows of files"
    return f"all is right {seconds:.1f} s after the last kill: {done}"


async def _by_itself(holds: Callable[..., Awaitable[bool]], what: str, *things: object) -> None:
    async def now() -> bool:
        try:
            return await holds(*things)
        except Exception as error:
            if not passes(error):
                raise
            return False

    await until(now, what, HEALING_SECONDS, pause=0.5)
