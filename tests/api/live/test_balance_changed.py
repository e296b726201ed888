"""Balances as they move: what was missed first, in order, once each."""

import asyncio

from api import ids
from integrations.world import World
from tests.api.client import Client, Person
from tests.api.live.books import move, open_account, rename
from tests.api.live.socket_client import Address, subscribed

BALANCES = """
subscription ($accountIds: [ID!], $after: String) {
  balanceChanged(accountIds: $accountIds, after: $after) {
    sequence
    account { id balance { amount } }
    balance { amount currency }
  }
}
"""
SEQUENCE = "{ viewer { sequence } }"


async def sequence_of(person: Person) -> str:
    sequence: str = (await person.data(SEQUENCE))["viewer"]["sequence"]
    return sequence


async def test_current_balances_come_first_and_then_what_moves(live: Address, world: World, person: Person) -> None:
    account = await open_account(world, person, balance="100.00")

    async with subscribed(live, person, BALANCES) as stream:
        first = await stream.next()
        await move(world, person, account, "87.50")
        second = await stream.next()

    assert [first["balance"], second["balance"]] == [
        {"amount": "100.00", "currency": "USD"},
        {"amount": "87.50", "currency": "USD"},
    ]
    assert second["account"] == {"id": ids.encode("acc", account), "balance": {"amount": "87.50"}}
    assert second["sequence"] == await sequence_of(person)


async def test_a_cut_stream_goes_on_where_it_stopped(live: Address, world: World, person: Person) -> None:
    account = await open_account(world, person)
    async with subscribed(live, person, BALANCES) as stream:
        await stream.next()
        await move(world, person, account, "1.00")
        seen = await stream.next()
    await move(world, person, account, "2.00", "3.00")

    async with subscribed(live, person, BALANCES, after=seen["sequence"]) as stream:
        await move(world, person, account, "4.00")
        events = await stream.some(3)

    assert [event["balance"]["amount"] for event in events] == ["2.00", "3.00", "4.00"]


async def test_no_gap_and_no_repeat_beside_concurrent_writers(live: Address, world: World, person: Person) -> None:
    accounts = [await open_account(world, person, name=name) for name in ("A", "B", "C")]
    position = await sequence_of(person)
    writing = asyncio.gather(
        *[move(world, person, one, *[f"{number}.00" for number in range(1, 31)]) for one in accounts]
    )
    seen: list[tuple[str, str]] = []

    while len(seen) < 90:
        async with subscribed(live, person, BALANCES, after=position) as stream:
            for event in await stream.some(min(13, 90 - len(seen))):
                seen.append((event["account"]["id"], event["balance"]["amount"]))
                position = event["sequence"]
    await writing

    for one in accounts:
        amounts = [amount for id, amount in seen if id == ids.encode("acc", one)]
        assert amounts == [f"{number}.00" for number in range(1, 31)]
    assert position == await sequence_of(person)


async def test_only_the_accounts_that_were_asked_for(live: Address, world: World, person: Person) -> None:
    wanted = await open_account(world, person, balance="5.00")
    other = await open_account(world, person)

    async with subscribed(live, person, BALANCES, accountIds=[ids.encode("acc", wanted)]) as stream:
        await stream.next()
        await move(world, person, other, "1.00")
        await move(world, person, wanted, "6.00")
        event = await stream.next()

    assert (event["account"]["id"], event["balance"]["amount"]) == (ids.encode("acc", wanted), "6.00")


async def test_another_household_hears_nothing(live: Address, world: World, person: Person, stranger: Person) -> None:
    theirs = await open_account(world, person)
    mine = await open_account(world, stranger)

    async with subscribed(live, stranger, BALANCES) as stream:
        assert (await stream.next())["account"]["id"] == ids.encode("acc", mine)
        await move(world, person, theirs, "1.00")
        await move(world, stranger, mine, "2.00")
        assert (await stream.next())["balance"]["amount"] == "2.00"


async def test_somebody_elses_account_is_none(live: Address, world: World, person: Person, stranger: Person) -> None:
    theirs = await open_account(world, stranger)

    for id in (ids.encode("acc", theirs), person.household_id, "nonsense"):
        async with subscribed(live, person, BALANCES, accountIds=[id]) as stream:
            assert await stream.failure() == "BAD_USER_INPUT"


async def test_nobody_is_refused(live: Address) -> None:
    async with subscribed(live, None, BALANCES) as stream:
        assert await stream.failure() == "UNAUTHENTICATED"


async def test_a_position_that_never_was_is_refused(
    live: Address, world: World, person: Person, stranger: Person, nobody: Client
) -> None:
    await open_account(world, person)
    await open_account(world, stranger)
    of_another = await sequence_of(stranger)
    own = await sequence_of(person)

    for position in ("", "nonsense", "ä", own[:-1], own + "A", of_another, "A" * 100_000, "=" * 35):
        async with subscribed(live, person, BALANCES, after=position) as stream:
            assert await stream.failure() == "BAD_USER_INPUT", position


async def test_a_position_too_far_back_is_read_afresh(live: Address, world: World, person: Person) -> None:
    account = await open_account(world, person)
    position = await sequence_of(person)
    # Far back, but not too far, also if the purchase is there before the stream has begun.
    await rename(world, person, account, lines=9_990)

    async with subscribed(live, person, BALANCES, after=position) as stream:
        await move(world, person, account, "1.00")
        event = await stream.next()
    await rename(world, person, account, lines=20)
    async with subscribed(live, person, BALANCES, after=position) as late:
        code = await late.failure()

    assert event["balance"]["amount"] == "1.00"
    assert code == "RESYNC"
