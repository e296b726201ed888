"""However a request ends, its connections are back in the pool, and none of them is left in a transaction."""

import asyncio
import gc
from collections.abc import Sequence

import pytest
from sqlalchemy import text

from api.context import Context
from integrations.world import World
from runtime.ids import new_id
from runtime.reader import Reader
from runtime.unit import Unit, in_unit
from runtime.viewer import OWNER, Viewer
from tests.api.client import Person
from tests.api.core.pools import is_clean
from tests.cluster import DatabaseUrls

READ = """
{
  viewer {
    household { name members { user { displayName } } }
    accounts { name balance { amount } }
    transactions(first: 5) { nodes { id } }
    categories { name }
  }
}
"""
CHANGE = """
mutation ($name: String!) {
  updateProfile(input: {displayName: $name}) { user { displayName } userErrors { code } }
}
"""
TURNS = range(1, 60, 3)
"""After how many turns of the loop a request is given up: at each of its waits, more or less."""


async def given_up_after(turns: int, person: Person, document: str, twice: bool) -> None:
    request = asyncio.create_task(person.send(document, name="Somebody else"))
    for _ in range(turns):
        await asyncio.sleep(0)
        await asyncio.sleep(0.0002)
    request.cancel()
    if twice:
        await asyncio.sleep(0)
        request.cancel()
    await asyncio.gather(request, return_exceptions=True)


# graphql-core leaves siblings that it had not yet started when an operation was cancelled; they are collected here.
@pytest.mark.filterwarnings("ignore:coroutine 'GraphQLCoreConverter.*_async_resolver' was never awaited:RuntimeWarning")
@pytest.mark.parametrize("twice", [False, True], ids=["once", "twice"])
@pytest.mark.parametrize("document", [READ, CHANGE], ids=["query", "mutation"])
async def test_a_cancelled_request_leaves_nothing_behind(
    person: Person, world: World, database_urls: DatabaseUrls, document: str, twice: bool
) -> None:
    for turns in TURNS:
        await given_up_after(turns, person, document, twice)
    gc.collect()

    assert await is_clean(world, database_urls)
    assert (await person.data("{ viewer { user { id } } }"))["viewer"] == {"user": {"id": person.user_id}}


async def slow(reader: Reader, keys: Sequence[int]) -> dict[int, int]:
    await reader.execute(text("select pg_sleep(0.2)"))
    return {}


async def test_an_operation_that_is_cancelled_again_while_it_ends_gives_its_connection_back(
    world: World, database_urls: DatabaseUrls
) -> None:
    async def operation() -> None:
        async with Context(world, Viewer(new_id(), new_id(), OWNER)) as context:
            await context.batcher.load(slow, 1, {}, None)

    running = asyncio.create_task(operation())
    await asyncio.sleep(0.1)
    for _ in range(20):
        running.cancel()
        await asyncio.sleep(0)
    await asyncio.gather(running, return_exceptions=True)

    assert await is_clean(world, database_urls)


async def test_a_reader_that_is_cancelled_again_while_it_ends_gives_its_connection_back(
    world: World, database_urls: DatabaseUrls
) -> None:
    reader = Reader(world.database, Viewer(new_id(), new_id(), OWNER))
    reading = asyncio.create_task(slow(reader, [1]))
    await asyncio.sleep(0.05)
    ending = asyncio.create_task(reader.close())
    await asyncio.sleep(0)
    ending.cancel()
    await asyncio.gather(ending, reading, return_exceptions=True)

    assert await is_clean(world, database_urls)


async def test_a_cancelled_unit_leaves_nothing_behind(world: World, database_urls: DatabaseUrls) -> None:
    async def work(unit: Unit) -> None:
        await unit.session.execute(text("select pg_sleep(5)"))

    running = asyncio.create_task(in_unit(world.database, Viewer(new_id(), new_id(), OWNER), work))
    await asyncio.sleep(0.1)
    running.cancel()
    await asyncio.gather(running, return_exceptions=True)

    assert await is_clean(world, database_urls)
