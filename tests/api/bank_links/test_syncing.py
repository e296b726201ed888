"""Synchronising a link: everything that the bank has, once, whatever goes wrong meanwhile."""

import asyncio
import secrets
from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest
from sqlalchemy import text

from api import ids
from domain.bank_links.directory import due_links, request_stale_syncs
from domain.bank_links.syncing import synchronize
from domain.bank_links.syncs import start_sync
from integrations.world import World
from runtime.keys import Key
from runtime.unit import in_unit
from runtime.viewer import Viewer
from tests.banking import Linked
from tests.sandbox.running import RunningBank

SYNC = "mutation ($id: ID!) { syncBankLink(input: {bankLinkId: $id}) { sync { id status } userErrors { code path } } }"
CATEGORIZE = """
mutation ($id: ID!, $category: ID!) {
  categorizeTransaction(input: {transactionId: $id, categoryId: $category}) { userErrors { code } }
}
"""
CATEGORIES = "{ viewer { categories { id name kind } } }"
NOTES = 'mutation ($id: ID!) { updateTransaction(input: {transactionId: $id, notes: "mine"}) { userErrors { code } } }'
NOTES_OF = "query ($id: ID!) { node(id: $id) { ... on Transaction { notes categorizedBy category { id } } } }"
NOTIFICATIONS = "{ viewer { notifications { nodes { kind subject { id } } } } }"
HISTORY = """
query ($id: ID!) {
  node(id: $id) { ... on BankLink { syncs(first: 1) { nodes { id } pageInfo { hasNextPage endCursor } } } }
}
"""
CREATE_TOKEN = "mutation ($id: ID) { createLinkToken(input: {bankLinkId: $id}) { linkToken userErrors { code } } }"


async def ask(linked: Linked) -> dict[str, Any]:
    """A person's wish to synchronise; the sync."""
    sync: dict[str, Any] = (await linked.person.change(SYNC, id=linked.id))["sync"]
    return sync


async def synced(linked: Linked) -> dict[str, Any]:
    """Asked for and done; the newest sync."""
    await ask(linked)
    await linked.sync()
    newest: dict[str, Any] = (await linked.link())["syncs"]["nodes"][0]
    return newest


async def amounts(linked: Linked) -> list[tuple[str, str]]:
    return sorted((row["description"], row["amount"]["amount"]) for row in await linked.rows())


def viewer_of(linked: Linked) -> Viewer:
    return Viewer.for_job(ids.decode_as("hsh", linked.person.household_id), ids.decode_as("usr", linked.person.user_id))


async def as_system(world: World, statement: str, linked: Linked) -> None:
    async with world.system.system_session() as session:
        await session.execute(text(statement), {"id": ids.decode_as("bnk", linked.id)})


async def test_a_purchase_arrives_with_its_balance(linked: Linked, bank: RunningBank) -> None:
    bank.buy(linked.access_token, 12.34, "BOOKSHOP")

    sync = await synced(linked)

    assert (sync["status"], sync["added"], sync["modified"], sync["removed"]) == ("SUCCEEDED", 1, 0, 0)
    assert await amounts(linked) == [("BAKERY", "-10.00"), ("BOOKSHOP", "-12.34")]
    assert await linked.balances() == {"Daily": "87.66"}


async def test_asking_while_one_is_under_way_gives_that_one(linked: Linked) -> None:
    first = await ask(linked)

    second = await ask(linked)

    assert first == second
    assert first["status"] == "RUNNING"


async def test_what_is_not_due_is_not_done(linked: Linked) -> None:
    before = await linked.link()

    await linked.sync()

    assert await linked.link() == before


async def test_running_twice_adds_nothing(linked: Linked, bank: RunningBank) -> None:
    bank.buy(linked.access_token, 5)
    await ask(linked)

    await asyncio.gather(*(linked.sync() for _ in range(4)))

    assert len(await linked.rows()) == 2
    assert [sync["added"] for sync in (await linked.link())["syncs"]["nodes"]] == [1, 1]


async def test_what_is_asked_for_meanwhile_is_done_too(linked: Linked, bank: RunningBank) -> None:
    linked.fault("slow", path="/transactions/sync", seconds=0.3)
    await ask(linked)
    under_way = asyncio.create_task(linked.sync())
    await asyncio.sleep(0.5)

    bank.buy(linked.access_token, 5)
    await ask(linked)
    await asyncio.gather(under_way, linked.sync())

    assert len(await linked.rows()) == 2


async def test_a_posted_transaction_takes_over_what_a_person_did_to_its_pending_one(
    linked: Linked, bank: RunningBank
) -> None:
    bank.call(
        "/sandbox/transactions/create",
        access_token=linked.access_token,
        transactions=[
            {"amount": 8, "description": "CINEMA", "date_posted": "2030-01-01", "date_transacted": "2026-01-06"}
        ],
    )
    await synced(linked)
    pending = next(row for row in await linked.rows() if row["description"] == "CINEMA")
    categories = (await linked.person.data(CATEGORIES))["viewer"]["categories"]
    chosen = next(one["id"] for one in categories if one["kind"] == "EXPENSE" and one["name"] != pending["category"])
    await linked.person.change(CATEGORIZE, id=pending["id"], category=chosen)
    await linked.person.change(NOTES, id=pending["id"])

    bank.call("/transactions/refresh", access_token=linked.access_token)
    await synced(linked)

    posted = next(row for row in await linked.rows() if row["description"] == "CINEMA")
    assert (pending["status"], posted["status"], posted["id"]) == ("PENDING", "POSTED", pending["id"])
    assert len(await linked.rows()) == 2
    kept = (await linked.person.data(NOTES_OF, id=pending["id"]))["node"]
    assert kept == {"notes": "mine", "categorizedBy": "PERSON", "category": {"id": chosen}}


async def test_the_banks_corrections_are_followed(linked: Linked, bank: RunningBank) -> None:
    bank.buy(linked.access_token, 5, "KIOSK")
    await synced(linked)
    page = bank.page(linked.access_token)
    by_name = {row["name"]: row["transaction_id"] for row in page["added"]}

    bank.call(
        "/control/transactions",
        item_id=linked.item_id,
        modify=[{"transaction_id": by_name["BAKERY"], "amount": 11}],
        remove=[by_name["KIOSK"]],
    )
    sync = await synced(linked)

    assert (sync["added"], sync["modified"], sync["removed"]) == (0, 1, 1)
    assert await amounts(linked) == [("BAKERY", "-11.00")]


async def test_a_long_history_comes_whole_though_it_changes_meanwhile(
    linked: Linked, bank: RunningBank, tmp_path: Path, world: World
) -> None:
    lines = [f"2025-03-{1 + number % 28:02},SHOP {number},{number}.25,USD" for number in range(1203)]
    path = tmp_path / "history.csv"
    path.write_text("\n".join(["date,merchant,amount,currency", *lines]))
    bank.call("/control/history", path=str(path), item_id=linked.item_id)
    linked.fault("mutation", count=2)

    sync = await synced(linked)

    assert (sync["status"], sync["added"]) == ("SUCCEEDED", 1203)
    # Nothing of the pages stays behind.
    assert not list((world.settings.data / "objects").rglob("*.json"))


@pytest.mark.parametrize(
    "fault",
    [
        {"kind": "status", "status": 500},
        {"kind": "status", "status": 429},
        {"kind": "cut"},
        {"kind": "status", "status": 400, "error_type": "ITEM_ERROR", "error_code": "SOMETHING_NEW"},
        {"kind": "mutation", "count": 5},
    ],
)
async def test_a_failed_sync_applies_nothing_and_the_next_one_everything(
    linked: Linked, bank: RunningBank, tmp_path: Path, fault: dict[str, Any]
) -> None:
    lines = [f"2025-03-01,SHOP {number},1.00,USD" for number in range(501)]
    path = tmp_path / "history.csv"
    path.write_text("\n".join(["date,merchant,amount,currency", *lines]))
    bank.call("/control/history", path=str(path), item_id=linked.item_id)
    path_of_fault = {} if fault["kind"] == "mutation" else {"path": "/transactions/sync"}
    linked.fault(**path_of_fault, **fault)

    failed = await synced(linked)

    assert failed["status"] == "FAILED"
    assert failed["problem"]
    assert await amounts(linked) == [("BAKERY", "-10.00")]
    assert (await linked.link())["status"] == "ACTIVE"

    # The wait is not over; a person's wish does not wait.
    await linked.sync()
    assert await amounts(linked) == [("BAKERY", "-10.00")]
    assert (await synced(linked))["added"] == 501


async def test_three_failures_in_a_row_are_told_once(linked: Linked) -> None:
    linked.fault("status", path="/transactions/sync", status=500, count=4)

    statuses = []
    for _ in range(4):
        await synced(linked)
        statuses.append((await linked.link())["status"])

    assert statuses == ["ACTIVE", "ACTIVE", "FAILING", "FAILING"]
    told = (await linked.person.data(NOTIFICATIONS))["viewer"]["notifications"]["nodes"]
    assert told == [{"kind": "SYNC_TROUBLE", "subject": {"id": linked.id}}]

    await synced(linked)
    assert (await linked.link())["status"] == "ACTIVE"


async def test_a_broken_login_waits_for_the_person_and_the_repair_is_completed_by_a_sync(
    linked: Linked, bank: RunningBank, world: World
) -> None:
    bank.call("/sandbox/item/reset_login", access_token=linked.access_token)

    failed = await synced(linked)

    assert "sign in" in failed["problem"]
    assert (await linked.link())["status"] == "NEEDS_SIGN_IN"
    told = (await linked.person.data(NOTIFICATIONS))["viewer"]["notifications"]["nodes"]
    assert [one["kind"] for one in told] == ["SYNC_TROUBLE"]
    # Trying again by itself would not help.
    assert ids.decode_as("bnk", linked.id) not in await due_links(world.system)

    assert (await linked.person.change(CREATE_TOKEN, id=linked.id))["linkToken"]
    bank.call("/control/items/repair", item_id=linked.item_id)
    bank.buy(linked.access_token, 5)
    repaired = await synced(linked)

    assert (repaired["status"], repaired["added"]) == ("SUCCEEDED", 1)
    assert (await linked.link())["status"] == "ACTIVE"


async def test_an_item_that_is_gone_says_so(linked: Linked, bank: RunningBank) -> None:
    bank.call("/item/remove", access_token=linked.access_token)

    failed = await synced(linked)

    assert "link the bank again" in failed["problem"]
    assert (await linked.link())["status"] == "FAILING"
    assert len(await linked.rows()) == 1


async def test_what_a_killed_process_left_is_gone_on_with(linked: Linked, bank: RunningBank, world: World) -> None:
    bank.buy(linked.access_token, 5)
    asked = await ask(linked)
    bank_link_id = ids.decode_as("bnk", linked.id)
    # A worker that took the lease, and died.
    await in_unit(world.database, viewer_of(linked), lambda unit: start_sync(unit, bank_link_id))

    await linked.sync()
    assert len(await linked.rows()) == 1
    assert bank_link_id not in await due_links(world.system)

    await as_system(world, "update bank_links set leased_until = now() - interval '1 second' where id = :id", linked)
    assert bank_link_id in await due_links(world.system)
    await linked.sync()

    assert len(await linked.rows()) == 2
    newest = (await linked.link())["syncs"]["nodes"][0]
    assert (newest["id"], newest["status"]) == (asked["id"], "SUCCEEDED")


async def test_a_sync_whose_lease_another_took_applies_nothing(linked: Linked, bank: RunningBank, world: World) -> None:
    bank.buy(linked.access_token, 5)
    linked.fault("slow", path="/transactions/sync", seconds=0.4)
    await ask(linked)
    under_way = asyncio.create_task(linked.sync())
    await asyncio.sleep(0.2)

    await as_system(world, "update bank_links set lease = gen_random_uuid() where id = :id", linked)
    await under_way

    assert len(await linked.rows()) == 1


async def test_a_token_moves_to_the_newest_key(linked: Linked, world: World) -> None:
    newest = Key(secrets.token_bytes(32))
    rotated = replace(world.banking, keys=replace(world.keys, vault=(newest, *world.keys.vault)))
    bank_link_id = ids.decode_as("bnk", linked.id)
    await ask(linked)

    await synchronize(rotated, bank_link_id)

    async with world.system.system_session() as session:
        key_id = await session.scalar(text("select token_key_id from bank_links where id = :id"), {"id": bank_link_id})
    assert key_id == newest.id
    # Without the old key, too.
    await ask(linked)
    await synchronize(replace(rotated, keys=replace(world.keys, vault=(newest,))), bank_link_id)
    assert [sync["status"] for sync in (await linked.link())["syncs"]["nodes"]] == ["SUCCEEDED"] * 3


async def test_links_of_active_people_are_asked_daily(linked: Linked, world: World) -> None:
    bank_link_id = ids.decode_as("bnk", linked.id)
    await request_stale_syncs(world.system)
    assert bank_link_id not in await due_links(world.system)

    await as_system(world, "update bank_links set next_sync_at = now() - interval '25 hours' where id = :id", linked)
    await request_stale_syncs(world.system)
    await request_stale_syncs(world.system)

    assert bank_link_id in await due_links(world.system)
    await linked.sync()
    assert bank_link_id not in await due_links(world.system)


async def test_a_link_that_cannot_be_synchronised_is_asked_daily_and_not_at_each_look(
    linked: Linked, world: World
) -> None:
    bank_link_id = ids.decode_as("bnk", linked.id)
    failed = "update bank_links set status = 'FAILING', last_synced_at = null, next_sync_at = now() - {} where id = :id"

    await as_system(world, failed.format("interval '23 hours'"), linked)
    await request_stale_syncs(world.system)
    assert bank_link_id not in await due_links(world.system)

    await as_system(world, failed.format("interval '25 hours'"), linked)
    await request_stale_syncs(world.system)
    assert bank_link_id in await due_links(world.system)


async def test_links_of_people_who_are_away_are_left_alone(linked: Linked, world: World) -> None:
    bank_link_id = ids.decode_as("bnk", linked.id)
    await as_system(world, "update bank_links set next_sync_at = now() - interval '25 hours' where id = :id", linked)
    async with world.system.system_session() as session:
        await session.execute(
            text("update sessions set refreshed_at = now() - interval '31 days' where household_id = :id"),
            {"id": ids.decode_as("hsh", linked.person.household_id)},
        )

    await request_stale_syncs(world.system)

    assert bank_link_id not in await due_links(world.system)


async def test_syncs_are_paged_newest_first(linked: Linked) -> None:
    newest = await synced(linked)

    page = (await linked.person.data(HISTORY, id=linked.id))["node"]["syncs"]

    assert page["nodes"] == [{"id": newest["id"]}]
    assert page["pageInfo"]["hasNextPage"]
