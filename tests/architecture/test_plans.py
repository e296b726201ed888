"""The plans of the main statements, on many households' rows: an index in its order, no sort, few rows touched."""

from collections.abc import AsyncIterator, Awaitable, Callable, Iterator
from dataclasses import replace
from datetime import date
from decimal import Decimal
from typing import Any
from uuid import UUID

import asyncpg
import pytest
from sqlalchemy import select

from domain.accounts.models import Account
from domain.categories.system import by_code
from domain.pages import PageRequest
from domain.spending.queries import spending_between
from domain.transactions.incoming import IncomingRow
from domain.transactions.ingest import apply_rows
from domain.transactions.queries import NEWEST_FIRST, transactions_by_account, transactions_by_household
from runtime.database import Database
from runtime.ids import new_id
from runtime.reader import Reader
from runtime.snapshot import Snapshot
from runtime.unit import Unit, in_unit
from runtime.viewer import OWNER, Viewer, Withheld
from tests.architecture.statements import Statement, heard
from tests.cluster import Addresses, DatabaseUrls, in_own_loop, own_database

HOUSEHOLDS, ROWS_EACH = 20, 3_000
PAGE = 50

FILL = """
with homes as (
  insert into households (id, name, currency, timezone, created_at)
  select gen_random_uuid(), 'Home ' || n, 'USD', 'UTC', now() from generate_series(1, $1) n returning id
), theirs as (
  insert into accounts (household_id, id, name, type, currency, balance, balance_at, created_at)
  select homes.id, gen_random_uuid(), 'Account ' || n, 'CHECKING', 'USD', 0, now(), now()
  from homes, generate_series(1, 4) n returning household_id, id
), numbered as (
  select *, row_number() over (partition by household_id) as place from theirs
)
insert into transactions (household_id, id, account_id, source_id, date, amount, currency, status, description,
  original_description, category_id, categorized_by, created_at)
select household_id, gen_random_uuid(), id, 's' || n, date '2026-10-31' - (n / 4), -1.00, 'USD', 'POSTED', 'Shop',
  'SHOP', $3, 'NONE', now()
from numbered, generate_series(1, $2) n where n % 4 = place - 1
"""

ONE_MORE = """
with home as (
  insert into households (id, name, currency, timezone, created_at) values ($1, 'Newest', 'USD', 'UTC', now())
)
insert into accounts (household_id, id, name, type, currency, balance, balance_at, created_at)
values ($1, gen_random_uuid(), 'Account', 'CHECKING', 'USD', 0, now(), now()) returning id
"""
ITS_ROWS = """
insert into transactions (household_id, id, account_id, source_id, date, amount, currency, status, description,
  original_description, category_id, categorized_by, created_at)
select $1, gen_random_uuid(), $2, 's' || n, date '2026-10-31', -1.00, 'USD', 'POSTED', 'Shop', 'SHOP', $4, 'NONE', now()
from generate_series(1, $3) n
"""
FETCHED = "select idx_tup_fetch from pg_stat_xact_user_tables where relname = 'transactions'"


class Enough(Exception):
    """What was done is not wanted."""


@pytest.fixture(scope="module")
def filled(engine_addresses: Addresses, worker_number: int) -> DatabaseUrls:
    """A database of its own with rows of many households."""
    urls = own_database(engine_addresses, f"plans_{worker_number}")
    in_own_loop(_fill(urls))
    return urls


async def _fill(urls: DatabaseUrls) -> None:
    owner = await asyncpg.connect(urls.owner)
    try:
        await owner.execute(FILL, HOUSEHOLDS, ROWS_EACH, by_code("FOOD_AND_DRINK").id)
        await owner.execute("analyze")
    finally:
        await owner.close()


@pytest.fixture
async def database(filled: DatabaseUrls) -> AsyncIterator[Database]:
    opened = Database(filled.app, pool=2)
    yield opened
    await opened.close()


@pytest.fixture
async def viewer(filled: DatabaseUrls) -> Viewer:
    """Somebody of one of the households, who may see all of its accounts."""
    owner = await asyncpg.connect(filled.owner)
    try:
        household = await owner.fetchval("select id from households order by id limit 1")
    finally:
        await owner.close()
    return Viewer(user_id=new_id(), household_id=household, role=OWNER)


async def accounts_of(database: Database, viewer: Viewer) -> list[UUID]:
    async with Reader(database, viewer) as reader:
        return sorted(await reader.all(select(Account.id).where(Account.household_id == viewer.household_id)))


Ask = Callable[[Reader], Awaitable[object]]


async def plans(database: Database, viewer: Viewer, ask: Ask) -> list[dict[str, Any]]:
    """How PostgreSQL carries out the statements of a query, as this viewer: each node of each plan."""
    with heard(database) as statements:
        async with Reader(database, viewer) as reader:
            await ask(reader)
    snapshot = Snapshot(database.reads, viewer)
    try:
        return [node for statement in statements for node in await _explained(snapshot, statement)]
    finally:
        await snapshot.close()


async def _explained(snapshot: Snapshot, statement: Statement) -> list[dict[str, Any]]:
    if "set_config(" in statement.text:
        await snapshot.fetch(*statement)
        return []
    # The application reads JSON as values on its connections.
    ((found,),) = await snapshot.fetch(f"explain (analyze, format json) {statement.text}", statement.parameters)
    return list(_nodes(found[0]["Plan"]))


def _nodes(plan: dict[str, Any]) -> Iterator[dict[str, Any]]:
    yield plan
    for inner in plan.get("Plans", []):
        yield from _nodes(inner)


def touched(nodes: list[dict[str, Any]], table: str) -> int:
    """Rows of the table that were looked at, whether they were kept or not."""
    return sum(
        (node["Actual Rows"] + node.get("Rows Removed by Filter", 0)) * node["Actual Loops"]
        for node in nodes
        if node.get("Relation Name") == table
    )


def kinds(nodes: list[dict[str, Any]]) -> set[str]:
    return {node["Node Type"] for node in nodes}


def indexes(nodes: list[dict[str, Any]], table: str) -> set[str]:
    return {node.get("Index Name", node["Node Type"]) for node in nodes if node.get("Relation Name") == table}


async def test_the_newest_page_walks_its_index(database: Database, viewer: Viewer) -> None:
    found = await plans(
        database, viewer, lambda reader: transactions_by_household(reader, [viewer.household_id], PageRequest(PAGE))
    )

    assert indexes(found, "transactions") == {"ix_transactions_newest"}
    assert touched(found, "transactions") == PAGE + 1
    assert not kinds(found) & {"Sort", "Seq Scan", "Incremental Sort"}


async def test_a_later_page_begins_where_the_one_before_ended(database: Database, viewer: Viewer) -> None:
    async with Reader(database, viewer) as reader:
        pages = await transactions_by_household(reader, [viewer.household_id], PageRequest(100))
    request = PageRequest(PAGE, after=pages[viewer.household_id].end_cursor)

    found = await plans(
        database, viewer, lambda reader: transactions_by_household(reader, [viewer.household_id], request)
    )

    assert indexes(found, "transactions") == {"ix_transactions_newest"}
    assert touched(found, "transactions") == PAGE + 1
    assert not kinds(found) & {"Sort", "Seq Scan", "Incremental Sort"}


async def test_somebody_who_sees_half_of_the_accounts_reads_about_twice_as_far(
    database: Database, viewer: Viewer
) -> None:
    """A policy that hides the index from the planner would sort the whole household instead."""
    some = tuple((await accounts_of(database, viewer))[:2])
    narrowed = replace(viewer, account_ids=some)

    found = await plans(
        database, narrowed, lambda reader: transactions_by_household(reader, [viewer.household_id], PageRequest(PAGE))
    )

    assert indexes(found, "transactions") == {"ix_transactions_newest"}
    assert touched(found, "transactions") < 4 * PAGE
    assert not kinds(found) & {"Sort", "Seq Scan", "Incremental Sort"}


async def test_somebody_from_whom_one_account_is_withheld_reads_little_farther(
    database: Database, viewer: Viewer
) -> None:
    (kept, *_) = await accounts_of(database, viewer)
    beside = replace(viewer, withheld=Withheld(private=(kept,), closed=(kept,), locked=(kept,)))

    found = await plans(
        database, beside, lambda reader: transactions_by_household(reader, [viewer.household_id], PageRequest(PAGE))
    )

    assert indexes(found, "transactions") == {"ix_transactions_newest"}
    assert touched(found, "transactions") < 2 * PAGE
    assert not kinds(found) & {"Sort", "Seq Scan", "Incremental Sort"}


async def test_pages_of_all_accounts_cost_their_rows_only(database: Database, viewer: Viewer) -> None:
    accounts = await accounts_of(database, viewer)

    found = await plans(database, viewer, lambda reader: transactions_by_account(reader, accounts, PageRequest(PAGE)))

    assert indexes(found, "transactions") == {"ix_transactions_account"}
    assert touched(found, "transactions") == len(accounts) * (PAGE + 1)
    assert not kinds(found) & {"Sort", "Seq Scan", "Incremental Sort"}


async def test_a_sum_of_days_reads_those_days(database: Database, viewer: Viewer) -> None:
    """Four transactions a day: the ten days of a cut month are forty rows, and whole months none."""
    first, last = date(2026, 8, 1), date(2026, 10, 10)

    found = await plans(database, viewer, lambda reader: spending_between(reader, viewer.household_id, first, last))

    assert touched(found, "transactions") <= 44
    assert "Seq Scan" not in {node["Node Type"] for node in found if node.get("Relation Name") == "transactions"}


def test_the_page_is_in_the_order_of_its_index() -> None:
    assert [one.key for one in NEWEST_FIRST.columns] == ["date", "id"]


async def test_few_new_rows_are_looked_up_one_by_one_in_a_household_that_is_not_known_yet(
    database: Database, filled: DatabaseUrls
) -> None:
    newest = Viewer(user_id=new_id(), household_id=UUID("ffffffff-ffff-ffff-ffff-ffffffffffff"), role=OWNER)
    owner = await asyncpg.connect(filled.owner)
    account: UUID = await owner.fetchval(ONE_MORE, newest.household_id)
    await owner.execute(ITS_ROWS, newest.household_id, account, ROWS_EACH, by_code("FOOD_AND_DRINK").id)
    await owner.close()
    read = 0

    async def work(unit: Unit) -> None:
        nonlocal read
        rows = [
            IncomingRow(f"s{number}", date(2026, 11, 1), Decimal(-2), "USD", "POSTED", "Shop", "SHOP")
            for number in (ROWS_EACH, ROWS_EACH + 1)
        ]
        applied = await apply_rows(unit, [(account, one) for one in rows])
        assert (applied.added, applied.modified) == (1, 1)
        read = await (await unit.connection()).fetchval(FETCHED)
        raise Enough

    with pytest.raises(Enough):
        await in_unit(database, newest, work)
    assert read <= 10
