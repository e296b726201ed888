"""One committed change of a balance for each line of standard input, as the product itself makes it.

    python -m bench.kit.publishing < lines

A unit moves the balance of an account kept by hand and tells so in the journal; a few run at once, on accounts of
their own. DATABASE_URL says where; BENCH_VIEWER who: ids of user and household.
"""

import asyncio
import os
import sys
from decimal import Decimal
from uuid import UUID

import uvloop
from sqlalchemy import select

from domain import tables
from domain.accounts.balances import move_balance
from domain.accounts.models import Account
from runtime.database import Database
from runtime.unit import Unit, in_unit
from runtime.viewer import OWNER, Viewer

AT_ONCE = 4


async def publish_lines(database: Database, viewer: Viewer) -> None:
    async with database.writing(viewer) as session:
        accounts = list(await session.scalars(select(Account.id).order_by(Account.id)))
    lines = asyncio.StreamReader()
    await asyncio.get_running_loop().connect_read_pipe(lambda: asyncio.StreamReaderProtocol(lines), sys.stdin)
    queues: list[asyncio.Queue[None]] = [asyncio.Queue() for _ in range(AT_ONCE)]
    async with asyncio.TaskGroup() as group:
        workers = [
            group.create_task(_change(database, viewer, account, queue))
            for account, queue in zip(accounts, queues, strict=False)
        ]
        number = 0
        while await lines.readline():
            queues[number % AT_ONCE].put_nowait(None)
            number += 1
        for queue in queues:
            await queue.join()
        for worker in workers:
            worker.cancel()


async def _change(database: Database, viewer: Viewer, account: UUID, orders: "asyncio.Queue[None]") -> None:
    async def work(unit: Unit) -> None:
        await move_balance(unit, account, Decimal("0.01"))

    while True:
        await orders.get()
        await in_unit(database, viewer, work)
        orders.task_done()


async def _run() -> None:
    tables.metadata()
    user, household = map(UUID, os.environ["BENCH_VIEWER"].split())
    database = Database(os.environ["DATABASE_URL"], pool=AT_ONCE)
    try:
        await publish_lines(database, Viewer(user, household, OWNER))
    finally:
        await database.close()


if __name__ == "__main__":
    uvloop.run(_run())
