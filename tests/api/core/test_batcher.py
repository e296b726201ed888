"""Keys of one edge are loaded at once, and what happens to one who waits is nobody else's business."""

import asyncio
from collections.abc import AsyncIterator, Sequence
from typing import Any

import pytest
from sqlalchemy import text

from api.batcher import Batcher
from integrations.world import World
from runtime.ids import new_id
from runtime.reader import Reader
from runtime.viewer import OWNER, Viewer
from tests.runtime.patience import settled


@pytest.fixture
async def batcher(world: World) -> AsyncIterator[Batcher]:
    batcher = Batcher(Reader(world.database, Viewer(new_id(), new_id(), OWNER)))
    yield batcher
    await batcher.close()
    await batcher.reader.close()


async def doubled(reader: Reader, keys: Sequence[int]) -> dict[int, int]:
    numbers = await reader.execute(text("select n from unnest(cast(:keys as int[])) as n"), keys=list(keys))
    return {n: 2 * n for (n,) in numbers}


async def waited_for(future: "asyncio.Future[Any]") -> Any:
    return await future


async def test_keys_of_one_turn_are_loaded_at_once(batcher: Batcher) -> None:
    calls: list[list[int]] = []

    async def counted(reader: Reader, keys: Sequence[int]) -> dict[int, int]:
        calls.append(list(keys))
        return await doubled(reader, keys)

    first = await asyncio.gather(*[batcher.load(counted, key, {}, None) for key in (1, 2, 1)])
    again = await batcher.load(counted, 2, {}, None)

    assert (first, again, calls) == ([2, 4, 2], 4, [[1, 2]])


async def test_whoever_gives_up_takes_nothing_from_those_who_wait_for_the_same(batcher: Batcher) -> None:
    impatient, patient = (asyncio.create_task(waited_for(batcher.load(doubled, 21, {}, None))) for _ in range(2))
    await asyncio.sleep(0)
    impatient.cancel()

    assert await patient == 42
    assert impatient.cancelled()


async def test_a_failed_load_fails_for_everyone_who_waits_and_for_nobody_else(batcher: Batcher) -> None:
    async def broken(reader: Reader, keys: Sequence[int]) -> dict[int, int]:
        raise RuntimeError("broken")

    results = await asyncio.gather(
        *[batcher.load(broken, 1, {}, None) for _ in range(2)],
        batcher.load(doubled, 1, {}, None),
        return_exceptions=True,
    )

    assert [str(result) for result in results] == ["broken", "broken", "2"]


async def test_what_was_asked_just_before_the_end_is_cancelled(batcher: Batcher, world: World) -> None:
    waiting = asyncio.create_task(waited_for(batcher.load(doubled, 1, {}, None)))
    await batcher.close()
    await batcher.reader.close()

    with pytest.raises(asyncio.CancelledError):
        await waiting
    await asyncio.sleep(0)
    await settled(world.database.reads)


async def test_nothing_is_loaded_after_the_end(batcher: Batcher) -> None:
    await batcher.close()

    with pytest.raises(RuntimeError, match="over"):
        batcher.load(doubled, 1, {}, None)


async def test_a_reader_reads_nothing_after_its_end(world: World) -> None:
    async with Reader(world.database, Viewer(new_id(), new_id(), OWNER)) as reader:
        await reader.execute(text("select 1"))

    with pytest.raises(RuntimeError, match="over"):
        await reader.execute(text("select 1"))
    await settled(world.database.reads)
