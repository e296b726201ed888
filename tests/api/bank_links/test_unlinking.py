"""Ending a link: here at once, at the provider as soon as it answers."""

import asyncio
import secrets
from dataclasses import replace
from decimal import Decimal
from typing import Any

import pytest
from sqlalchemy import text

from api import ids
from domain.bank_links.directory import due_removals, owner_of
from domain.bank_links.feed import FeedAccount
from domain.bank_links.provider_accounts import match_accounts
from domain.bank_links.unlinking import remove_at_provider
from integrations.world import World
from runtime.keys import Key
from runtime.unit import Unit, in_unit
from tests.banking import Linked
from tests.sandbox.running import CREDENTIALS, RunningBank

UNLINK = """
mutation ($id: ID!, $keep: Boolean) {
  unlinkBank(input: {bankLinkId: $id, keepHistory: $keep}) {
    bankLink { status accounts { closedAt } } userErrors { code path }
  }
}
"""
SYNC = "mutation ($id: ID!) { syncBankLink(input: {bankLinkId: $id}) { sync { id } userErrors { code path } } }"
CASH_FLOW = """
{ viewer { reports { cashFlow(from: "2026-01-01", to: "2026-01-31") { income { amount } expenses { amount } } } } }
"""
CHANGES = """
query ($after: String!) { viewer { changes(after: $after, types: ["Account", "Transaction"]) { nodes { kind id } } } }
"""
SEQUENCE = "{ viewer { sequence } }"


def at_the_bank(linked: Linked, bank: RunningBank) -> int:
    """The status of the item's answer."""
    return bank.http.post("/item/get", json=CREDENTIALS | {"access_token": linked.access_token}).status_code


async def expenses(linked: Linked) -> str:
    flow: dict[str, Any] = (await linked.person.data(CASH_FLOW))["viewer"]["reports"]["cashFlow"]
    amount: str = flow["expenses"]["amount"]
    return amount


async def test_history_stays_in_closed_accounts(linked: Linked) -> None:
    payload = await linked.person.change(UNLINK, id=linked.id)

    assert payload["bankLink"]["status"] == "UNLINKED"
    assert all(account["closedAt"] for account in payload["bankLink"]["accounts"])
    assert [row["description"] for row in await linked.rows()] == ["BAKERY"]
    assert await expenses(linked) == "10.00"


async def test_without_history_everything_of_it_is_gone_and_said_to_be(linked: Linked) -> None:
    (row,) = await linked.rows()
    after = (await linked.person.data(SEQUENCE))["viewer"]["sequence"]

    payload = await linked.person.change(UNLINK, id=linked.id, keep=False)

    assert payload["bankLink"] == {"status": "UNLINKED", "accounts": []}
    assert await linked.rows() == []
    assert await linked.balances() == {}
    assert await expenses(linked) == "0.00"
    changes = (await linked.person.data(CHANGES, after=after))["viewer"]["changes"]["nodes"]
    assert {(one["kind"], one["id"]) for one in changes} == {("DELETED", row["id"]), ("DELETED", row["account"]["id"])}


@pytest.mark.parametrize("keep", [True, False])
async def test_ending_twice_changes_nothing(linked: Linked, keep: bool) -> None:
    first = await linked.person.change(UNLINK, id=linked.id, keep=True)

    second = await linked.person.change(UNLINK, id=linked.id, keep=keep)

    assert second == first
    assert len(await linked.rows()) == 1


async def test_a_link_that_has_ended_cannot_be_synchronised(linked: Linked) -> None:
    await linked.person.change(UNLINK, id=linked.id)

    assert await linked.person.refused(SYNC, id=linked.id) == [("NOT_ALLOWED", ["input", "bankLinkId"])]


async def test_the_provider_forgets_the_item_and_we_its_token(linked: Linked, bank: RunningBank, world: World) -> None:
    bank_link_id = ids.decode_as("bnk", linked.id)
    await linked.person.change(UNLINK, id=linked.id)
    assert at_the_bank(linked, bank) == 200

    for _ in range(2):
        await remove_at_provider(world.banking, bank_link_id)

    assert at_the_bank(linked, bank) == 400
    async with world.system.system_session() as session:
        kept = (
            await session.execute(
                text("select token, token_key_id, removal_due_at from bank_links where id = :id"), {"id": bank_link_id}
            )
        ).one()
    assert tuple(kept) == (None, None, None)


async def test_removing_is_tried_until_it_holds(linked: Linked, bank: RunningBank, world: World) -> None:
    bank_link_id = ids.decode_as("bnk", linked.id)
    await linked.person.change(UNLINK, id=linked.id)
    linked.fault("status", path="/item/remove", status=500)

    await remove_at_provider(world.banking, bank_link_id)

    assert at_the_bank(linked, bank) == 200
    async with world.system.system_session() as session:
        await session.execute(text("update bank_links set removal_due_at = now() where id = :id"), {"id": bank_link_id})
    assert bank_link_id in await due_removals(world.system)

    await remove_at_provider(world.banking, bank_link_id)

    assert at_the_bank(linked, bank) == 400
    assert bank_link_id not in await due_removals(world.system)


async def test_a_token_whose_key_is_away_is_removed_when_it_is_back(
    linked: Linked, bank: RunningBank, world: World
) -> None:
    bank_link_id = ids.decode_as("bnk", linked.id)
    await linked.person.change(UNLINK, id=linked.id)
    other = replace(world.keys, vault=(Key(secrets.token_bytes(32)),))

    await remove_at_provider(replace(world.banking, keys=other), bank_link_id)
    async with world.system.system_session() as session:
        await session.execute(text("update bank_links set removal_due_at = now() where id = :id"), {"id": bank_link_id})
    await remove_at_provider(world.banking, bank_link_id)

    assert at_the_bank(linked, bank) == 400


async def test_an_answer_that_got_lost_is_no_reason_to_ask_for_ever(
    linked: Linked, bank: RunningBank, world: World
) -> None:
    bank_link_id = ids.decode_as("bnk", linked.id)
    await linked.person.change(UNLINK, id=linked.id)
    linked.fault("cut", path="/item/remove")

    await remove_at_provider(world.banking, bank_link_id)
    async with world.system.system_session() as session:
        await session.execute(text("update bank_links set removal_due_at = now() where id = :id"), {"id": bank_link_id})
    await remove_at_provider(world.banking, bank_link_id)

    assert bank_link_id not in await due_removals(world.system)


@pytest.mark.parametrize("keep", [True, False])
async def test_a_sync_under_way_applies_nothing_any_more(linked: Linked, bank: RunningBank, keep: bool) -> None:
    bank.buy(linked.access_token, 5)
    linked.fault("slow", path="/transactions/sync", seconds=0.5)
    await linked.person.change(SYNC, id=linked.id)
    under_way = asyncio.create_task(linked.sync())
    await asyncio.sleep(0.2)

    await linked.person.change(UNLINK, id=linked.id, keep=keep)
    await under_way

    link = await linked.link()
    assert (link["status"], link["syncs"]["nodes"][0]["status"]) == ("UNLINKED", "FAILED")
    assert len(await linked.rows()) == (1 if keep else 0)
    assert all(sync["finishedAt"] for sync in link["syncs"]["nodes"])


@pytest.mark.parametrize("keep", [True, False])
async def test_an_account_that_a_sync_opens_at_the_same_moment_ends_too(
    linked: Linked, world: World, keep: bool
) -> None:
    bank_link_id = ids.decode_as("bnk", linked.id)
    viewer = await owner_of(world.system, bank_link_id)
    assert viewer is not None
    opened, go_on = asyncio.Event(), asyncio.Event()

    async def open_account(unit: Unit) -> None:
        """As a sync does: its accounts, then the link."""
        account = FeedAccount("new", "New", "CHECKING", "USD", Decimal(1), None, None)
        await match_accounts(unit, bank_link_id, [account])
        await unit.session.execute(text("update bank_links set failures = 0 where id = :id"), {"id": bank_link_id})
        opened.set()
        await go_on.wait()

    sync = asyncio.create_task(in_unit(world.database, viewer, open_account))
    await opened.wait()

    unlinking = asyncio.create_task(linked.person.change(UNLINK, id=linked.id, keep=keep))
    await asyncio.sleep(0.3)
    go_on.set()
    await sync
    accounts = (await unlinking)["bankLink"]["accounts"]

    assert len(accounts) == (2 if keep else 0)
    assert all(account["closedAt"] for account in accounts)
