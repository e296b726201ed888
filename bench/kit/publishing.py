"""One committed change of a balance for each line of standard input.

    python -m bench.kit.publishing < lines

Lines that wait already become one unit, as in a sync that finds several accounts moved: each is a fact of its own in
the journal, and an event of its own to subscribers. One unit at a time, because a household's journal is one.
DATABASE_URL says where; BENCH_VIEWER who: ids of user and household.
"""

import asyncio
import os
import sys
from collections.abc import Sequence
from uuid import UUID

import uvloop

from domain import tables
from domain.events import BalanceChanged
from domain.money import Money, format_amount
from runtime.database import Database
from runtime.unit import Unit, in_unit
from runtime.viewer import OWNER, Viewer

_ACCOUNTS = "select id from accounts order by id"
_MOVE = """
update accounts set balance = balance + 0.01, balance_at = $3 where household_id = $1 and id = any($2)
returning id, balance, currency
"""


async def publish_lines(database: Database, viewer: Viewer) -> None:
    async def list_accounts(unit: Unit) -> list[UUID]:
        return [row["id"] for row in await (await unit.connection()).fetch(_ACCOUNTS)]

    accounts = await in_unit(database, viewer, list_accounts)
    lines = asyncio.StreamReader()
    await asyncio.get_running_loop().connect_read_pipe(lambda: asyncio.StreamReaderProtocol(lines), sys.stdin)
    waiting, over = 0, asyncio.Event()
    news = asyncio.Event()

    async def count() -> None:
        nonlocal waiting
        while await lines.readline():
            waiting += 1
            news.set()
        over.set()
        news.set()

    counting = asyncio.create_task(count())
    while waiting or not over.is_set():
        await news.wait()
        news.clear()
        while waiting:
            some = accounts[: min(waiting, len(accounts))]
            waiting -= len(some)
            await move(database, viewer, some)
    await counting


async def move(database: Database, viewer: Viewer, accounts: Sequence[UUID]) -> None:
    """A cent more on each of the accounts, and a fact of each."""

    async def work(unit: Unit) -> None:
        connection = await unit.connection()
        for id, balance, currency in await connection.fetch(_MOVE, unit.household_id, list(accounts), unit.at):
            data = {"balance": format_amount(Money(balance, currency)), "currency": currency}
            unit.record(BalanceChanged(ids=[id], account_id=id, data=data))

    await in_unit(database, viewer, work)


async def _run() -> None:
    tables.metadata()
    user, household = map(UUID, os.environ["BENCH_VIEWER"].split())
    database = Database(os.environ["DATABASE_URL"], pool=1)
    try:
        await publish_lines(database, Viewer(user, household, OWNER))
    finally:
        await database.close()


if __name__ == "__main__":
    uvloop.run(_run())
