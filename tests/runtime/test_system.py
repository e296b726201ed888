"""Whoever gets few of the connections waits for themselves alone."""

import asyncio

from sqlalchemy import text

from runtime.system import SystemDatabase


async def test_a_narrow_one_takes_no_more_connections_than_it_has_turns(system: SystemDatabase) -> None:
    narrow, order = system.narrow(1), list[str]()

    async def write(who: str, database: SystemDatabase) -> None:
        async with database.system_session() as session:
            await session.execute(text("select 1"))
            order.append(who)

    async with narrow.system_session() as session:
        await session.execute(text("select 1"))
        waiting = asyncio.create_task(write("narrow", narrow))
        await write("wide", system)
        await narrow.system_rows("select 1")
    await waiting

    assert order == ["wide", "narrow"]
