"""How a journal is followed: what a slow reader costs, and when it is ended."""

from collections.abc import AsyncGenerator, Sequence
from contextlib import aclosing

import pytest

from api.errors import ClientError
from api.live import following
from api.live.following import Subscriber, Topic, follow, start_of
from domain.changes.lines import MOST_LINES, Line
from domain.changes.position import Position
from integrations.world import World
from runtime.reader import Reader
from tests.api.client import Person
from tests.api.live.books import open_account, rename, viewer_of


@pytest.fixture
def subscriber(world: World, person: Person) -> Subscriber:
    return Subscriber(world, viewer_of(person))


async def numbers(
    subscriber: Subscriber, read: list[int] | None = None, *, start: Position | None = None
) -> AsyncGenerator[int, None]:
    """The numbers of the lines, as events; those that were read, taken or not, are noted in `read`."""
    stream_id = subscriber.viewer.household_id
    if start is None:
        async with subscriber.reader() as reader:
            start = await start_of(reader, stream_id, None)

    async def events_of(_reader: Reader, lines: Sequence[Line], _position: Position) -> list[int]:
        if read is not None:
            read.extend(line.seq for line in lines)
        return [line.seq for line in lines]

    return follow(subscriber, Topic(stream_id, events_of), start)


async def test_a_reader_that_takes_nothing_costs_one_page(world: World, person: Person, subscriber: Subscriber) -> None:
    account = await open_account(world, person)
    await rename(world, person, account, lines=1_000)
    read: list[int] = []

    async with aclosing(await numbers(subscriber, read, start=Position(1))) as events:
        assert await anext(events) == 1

        assert len(read) == MOST_LINES
        assert [await anext(events) for _ in range(1_000)] == list(range(2, 1_002))


async def test_nothing_is_kept_of_a_listener_that_went(world: World, subscriber: Subscriber, person: Person) -> None:
    await open_account(world, person)

    async with aclosing(await numbers(subscriber, start=Position(1))) as events:
        await anext(events)
        assert subscriber.viewer.household_id in world.broadcast._listeners

    assert subscriber.viewer.household_id not in world.broadcast._listeners


async def test_a_live_reader_that_holds_an_event_while_many_others_come_is_ended(
    world: World, person: Person, subscriber: Subscriber, relay: None, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(following, "PATIENCE_SECONDS", 0.0)
    account = await open_account(world, person)
    async with aclosing(await numbers(subscriber, start=Position(1))) as events:
        await anext(events)
        await rename(world, person, account)
        assert await anext(events) == 2

        await rename(world, person, account, lines=1_001)

        with pytest.raises(ClientError) as ended:
            await anext(events)
    assert ended.value.code == "LAGGING"


async def test_a_live_reader_that_takes_its_events_hears_of_any_number(
    world: World, person: Person, subscriber: Subscriber, relay: None
) -> None:
    account = await open_account(world, person)
    async with aclosing(await numbers(subscriber, start=Position(1))) as events:
        await anext(events)
        await rename(world, person, account)
        assert await anext(events) == 2

        await rename(world, person, account, lines=3_000)

        assert [await anext(events) for _ in range(3_000)] == list(range(3, 3_003))
