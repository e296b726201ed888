"""Rows by keys and pages that are asked for together: one statement, and the same rows as one after the other."""

from collections.abc import Awaitable, Callable
from datetime import date
from typing import Any
from uuid import UUID

import asyncpg
import pytest
from sqlalchemy import Integer, bindparam, select

from domain.accounts.models import Account
from domain.accounts.queries import accounts_by_household, accounts_by_ids
from domain.categories.queries import category_tree
from domain.categories.system import ALL
from domain.merchants.models import Merchant
from domain.merchants.queries import merchants_by_ids
from domain.pages import PageRequest
from domain.rows import OneByKey
from domain.transactions.queries import transactions_by_household
from runtime.database import Database
from runtime.gathering import gather
from runtime.ids import new_id
from runtime.reader import Reader
from runtime.rows import Layout, Layouts, Slot
from runtime.statements import RowStatement
from runtime.unit import Unit, in_unit
from runtime.viewer import Viewer
from tests.architecture.statements import heard
from tests.domain.books import THEN, book, booked, open_account

GROCERIES = ALL[5].id
ALL_COLUMNS: Layouts = {}


class Wave:
    """What one depth asks, and what it was told."""

    def __init__(self, reader: Reader) -> None:
        self.reader = reader
        self._works: list[Any] = []
        self.found: dict[str, Any] = {}

    def ask(
        self,
        name: str,
        read: Callable[[Reader], Awaitable[Any]],
        layouts: Layouts = ALL_COLUMNS,
    ) -> None:
        async def work() -> None:
            try:
                self.found[name] = await read(self.reader.wanting(layouts, is_gathered=True))
            except Exception as error:
                self.found[name] = error

        self._works.append(work())

    async def run(self) -> dict[str, Any]:
        works, self._works = self._works, []
        await gather(works, self.reader.serve)
        return self.found


async def merchant(database: Database, viewer: Viewer, name: str) -> UUID:
    made = Merchant(household_id=viewer.household_id, id=new_id(), name=name, key=name.lower())
    await in_unit(database, viewer, lambda unit: _add(unit, made))
    return made.id


async def _add(unit: Unit, *made: Any) -> None:
    unit.session.add_all(made)


async def test_lists_and_rows_by_key_are_one_statement(database: Database, viewer: Viewer) -> None:
    accounts = [await open_account(database, viewer, name=name) for name in ("Cash", "Jar", "Attic")]
    shop = await merchant(database, viewer, "Shop")
    days = [date(2026, 3, day) for day in (4, 2, 9)]
    rows = [booked(viewer, accounts[0], day, "-1.00", GROCERIES) for day in days]
    await book(database, viewer, *rows)
    home = viewer.household_id

    async with Reader(database, viewer) as reader:
        wave = Wave(reader)
        wave.ask("accounts", lambda one: accounts_by_household(one, [home]))
        wave.ask("page", lambda one: transactions_by_household(one, [home], PageRequest(size=2)))
        wave.ask("merchants", lambda one: merchants_by_ids(one, [shop, new_id()]))
        with heard(database) as statements:
            found = await wave.run()

    assert len(statements) == 1
    assert [(one.name, one.currency, one.created_at) for one in found["accounts"][home]] == [
        (name, "USD", THEN) for name in ("Cash", "Jar", "Attic")
    ]
    page = found["page"][home]
    assert ([one.date.day for one in page.nodes], page.has_next_page) == ([9, 4], True)
    assert {id: one.name for id, one in found["merchants"].items()} == {shop: "Shop"}


async def test_a_value_that_cannot_be_sent_fails_nobody_else(database: Database, viewer: Viewer) -> None:
    account = await open_account(database, viewer, name="Cash")
    limited = RowStatement(
        select(Account), Account, {}, order=[Account.id.asc()], size=bindparam("most", type_=Integer)
    )
    layout = Layout(Account, "id")

    async with Reader(database, viewer) as reader:
        wave = Wave(reader)
        wave.ask("bad", lambda one: one.rows(limited, layout, most=2**40))
        wave.ask("good", lambda one: accounts_by_ids(one, [account]))
        found = await wave.run()

    assert isinstance(found["bad"], asyncpg.DataError)
    assert found["good"][account].name == "Cash"


async def test_what_is_read_once_is_read_once_by_those_who_ask_together(database: Database, viewer: Viewer) -> None:
    async with Reader(database, viewer) as reader:
        wave = Wave(reader)
        for name in ("one", "two", "three"):
            wave.ask(name, category_tree)
        with heard(database) as statements:
            found = await wave.run()

    assert len(statements) == 1
    assert found["one"] is found["two"] is found["three"]


@pytest.mark.parametrize("count", [2, 12])
async def test_many_lists_keep_their_order(database: Database, viewer: Viewer, count: int) -> None:
    names = [f"Jar {number}" for number in range(count)]
    accounts = [await open_account(database, viewer, name=name) for name in names]
    home = viewer.household_id
    by_key = OneByKey[Account](Account, Account.id)

    async with Reader(database, viewer) as reader:
        wave = Wave(reader)
        wave.ask("rows", lambda one: by_key(one, accounts))
        wave.ask("every", lambda one: accounts_by_household(one, [home]))
        wave.ask("all", lambda one: accounts_by_household(one, [home], include_closed=True))
        found = await wave.run()

    assert [one.name for one in found["every"][home]] == names
    assert [one.name for one in found["all"][home]] == names
    assert {one.name for one in found["rows"].values()} == set(names)


@pytest.mark.parametrize("together", [False, True])
async def test_an_id_that_was_read_as_bytes_is_an_id(database: Database, viewer: Viewer, together: bool) -> None:
    account = await open_account(database, viewer, name="Cash")
    home = viewer.household_id
    layout = Layout(Account)
    layout.place(Slot("id", as_bytes=True))
    layout.place(Slot("bank_link_id", as_bytes=True))

    async with Reader(database, viewer) as reader:
        wave = Wave(reader)
        wave.ask("accounts", lambda one: accounts_by_household(one, [home]), {Account: layout})
        if together:
            wave.ask("others", lambda one: accounts_by_ids(one, [account]))
        ((row,),) = (await wave.run())["accounts"].values()

    assert row[layout.place(Slot("id", as_bytes=True))] == account.bytes
    assert (row.id, row.bank_link_id) == (account, None)
    with pytest.raises(AttributeError, match="without name"):
        _ = row.name
