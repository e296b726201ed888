"""A thousand cancelled, a thousand failing and a thousand timed-out snapshots: nothing is lost by any of them."""

import asyncio
import random
from collections.abc import Awaitable, Callable
from contextlib import suppress

import asyncpg
import pytest

from runtime.ids import new_id
from runtime.pool import Pool, PoolTimeout
from runtime.snapshot import Snapshot
from runtime.viewer import OWNER, Viewer
from tests.cluster import DatabaseUrls
from tests.runtime.patience import settled

SIZE, ROUNDS = 6, 1000
AT_ONCE = 8
"""So few that most have a connection when they end, and some wait for one."""
OURS = "select state, count(*) from pg_stat_activity where application_name = 'coffer' and datname = current_database()"
Doing = Callable[[Pool, random.Random], Awaitable[None]]


async def reading(pool: Pool, dice: random.Random) -> None:
    """A snapshot of some statements: short, slow, some of them new to the connection, at times two at once."""
    snapshot = Snapshot(pool, Viewer(new_id(), new_id(), OWNER))
    try:
        for _ in range(dice.randint(1, 3)):
            statement = dice.choice(
                [
                    "select 1",
                    "select pg_sleep(0.002)",
                    f"select {dice.randrange(500)}",
                    "select generate_series(1, 2000)",
                ]
            )
            if dice.random() < 0.2:
                await asyncio.gather(snapshot.fetch(statement), snapshot.fetch("select 2"))
            else:
                await snapshot.fetch(statement)
    finally:
        await snapshot.close()


async def cancelled(pool: Pool, dice: random.Random) -> None:
    task = asyncio.create_task(reading(pool, dice))
    for _ in range(dice.choice([1, 1, 2])):
        # Some of them after a few turns of the loop, where the narrow places are.
        if dice.random() < 0.5:
            await asyncio.sleep(dice.uniform(0, 0.006))
        else:
            for _ in range(dice.randrange(12)):
                await asyncio.sleep(0)
        task.cancel()
    with suppress(asyncio.CancelledError):
        await task


async def timed_out(pool: Pool, dice: random.Random) -> None:
    with suppress(TimeoutError):
        async with asyncio.timeout(dice.uniform(0, 0.006)):
            await reading(pool, dice)


async def failing(pool: Pool, dice: random.Random) -> None:
    snapshot = Snapshot(pool, Viewer(new_id(), new_id(), OWNER))
    try:
        if dice.random() < 0.5:
            await snapshot.fetch("select 1")
        statement, arguments = dice.choice(
            [
                ("select 1 / 0", ()),
                ("select 1 / (3 - g) from generate_series(1, 5) g", ()),
                ("no statement", ()),
                ("select * from nowhere", ()),
                ("select $1::uuid", ("nonsense",)),
                ("select $1::int", ()),
                ("update households set name = ''", ()),
            ]
        )
        with pytest.raises((asyncpg.PostgresError, asyncpg.InterfaceError)):
            await snapshot.fetch(statement, arguments)
    finally:
        await snapshot.close()


@pytest.mark.parametrize("doing", [cancelled, failing, timed_out])
async def test_a_thousand_leave_the_pool_full_and_the_server_clean(database_urls: DatabaseUrls, doing: Doing) -> None:
    seed = random.randrange(2**32)
    print(f"seed {seed}")
    pool = Pool(database_urls.app, SIZE, wait_seconds=0.01)
    admin = await asyncpg.connect(database_urls.admin)
    left, most, ended = ROUNDS, 0, asyncio.Event()

    async def keep_doing(number: int) -> None:
        nonlocal left
        dice = random.Random(seed + number)
        while left > 0:
            left -= 1
            with suppress(PoolTimeout):
                await doing(pool, dice)

    async def watch() -> None:
        nonlocal most
        while not ended.is_set():
            most = max(most, sum(row["count"] for row in await admin.fetch(f"{OURS} group by state")))

    watching = asyncio.create_task(watch())
    await asyncio.gather(*[keep_doing(number) for number in range(AT_ONCE)])
    ended.set()
    await watching
    await settled(pool)

    states = {row["state"]: row["count"] for row in await admin.fetch(f"{OURS} group by state")}
    assert states == {"idle": pool.open}
    assert most <= SIZE
    together = [Snapshot(pool, Viewer(new_id(), new_id(), OWNER)) for _ in range(SIZE)]
    backends = [(await snapshot.fetch("select pg_backend_pid()"))[0][0] for snapshot in together]
    assert len(set(backends)) == SIZE
    for snapshot in together:
        await snapshot.close()
    await settled(pool)
    await pool.close()
    await admin.close()
