"""Those who ask the same and see the same read together: rendered once, delivered to each once and in order."""

import asyncio
from collections.abc import AsyncIterator
from contextlib import AsyncExitStack, asynccontextmanager
from typing import Any

import pytest
from starlette.applications import Starlette

from api.transport.operation import Answer, Operation, Operations
from api.transport.socket.sockets import Sockets
from integrations.world import World
from tests.api.client import Person
from tests.api.live.books import move, open_account
from tests.api.live.socket_client import Address, Stream, subscribed
from tests.api.savings_groups.documents import LEAVE, found_together, give
from tests.api.transport.server import eventually

BALANCES = "subscription ($after: String) { balanceChanged(after: $after) { sequence balance { amount } } }"
GROUP = "subscription ($id: ID!, $after: String) { groupUpdated(groupId: $id, after: $after) { sequence kind } }"
SEQUENCE = "{ viewer { sequence } }"


@pytest.fixture
def sockets(app: Starlette) -> Sockets:
    found: Sockets = app.state.parts.transports.sockets
    return found


@pytest.fixture
def rendered(monkeypatch: pytest.MonkeyPatch) -> list[object]:
    """Every event that is rendered, as often as it is."""
    events: list[object] = []
    event = Operations.event

    async def counted(self: Operations, operation: Operation, context: object, root: object) -> Answer:
        events.append(root)
        return await event(self, operation, context, root)

    monkeypatch.setattr(Operations, "event", counted)
    return events


@asynccontextmanager
async def several(
    address: Address, person: Person, document: str, count: int, **variables: Any
) -> AsyncIterator[list[Stream]]:
    async with AsyncExitStack() as stack:
        yield [
            await stack.enter_async_context(subscribed(address, person, document, **variables)) for _ in range(count)
        ]


async def sequence_of(person: Person) -> str:
    sequence: str = (await person.data(SEQUENCE))["viewer"]["sequence"]
    return sequence


async def amounts(stream: Stream, count: int) -> list[str]:
    return [event["balance"]["amount"] for event in await stream.some(count)]


async def test_an_event_is_rendered_once_for_all(
    live: Address, world: World, person: Person, sockets: Sockets, rendered: list[object]
) -> None:
    account = await open_account(world, person)
    async with several(live, person, BALANCES, 10) as streams:
        for stream in streams:
            await stream.next()
        await eventually(lambda: sum(map(len, sockets.feeds)) == 10)
        rendered.clear()

        await move(world, person, account, "1.00", "2.00")
        seen = [await amounts(stream, 2) for stream in streams]

    assert seen == [["1.00", "2.00"]] * 10
    assert len(rendered) == 2
    assert len(sockets.feeds) == 0


async def test_resumed_streams_go_with_the_others(
    live: Address, world: World, person: Person, sockets: Sockets, rendered: list[object]
) -> None:
    account = await open_account(world, person)
    start = await sequence_of(person)
    await move(world, person, account, "1.00")
    middle = await sequence_of(person)
    async with (
        several(live, person, BALANCES, 2, after=start) as from_start,
        several(live, person, BALANCES, 2, after=middle) as from_middle,
    ):
        for stream in from_start:
            assert await amounts(stream, 1) == ["1.00"]
        await eventually(lambda: [len(feed) for feed in sockets.feeds] == [4])
        rendered.clear()

        await move(world, person, account, "2.00")
        seen = [await amounts(stream, 1) for stream in [*from_start, *from_middle]]

    assert seen == [["2.00"]] * 4
    assert len(rendered) == 1


async def test_nobody_shares_with_somebody_who_sees_otherwise(
    live: Address, world: World, person: Person, stranger: Person, sockets: Sockets
) -> None:
    group_id = await found_together(person, stranger)
    async with (
        subscribed(live, person, GROUP, id=group_id) as mine,
        subscribed(live, stranger, GROUP, id=group_id) as theirs,
    ):
        await eventually(lambda: [len(feed) for feed in sockets.feeds] == [1, 1])
        await give(person, group_id, "1.00")

        assert (await mine.next())["kind"] == (await theirs.next())["kind"] == "CONTRIBUTED"


async def test_the_end_of_the_right_to_see_ends_the_stream_of_all(
    live: Address, person: Person, stranger: Person, sockets: Sockets
) -> None:
    group_id = await found_together(person, stranger)
    async with several(live, stranger, GROUP, 3, id=group_id) as streams, subscribed(live, person, GROUP, id=group_id):
        await eventually(lambda: sorted(len(feed) for feed in sockets.feeds) == [1, 3])

        await stranger.change(LEAVE, groupId=group_id)

        for stream in streams:
            await stream.completed()
        assert [len(feed) for feed in sockets.feeds] == [1]


async def test_who_joins_while_events_come_hears_each_once_and_in_order(
    live: Address, world: World, person: Person
) -> None:
    account = await open_account(world, person, balance="0.00")
    last = 120
    writing = asyncio.create_task(move(world, person, account, *[f"{number}.00" for number in range(1, last + 1)]))

    async def watch() -> list[float]:
        async with subscribed(live, person, BALANCES) as stream:
            seen: list[float] = []
            while not seen or seen[-1] < last:
                seen += [float(one) for one in await amounts(stream, 1)]
        return seen

    watching: list[asyncio.Task[list[float]]] = []
    async with subscribed(live, person, BALANCES) as clock:
        # A newcomer at each fourth event: at every stage of the feed somebody joins.
        while len(watching) < 20:
            await clock.next()
            watching.append(asyncio.create_task(watch()))
            await clock.some(3)
        everything = await asyncio.gather(*watching)
    await writing

    for seen in everything:
        # The first is the balance as it was; from there on each, once.
        assert seen == [float(number) for number in range(int(seen[0]), last + 1)]


async def test_many_who_come_at_once_begin_together(
    live: Address, world: World, person: Person, rendered: list[object]
) -> None:
    account = await open_account(world, person, balance="5.00")

    async def first() -> dict[str, Any]:
        async with subscribed(live, person, BALANCES) as stream:
            return await stream.next()

    seen = await asyncio.gather(*[first() for _ in range(40)])
    await move(world, person, account, "6.00")

    assert {one["balance"]["amount"] for one in seen} == {"5.00"}
    assert len(rendered) < 40


async def test_a_stream_that_went_while_it_began_leaves_nothing(
    live: Address, world: World, person: Person, sockets: Sockets
) -> None:
    await open_account(world, person)
    for _ in range(5):
        async with subscribed(live, person, BALANCES):
            pass

    await eventually(lambda: len(sockets) == 0)
    await eventually(lambda: len(sockets.starts) == len(sockets.feeds) == 0)
