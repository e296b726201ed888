"""Fills a database of Coffer's once; a second run with the same numbers finds it done.

Written by the administrator straight into the product's own tables: no journal lines, all sums as the product keeps
them, which `coffer recount` confirms before anything is measured.
"""

import asyncio
import hashlib
import time
from dataclasses import dataclass

import asyncpg

from bench.kit.engines import Server
from bench.kit.home import BENCH, ROOT
from cli.migrations import migrate
from cli.recount import recount
from cli.sums import SPENDING
from runtime.roles import RoleUrls, create_roles

PEOPLE, TRANSACTIONS = 200, 5000
ROWS_AT_ONCE = 500_000
SCRIPTS = tuple((BENCH / "sql" / f"{name}.sql").read_text() for name in ("people", "transactions", "sums"))
# Later migrations are applied to what is there.
TABLES = (ROOT / "alembic" / "sql" / "0001_tables.sql").read_text()

# Row policies do not hold a superuser; foreign keys are right by construction and cost half of the time.
_UNCHECKED = "set session_replication_role = replica; set synchronous_commit = off"
_LATER_INDEXES = """
select indexrelid::regclass::text as name, pg_get_indexdef(indexrelid) as definition
from pg_index where indrelid = 'transactions'::regclass and not indisprimary
"""


@dataclass(frozen=True)
class Size:
    """How many households of one person, and transactions of each."""

    people: int = PEOPLE
    transactions: int = TRANSACTIONS

    @property
    def rows(self) -> int:
        return self.people * self.transactions

    @property
    def database(self) -> str:
        return f"bench_{self.people}x{self.transactions}"


def prepare(server: Server, size: Size, *, anew: bool = False) -> RoleUrls:
    """The database, migrated and filled; `anew` throws away what was there. Raises asyncpg's errors."""
    wanted = hashlib.sha256(repr((SCRIPTS, TABLES, size)).encode()).hexdigest()
    if anew or asyncio.run(_stamp(server, size)) not in (None, wanted):
        asyncio.run(_administer(server, f"drop database if exists {size.database} with (force)"))
    urls = asyncio.run(create_roles(server.url, database=size.database, password_of=dict(server.passwords)))
    migrate(urls.owner)
    if asyncio.run(_stamp(server, size)) != wanted:
        asyncio.run(_fill(server, size))
        if wrong := asyncio.run(recount(urls.owner)):
            raise SystemExit(f"{wrong} sums of {size.database} are wrong: the benchmark's seed is out of date")
        asyncio.run(_administer(server, f"comment on database {size.database} is '{wanted}'"))
    return urls


async def _stamp(server: Server, size: Size) -> str | None:
    """What the database says that it was filled with: '' for nothing, None where there is no database."""
    connection = await asyncpg.connect(server.url)
    try:
        found: str | None = await connection.fetchval(
            "select coalesce(shobj_description(oid, 'pg_database'), '') from pg_database where datname = $1",
            size.database,
        )
        return found
    finally:
        await connection.close()


async def _administer(server: Server, statement: str) -> None:
    connection = await asyncpg.connect(server.url)
    try:
        await connection.execute(statement)
    finally:
        await connection.close()


async def _fill(server: Server, size: Size) -> None:
    people, transactions, sums = SCRIPTS
    print(f"seeding {size.people:,} people with {size.transactions:,} transactions each …", flush=True)
    started = time.monotonic()
    connection = await asyncpg.connect(server.database(size.database))
    try:
        await connection.execute(_UNCHECKED)
        await connection.execute(people.replace(":people", str(size.people)))
        later = await connection.fetch(_LATER_INDEXES)
        await connection.execute("; ".join(f"drop index {index['name']}" for index in later))
        step = max(1, ROWS_AT_ONCE // size.people)
        for first in range(1, size.transactions + 1, step):
            last = min(first + step - 1, size.transactions)
            await connection.execute(transactions, first, last)
            if size.rows > 2 * ROWS_AT_ONCE:
                print(f"  {last * size.people:,} rows after {time.monotonic() - started:.0f} s", flush=True)
        for index in later:
            await connection.execute(index["definition"])
        await connection.execute("analyze transactions")
        await connection.execute(sums)
        await connection.execute(SPENDING.repairs[0], None)
        await connection.execute("vacuum (freeze, analyze)")
        await connection.execute("checkpoint")
    finally:
        await connection.close()
    print(f"seeded in {time.monotonic() - started:.0f} s", flush=True)
