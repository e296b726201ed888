"""A pagination outside the memory: all its rows in order, and nothing left behind."""

import json
from collections.abc import Iterator
from pathlib import Path
from typing import Any
from uuid import UUID, uuid4

import pytest

from domain.bank_links.feed import Unreadable
from domain.bank_links.spool import Spool, clear_left_behind
from integrations.object_store.folder import FolderObjectStore
from integrations.plaid.feed import PlaidFeed

OURS = uuid4()
ACCOUNT: dict[str, Any] = {
    "account_id": "a1",
    "name": "Daily",
    "type": "depository",
    "balances": {"current": 1, "available": None, "iso_currency_code": "USD"},
}


@pytest.fixture
def feed() -> Iterator[PlaidFeed]:
    """Only reads here: nothing answers at its address."""
    feed = PlaidFeed("http://127.0.0.1:1", "client", "secret", countries=["US"])
    yield feed
    feed.close()


@pytest.fixture
def spool(feed: PlaidFeed, tmp_path: Path) -> Spool:
    return Spool(FolderObjectStore(tmp_path), feed, uuid4(), uuid4())


def page(number: int, *, more: bool = True, **parts: Any) -> bytes:
    row = {
        "account_id": "a1",
        "transaction_id": f"t{number}",
        "amount": number,
        "iso_currency_code": "USD",
        "date": "2026-01-05",
        "name": f"Row {number}",
        "pending": False,
    }
    whole = {"accounts": [ACCOUNT], "added": [row], "modified": [], "removed": [], "has_more": more}
    return json.dumps({**whole, "next_cursor": f"c{number}", **parts}).encode()


def sources(spool: Spool, ours: dict[str, UUID]) -> list[str]:
    return [row.source_id for _, row in spool.rows(ours)]


def files(folder: Path) -> int:
    return sum(1 for path in folder.rglob("*") if path.is_file())


async def test_rows_come_in_order_and_as_often_as_they_are_asked_for(spool: Spool) -> None:
    for number in range(3):
        await spool.add(page(number, more=number < 2))

    for _ in range(2):
        assert sources(spool, {"a1": OURS}) == ["plaid:t0", "plaid:t1", "plaid:t2"]
    assert (spool.cursor, spool.pages) == ("c2", 3)


async def test_removed_rows_of_all_pages(spool: Spool) -> None:
    await spool.add(page(0, removed=[{"transaction_id": "x", "account_id": "a1"}]))
    await spool.add(page(1))
    await spool.add(page(2, more=False, removed=[{"transaction_id": "y"}, {"transaction_id": "z", "account_id": "?"}]))

    assert list(spool.removed({"a1": OURS})) == [(OURS, "plaid:x"), (None, "plaid:y")]


async def test_rows_of_accounts_that_are_not_kept_are_left_out(spool: Spool) -> None:
    await spool.add(page(0, more=False))

    assert sources(spool, {}) == []


async def test_the_last_page_knows_an_account_best(spool: Spool) -> None:
    await spool.add(page(0))
    await spool.add(page(1, more=False, accounts=[{**ACCOUNT, "name": "Renamed"}]))

    assert [account.name for account in spool.accounts] == ["Renamed"]


async def test_accounts_that_no_page_describes_are_named(spool: Spool) -> None:
    await spool.add(page(0, more=False, accounts=[]))

    assert spool.strangers == {"a1"}


async def test_a_pagination_that_does_not_move_on_is_refused(spool: Spool) -> None:
    await spool.add(page(0))

    with pytest.raises(Unreadable):
        await spool.add(page(1, next_cursor="c0"))


async def test_nothing_is_left_behind(spool: Spool, tmp_path: Path) -> None:
    for number in range(3):
        await spool.add(page(number))
    assert files(tmp_path) == 3

    await spool.clear()

    assert files(tmp_path) == 0


async def test_a_sync_that_ends_leaves_the_next_one_of_its_link_alone(feed: PlaidFeed, tmp_path: Path) -> None:
    store, link = FolderObjectStore(tmp_path), uuid4()
    ended, begun = Spool(store, feed, link, uuid4()), Spool(store, feed, link, uuid4())
    await ended.add(page(0, more=False))
    for number in (1, 2):
        await begun.add(page(number, more=number < 2))

    await ended.clear()

    assert sources(begun, {"a1": OURS}) == ["plaid:t1", "plaid:t2"]


async def test_a_sync_that_lost_its_lease_changes_no_page_of_its_successor(feed: PlaidFeed, tmp_path: Path) -> None:
    store, link = FolderObjectStore(tmp_path), uuid4()
    late, holder = Spool(store, feed, link, uuid4()), Spool(store, feed, link, uuid4())
    for number in (1, 2):
        await holder.add(page(number, more=number < 2))

    await late.add(page(0))

    assert sources(holder, {"a1": OURS}) == ["plaid:t1", "plaid:t2"]


async def test_what_killed_processes_left_of_a_link_goes(feed: PlaidFeed, tmp_path: Path) -> None:
    store, link = FolderObjectStore(tmp_path), uuid4()
    await Spool(store, feed, link, uuid4()).add(page(0))
    other = Spool(store, feed, uuid4(), uuid4())
    await other.add(page(0))

    await clear_left_behind(store, link)

    assert files(tmp_path) == 1
