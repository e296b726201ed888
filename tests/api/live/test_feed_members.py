"""What one member of a feed costs the others: nothing, however slowly it reads and whatever it calls its stream."""

import asyncio
import gc
import socket
import tracemalloc

import pytest
from starlette.applications import Starlette

from api import ids
from api.transport.feed import MOST_FRAMES
from api.transport.socket.sockets import Sockets
from domain.events import TransactionsRemoved
from integrations.world import World
from runtime.ids import new_id
from runtime.unit import Unit, in_unit
from tests.api.client import Person
from tests.api.live.books import move, open_account, rename, viewer_of
from tests.api.live.socket_client import Address, Stream, subscribed
from tests.api.transport.server import eventually

TRANSACTIONS = "subscription { transactionsChanged { sequence removedIds } }"
BALANCES = "subscription { balanceChanged { balance { amount } } }"
CHANGES = "subscription { changes { sequence kind id } }"


@pytest.fixture
def sockets(app: Starlette) -> Sockets:
    found: Sockets = app.state.parts.transports.sockets
    return found


def narrow_connection(address: Address) -> socket.socket:
    """A connection whose kernel buffer holds a few kilobytes."""
    connection = socket.socket(socket.AF_INET, socket.SOCK_STREAM)
    connection.setsockopt(socket.SOL_SOCKET, socket.SO_RCVBUF, 4096)
    connection.connect(("127.0.0.1", address.port))
    connection.setblocking(False)
    return connection


async def remove(world: World, person: Person, *, lines: int) -> list[str]:
    """So many lines of 100 transactions each, ten in a commit; the first id of each."""
    gone = [[new_id() for _ in range(100)] for _ in range(lines)]
    for first in range(0, lines, 10):

        async def work(unit: Unit, first: int = first) -> None:
            unit.record(*[TransactionsRemoved(ids=some) for some in gone[first : first + 10]])

        await in_unit(world.database, viewer_of(person), work)
    return [ids.encode("txn", some[0]) for some in gone]


async def firsts_of(stream: Stream, count: int) -> list[str]:
    return [event["removedIds"][0] for event in await stream.some(count)]


async def test_a_slow_reader_leaves_the_feed_catches_up_and_comes_back(
    live: Address, world: World, person: Person, sockets: Sockets
) -> None:
    async with (
        subscribed(live, person, TRANSACTIONS, connection=narrow_connection(live)) as slow,
        subscribed(live, person, TRANSACTIONS) as fast,
    ):
        await eventually(lambda: [len(feed) for feed in sockets.feeds] == [2])
        reading = asyncio.create_task(firsts_of(fast, 300))

        written = await remove(world, person, lines=300)

        assert await reading == written
        assert [len(feed) for feed in sockets.feeds] == [1]
        assert await firsts_of(slow, 300) == written
        await eventually(lambda: [len(feed) for feed in sockets.feeds] == [2])
        more = await remove(world, person, lines=1)
        assert await firsts_of(slow, 1) == await firsts_of(fast, 1) == more


async def test_each_gets_the_same_under_its_own_identifier(
    live: Address, world: World, person: Person, sockets: Sockets
) -> None:
    account = await open_account(world, person)
    names = {f"stream {number} of ä" for number in range(3 * MOST_FRAMES)}
    async with subscribed(live, person, BALANCES, identifiers=sorted(names)) as stream:
        shown = [await stream.message() for _ in names]
        await eventually(lambda: [len(feed) for feed in sockets.feeds] == [len(names)])

        await move(world, person, account, "7.00")
        told = [await stream.message() for _ in names]

    for messages, amount in ((shown, "0.00"), (told, "7.00")):
        assert {message["id"] for message in messages} == names
        for message in messages:
            assert message["payload"] == {"data": {"balanceChanged": {"balance": {"amount": amount}}}}


async def test_a_stream_that_is_completed_leaves_the_others(
    live: Address, world: World, person: Person, sockets: Sockets
) -> None:
    account = await open_account(world, person)
    async with subscribed(live, person, BALANCES, identifiers=["a", "b"]) as stream:
        await stream.message()
        await stream.message()
        await eventually(lambda: [len(feed) for feed in sockets.feeds] == [2])

        await stream.complete("a")
        await eventually(lambda: [len(feed) for feed in sockets.feeds] == [1])
        await move(world, person, account, "7.00")

        assert (await stream.message())["id"] == "b"


async def test_nothing_grows_with_the_events(live: Address, world: World, person: Person, sockets: Sockets) -> None:
    account = await open_account(world, person)
    held: list[int] = []
    async with subscribed(live, person, CHANGES) as stream:
        await eventually(lambda: [len(feed) for feed in sockets.feeds] == [1])
        tracemalloc.start()
        try:
            for lines in (1_000, 4_000):
                await rename(world, person, account, lines=lines)
                await stream.some(lines)
                gc.collect()
                held.append(tracemalloc.get_traced_memory()[0])
        finally:
            tracemalloc.stop()

    # 25 bytes an event were as much; a kept event is some hundreds.
    assert held[1] - held[0] < 100_000
