"""What a bank link is to the others of a household, and where it goes with its person."""

from decimal import Decimal
from typing import Any

import pytest

from api import ids
from domain.bank_links.directory import owner_of
from domain.bank_links.feed import FeedAccount
from domain.bank_links.provider_accounts import match_accounts
from integrations.world import World
from runtime.unit import in_unit
from tests.api.bank_links.test_unlinking import SYNC, UNLINK
from tests.api.client import Person
from tests.api.households.company import join, share, switch
from tests.api.households.test_parting import LEAVE, REMOVE
from tests.banking import CHECKING, Linked, app, bank, link, listener, purchase, settings
from tests.sandbox.running import RunningBank

__all__ = ["app", "bank", "listener", "settings"]

LINKS = "{ viewer { bankLinks { id status } accounts(includeClosed: true) { id closedAt bankLink { id } } } }"
SYNCS = "query ($id: ID!) { node(id: $id) { ... on BankLink { id syncs { nodes { id } } } } }"
CREATE_LINK_TOKEN = """
mutation ($id: ID) { createLinkToken(input: {bankLinkId: $id}) { linkToken userErrors { code path } } }
"""
CHANGES = "query ($after: String!) { viewer { changes(after: $after, first: 100) { nodes { id } } } }"
SEQUENCE = "{ viewer { sequence } }"
BAKERY = {**CHECKING, "starting_balance": 100, "transactions": [purchase("2026-01-05", 10, "BAKERY")]}


@pytest.fixture
async def linked(person: Person, stranger: Person, world: World, bank: RunningBank) -> Linked:
    """The bank of a member, in the household that somebody else owns."""
    linked = await link(await join(person, stranger), world, bank, BAKERY)
    await linked.sync()
    return linked


async def seen(person: Person) -> dict[str, Any]:
    found: dict[str, Any] = (await person.data(LINKS))["viewer"]
    return found


async def fresh(person: Person) -> Person:
    """With a session from now on."""
    return await switch(person, person.household_id)


async def account_of(linked: Linked) -> str:
    (account,) = (await seen(linked.person))["accounts"]
    return str(account["id"])


async def test_a_link_all_of_whose_accounts_are_private_is_not_there(linked: Linked, person: Person) -> None:
    await share(linked.person, await account_of(linked), "PRIVATE")
    other = await fresh(person)

    assert await seen(other) == {"bankLinks": [], "accounts": []}
    assert (await other.data(SYNCS, id=linked.id))["node"] is None
    for document in (SYNC, UNLINK, CREATE_LINK_TOKEN):
        assert await other.refused(document, id=linked.id) == [("NOT_FOUND", ["input", "bankLinkId"])]
    assert [one["status"] for one in (await seen(linked.person))["bankLinks"]] == ["ACTIVE"]


async def test_a_link_is_not_changed_by_whom_accounts_are_withheld_from(linked: Linked, person: Person) -> None:
    await share(linked.person, await account_of(linked), "BALANCE_ONLY")
    other = await fresh(person)

    refused = [await other.refused(document, id=linked.id) for document in (SYNC, UNLINK, CREATE_LINK_TOKEN)]

    assert refused == [[("NOT_ALLOWED", ["input", "bankLinkId"])]] * 3
    assert [one["status"] for one in (await seen(other))["bankLinks"]] == ["ACTIVE"]
    assert len((await other.data(SYNCS, id=linked.id))["node"]["syncs"]["nodes"]) == 1


async def test_what_a_private_link_does_is_told_to_its_person_alone(linked: Linked, person: Person) -> None:
    await share(linked.person, await account_of(linked), "PRIVATE")
    other = await fresh(person)
    before = (await other.data(SEQUENCE))["viewer"]["sequence"]

    await linked.person.change(SYNC, id=linked.id)
    await linked.sync()

    told = [(await one.data(CHANGES, after=before))["viewer"]["changes"]["nodes"] for one in (other, linked.person)]
    assert told[0] == []
    assert {one["id"].partition("_")[0] for one in told[1]} == {"bnk", "syn"}


async def test_a_new_account_of_a_private_link_is_private_from_the_first(
    linked: Linked, person: Person, world: World
) -> None:
    await share(linked.person, await account_of(linked), "PRIVATE")
    link_id = ids.decode_as("bnk", linked.id)
    viewer = await owner_of(world.system, link_id)
    assert viewer is not None
    new = FeedAccount("p2", "Savings", "SAVINGS", "USD", Decimal(7), None, None)

    await in_unit(world.database, viewer, lambda unit: match_accounts(unit, link_id, [new]))

    assert len((await seen(linked.person))["accounts"]) == 2
    assert (await seen(await fresh(person)))["accounts"] == []


@pytest.mark.parametrize("is_removed", [False, True], ids=["leaves", "is removed"])
async def test_a_link_goes_with_its_person_and_goes_on(
    linked: Linked, person: Person, stranger: Person, is_removed: bool
) -> None:
    account = await account_of(linked)
    if is_removed:
        await person.change(REMOVE, user=linked.person.user_id)
        homes = (await stranger.data("{ viewer { households { id } } }"))["viewer"]["households"]
        (home,) = {one["id"] for one in homes} - {stranger.household_id}
    else:
        home = (await linked.person.change(LEAVE, input={"takeAccounts": True}))["household"]["id"]
    linked.person = await switch(stranger, home)

    await linked.person.change(SYNC, id=linked.id)
    await linked.sync()

    assert await seen(person) == {"bankLinks": [], "accounts": []}
    assert await seen(linked.person) == {
        "bankLinks": [{"id": linked.id, "status": "ACTIVE"}],
        "accounts": [{"id": account, "closedAt": None, "bankLink": {"id": linked.id}}],
    }
    assert [row["description"] for row in await linked.rows()] == ["BAKERY"]
    assert len((await linked.person.data(SYNCS, id=linked.id))["node"]["syncs"]["nodes"]) == 2


async def test_a_link_ends_where_its_person_leaves_the_accounts(linked: Linked, person: Person) -> None:
    account = await account_of(linked)

    await linked.person.change(LEAVE, input={"takeAccounts": False})

    left = await seen(person)
    assert left["bankLinks"] == [{"id": linked.id, "status": "UNLINKED"}]
    assert [(one["id"], one["closedAt"] is None) for one in left["accounts"]] == [(account, False)]
    assert await person.refused(SYNC, id=linked.id) == [("NOT_ALLOWED", ["input", "bankLinkId"])]
