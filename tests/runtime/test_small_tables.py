"""Institutions held in memory: fresh by their version, sooner by an announcement."""

import asyncio
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from typing import Any
from uuid import UUID

import asyncpg
import pytest
from redis.asyncio import Redis
from sqlalchemy import func, select

from domain.bank_links.feed import FeedInstitution
from domain.bank_links.institutions import keep_institution
from domain.bank_links.models import Institution
from runtime import small_tables, table_versions
from runtime.broadcast import Broadcast
from runtime.database import Database
from runtime.ids import new_id
from runtime.reader import Reader
from runtime.rows import Layout, Row
from runtime.small_tables import SmallTable
from runtime.statements import RowStatement, Statement
from runtime.system import SystemDatabase
from runtime.table_news import TableNews, follow_tables
from runtime.table_versions import Freshness
from runtime.tasks import end
from runtime.viewer import Viewer
from tests.cluster import DatabaseUrls

NOWHERE = "redis://127.0.0.1:1/0"


class Clock:
    """What this process takes for the time, in seconds."""

    def __init__(self) -> None:
        self.now = 1_000.0

    def __call__(self) -> float:
        return self.now


class Listened(Reader):
    """Tells what it reads: versions, and tables."""

    read: list[str]
    reads_rows: asyncio.Event

    async def fetch(self, statement: Statement, **given: Any) -> list[Row]:
        self.read.append("version")
        return await super().fetch(statement, **given)

    async def rows(self, statement: RowStatement, layout: Layout, **given: Any) -> list[Any]:
        self.read.append("rows")
        self.reads_rows.set()
        return await super().rows(statement, layout, **given)


class Bank:
    """One institution, and everything that a test does with it."""

    def __init__(self, database: Database, system: SystemDatabase, viewer: Viewer) -> None:
        self.database, self.system, self.viewer = database, system, viewer
        self.provider_id = str(new_id())
        self.read: list[str] = []
        self.reads_rows = asyncio.Event()
        self.table = SmallTable(Institution, Institution.id)
        self.id: UUID

    async def is_called(self, name: str) -> None:
        self.id = await keep_institution(self.system, "test", FeedInstitution(self.provider_id, name, None))

    def reader(self, database: Database | None = None) -> Listened:
        reader = Listened(database or self.database, self.viewer)
        reader.read, reader.reads_rows = self.read, self.reads_rows
        return reader

    async def name(self, reader: Reader | None = None) -> str:
        """As a request sees it; `read` is what it cost."""
        self.read.clear()
        if reader is not None:
            return (await self.table(reader, [self.id]))[self.id].name
        async with self.reader() as own:
            return (await self.table(own, [self.id]))[self.id].name


@pytest.fixture
def clock(monkeypatch: pytest.MonkeyPatch) -> Clock:
    clock = Clock()
    for module in (small_tables, table_versions):
        monkeypatch.setattr(module, "monotonic", clock)
    return clock


@pytest.fixture
async def bank(database: Database, system: SystemDatabase, viewer: Viewer, clock: Clock) -> Bank:
    bank = Bank(database, system, viewer)
    await bank.is_called("First")
    return bank


@pytest.fixture
async def redis(redis_url: str) -> AsyncIterator["Redis"]:
    async with Redis.from_url(redis_url) as redis:
        yield redis


@asynccontextmanager
async def followed(url: str, prefix: str) -> AsyncIterator[None]:
    broadcast = Broadcast(url, prefix)
    task = asyncio.create_task(follow_tables(broadcast))
    try:
        yield
    finally:
        await end(task)
        await broadcast.close()


async def test_what_was_read_a_moment_ago_costs_nothing(bank: Bank, clock: Clock) -> None:
    assert await bank.name() == "First"
    assert bank.read == ["version", "rows"]

    clock.now += 0.9

    assert await bank.name() == "First"
    assert bank.read == []


async def test_after_a_second_the_version_alone_is_read(bank: Bank, clock: Clock) -> None:
    await bank.name()

    clock.now += 1

    assert await bank.name() == "First"
    assert bank.read == ["version"]
    assert await bank.name() == "First"
    assert bank.read == []


async def test_a_change_is_seen_after_a_second_whatever_was_announced(bank: Bank, clock: Clock) -> None:
    await bank.name()
    await bank.is_called("Second")

    clock.now += 1

    assert await bank.name() == "Second"
    assert bank.read == ["version", "rows"]


async def test_an_institution_that_is_written_as_it_was_has_not_changed(bank: Bank, clock: Clock) -> None:
    await bank.name()
    await bank.is_called("First")

    clock.now += 1

    await bank.name()
    assert bank.read == ["version"]


async def test_a_new_row_is_found_at_once_because_others_may_point_at_it(bank: Bank) -> None:
    await bank.name()
    other = await keep_institution(bank.system, "test", FeedInstitution(str(new_id()), "Other", None))

    async with bank.reader() as reader:
        assert set(await bank.table(reader, [bank.id, other])) == {bank.id, other}


async def test_a_new_and_a_deleted_row_are_changes(bank: Bank, clock: Clock, database_urls: DatabaseUrls) -> None:
    await bank.name()
    other = await keep_institution(bank.system, "test", FeedInstitution(str(new_id()), "Other", None))
    clock.now += 1
    async with bank.reader() as reader:
        assert set(await bank.table(reader, [bank.id, other])) == {bank.id, other}

    owner = await asyncpg.connect(database_urls.owner)
    await owner.execute("delete from institutions where id = $1", other)
    await owner.close()

    clock.now += 1
    async with bank.reader() as reader:
        assert set(await bank.table(reader, [bank.id, other])) == {bank.id}


async def test_a_change_that_is_announced_is_seen_without_waiting(
    bank: Bank, redis: "Redis", redis_url: str, redis_prefix: str
) -> None:
    await bank.name()
    async with followed(redis_url, redis_prefix):
        await bank.is_called("Second")
        async with asyncio.timeout(20):
            # The process's time stands still: nothing but the announcement lets it look again.
            while await bank.name() != "Second":
                await TableNews(redis, redis_prefix).changed("institutions")


async def test_without_redis_a_change_is_seen_all_the_same(bank: Bank, clock: Clock, redis_prefix: str) -> None:
    async with followed(NOWHERE, redis_prefix), Redis.from_url(NOWHERE) as nowhere:
        await bank.name()
        await bank.is_called("Second")
        await TableNews(nowhere, redis_prefix).changed("institutions")

        clock.now += 1

        assert await bank.name() == "Second"


async def test_who_asks_in_an_old_snapshot_does_not_undo_an_announcement(bank: Bank) -> None:
    await bank.name()
    async with bank.reader() as old:
        await old.all(select(Institution.id).limit(1))
        await bank.is_called("Second")
        Freshness.doubt_all()

        assert await bank.name(old) == "First"
        assert await bank.name() == "Second"


async def test_an_old_snapshot_does_not_vouch_for_what_others_get(bank: Bank, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(table_versions, "FRESH_SECONDS", 0.05)
    async with bank.reader() as old:
        await old.all(select(Institution.id).limit(1))
        await bank.is_called("Second")
        await old.execute(select(func.pg_sleep(0.06)))

        assert await bank.name(old) == "First"
        assert await bank.name() == "Second"


async def test_an_old_snapshot_is_given_what_is_newer_and_brings_nothing_back(bank: Bank, clock: Clock) -> None:
    await bank.name()
    async with bank.reader() as old:
        await old.all(select(Institution.id).limit(1))
        await bank.is_called("Second")
        clock.now += 1
        assert await bank.name() == "Second"
        clock.now += 1

        assert await bank.name(old) == "Second"
        assert await bank.name() == "Second"


async def test_many_who_come_first_at_once_read_the_rows_once(bank: Bank, database_urls: DatabaseUrls) -> None:
    """Fewer connections than readers: nobody waits for somebody who waits for a connection."""
    narrow = Database(database_urls.app, pool=3)

    async def ask() -> str:
        async with bank.reader(narrow) as reader:
            return (await bank.table(reader, [bank.id]))[bank.id].name

    async with asyncio.timeout(20):
        names = await asyncio.gather(*[ask() for _ in range(30)])

    assert names == ["First"] * 30
    assert bank.read.count("rows") == 1
    await narrow.close()


async def test_who_is_cancelled_while_reading_cancels_nobody_else(bank: Bank) -> None:
    readers = [bank.reader() for _ in range(3)]
    tasks = [asyncio.create_task(bank.table(reader, [bank.id])) for reader in readers]
    await bank.reads_rows.wait()

    tasks[0].cancel()

    gone, *others = await asyncio.gather(*tasks, return_exceptions=True)
    assert isinstance(gone, asyncio.CancelledError)
    assert [list(found) for found in others if isinstance(found, dict)] == [[bank.id]] * 2
    for reader in readers:
        await reader.close()


async def test_each_choice_of_columns_is_read_once(bank: Bank) -> None:
    narrow = Layout(Institution, "name")
    await bank.name()
    for cost in (["version", "rows"], []):
        async with bank.reader() as reader:
            reader._layouts = {Institution: narrow}
            bank.read.clear()
            row: Any = (await bank.table(reader, [bank.id]))[bank.id]

            assert tuple(row) == ("First", bank.id)
            assert bank.read == cost


async def test_many_keys_and_unknown_ones(bank: Bank) -> None:
    ids = [
        await keep_institution(bank.system, "test", FeedInstitution(str(new_id()), f"Bank {number}", None))
        for number in range(50)
    ]

    async with bank.reader() as reader:
        found = await bank.table(reader, [*ids, new_id(), *ids])

    assert {id: row.name for id, row in found.items()} == {id: f"Bank {number}" for number, id in enumerate(ids)}


async def test_databases_are_held_apart(bank: Bank, database_urls: DatabaseUrls) -> None:
    await bank.name()
    other = Database(database_urls.app)

    async with bank.reader(other) as reader:
        await bank.name(reader)

    assert bank.read == ["version", "rows"]
    await other.close()


async def test_nobody_but_the_triggers_writes_a_version(database_urls: DatabaseUrls) -> None:
    for url in (database_urls.app, database_urls.system):
        connection = await asyncpg.connect(url)
        with pytest.raises(asyncpg.InsufficientPrivilegeError):
            await connection.execute("update table_versions set version = 0")
        await connection.close()
