"""Linking a bank."""

import asyncio
from typing import Any

import pytest
from sqlalchemy import text

from api import ids
from domain.bank_links.directory import end_old_attempts
from integrations.world import World
from tests.api.client import Client, Person
from tests.banking import CHECKING, LINK, LINKS, Linked, link, public_token, purchase
from tests.sandbox.running import CLIENT_ID, SECRET, RunningBank

CREATE_TOKEN = """
mutation ($id: ID) {
  createLinkToken(input: {bankLinkId: $id}) { linkToken expiresAt userErrors { code path } }
}
"""
SYNC = "mutation ($id: ID!) { syncBankLink(input: {bankLinkId: $id}) { sync { id } userErrors { code path } } }"
UNLINK = "mutation ($id: ID!) { unlinkBank(input: {bankLinkId: $id}) { bankLink { id } userErrors { code path } } }"
NODE = "query ($id: ID!) { node(id: $id) { id } }"


def items(bank: RunningBank) -> list[dict[str, Any]]:
    found: list[dict[str, Any]] = bank.http.get(
        "/control/items", params={"client_id": CLIENT_ID, "secret": SECRET}
    ).json()["items"]
    return found


async def links_of(person: Person) -> list[str]:
    return [one["id"] for one in (await person.data(LINKS))["viewer"]["bankLinks"]]


async def test_a_link_has_its_accounts_at_once_and_everything_after_its_first_sync(
    person: Person, world: World, bank: RunningBank
) -> None:
    rows = [purchase("2026-01-05", 12.5, "STARBUCKS 1"), purchase("2026-01-06", -1000, "ACME PAYROLL")]
    account = {**CHECKING, "starting_balance": 500, "meta": {"name": "Daily"}, "transactions": rows}

    linked = await link(person, world, bank, account)

    assert await linked.balances() == {"Daily": "500.00"}
    before = await linked.link()
    assert (before["status"], before["lastSyncedAt"]) == ("SYNCING", None)
    assert [sync["status"] for sync in before["syncs"]["nodes"]] == ["RUNNING"]

    await linked.sync()

    found = [(row["date"], row["amount"]["amount"], row["originalDescription"]) for row in await linked.rows()]
    assert found == [("2026-01-06", "1000.00", "ACME PAYROLL"), ("2026-01-05", "-12.50", "STARBUCKS 1")]
    after = await linked.link()
    assert after["status"] == "ACTIVE"
    assert [(sync["status"], sync["added"], sync["problem"]) for sync in after["syncs"]["nodes"]] == [
        ("SUCCEEDED", 2, None)
    ]


async def test_what_is_owed_is_a_negative_balance(person: Person, world: World, bank: RunningBank) -> None:
    card = {"type": "credit", "subtype": "credit card", "starting_balance": 210.75, "meta": {"name": "Card"}}

    linked = await link(person, world, bank, card)

    assert await linked.balances() == {"Card": "-210.75"}


@pytest.mark.parametrize(
    ("document", "variables"),
    [(CREATE_TOKEN, {}), (LINK, {"token": "public"}), (SYNC, {"id": "x"}), (UNLINK, {"id": "x"})],
)
async def test_nobody_may_do_anything(nobody: Client, document: str, variables: dict[str, Any]) -> None:
    answer = await nobody.send(document, **variables)

    assert [error["extensions"]["code"] for error in answer["errors"]] == ["UNAUTHENTICATED"]


@pytest.mark.parametrize("token", ["", "public-sandbox-unknown", "x" * 501, "x" * 400])
async def test_a_token_that_is_none_is_refused(person: Person, token: str) -> None:
    assert await person.refused(LINK, token=token) == [("INVALID", ["input", "publicToken"])]

    assert await links_of(person) == []


async def test_a_token_is_good_once(linked: Linked, bank: RunningBank, person: Person) -> None:
    token = public_token(bank, CHECKING)
    await person.change(LINK, token=token)

    assert await person.refused(LINK, token=token) == [("INVALID", ["input", "publicToken"])]

    assert len(await links_of(person)) == 2


async def test_a_repeated_request_gives_the_first_ones_link(person: Person, bank: RunningBank) -> None:
    token = public_token(bank, CHECKING)
    first = await person.change(LINK, token=token, key="one")

    second = await person.change(LINK, token=token, key="one")

    assert second["bankLink"]["id"] == first["bankLink"]["id"]
    assert len(items(bank)) == 1


async def test_twins_make_one_link(person: Person, bank: RunningBank) -> None:
    token = public_token(bank, CHECKING)
    bank.call("/control/faults", kind="slow", path="/item/public_token/exchange", seconds=0.3)

    payloads = await asyncio.gather(*(person.change(LINK, token=token, key="one") for _ in range(3)))

    assert len({payload["bankLink"]["id"] for payload in payloads}) == 1
    assert len(await links_of(person)) == 1


async def test_a_key_used_for_another_token_is_a_conflict(person: Person, bank: RunningBank) -> None:
    await person.change(LINK, token=public_token(bank, CHECKING), key="one")

    refused = await person.refused(LINK, token=public_token(bank, CHECKING), key="one")

    assert refused == [("CONFLICT", ["input", "idempotencyKey"])]
    assert len(await links_of(person)) == 1


async def test_a_provider_that_is_down_leaves_nothing_behind_and_the_key_free(
    person: Person, bank: RunningBank
) -> None:
    token = public_token(bank, CHECKING)
    bank.call("/control/faults", kind="status", path="/item/public_token/exchange", status=500)

    assert await person.refused(LINK, token=token, key="one") == [("UNAVAILABLE", ["input"])]
    assert await links_of(person) == []

    await person.change(LINK, token=token, key="one")
    assert len(await links_of(person)) == 1


async def test_an_item_that_cannot_be_set_up_does_not_live_on_at_the_provider(
    person: Person, bank: RunningBank
) -> None:
    token = public_token(bank, CHECKING)
    bank.call("/control/faults", kind="status", path="/item/webhook/update", status=500, count=3)

    assert await person.refused(LINK, token=token) == [("UNAVAILABLE", ["input"])]

    assert (await links_of(person), items(bank)) == ([], [])


async def test_setting_up_is_tried_again(person: Person, bank: RunningBank) -> None:
    bank.call("/control/faults", kind="status", path="/item/webhook/update", status=500, count=2)

    await person.change(LINK, token=public_token(bank, CHECKING))

    assert len(await links_of(person)) == 1


async def test_an_attempt_whose_process_died_is_ended(person: Person, world: World, bank: RunningBank) -> None:
    token = public_token(bank, CHECKING)
    await person.change(LINK, token=token, key="one")
    user_id = ids.decode_as("usr", person.user_id)
    async with world.system.system_session() as session:
        # As a process leaves it that dies between the provider's answer and its own.
        await session.execute(
            text("update link_attempts set state = 'OPEN', started_at = now() - interval '1 hour' where user_id = :id"),
            {"id": user_id},
        )

    assert await end_old_attempts(world.system) == 1

    async with world.system.system_session() as session:
        states = await session.scalars(text("select state from link_attempts where user_id = :id"), {"id": user_id})
        assert states.all() == ["ENDED"]


async def test_the_providers_token_is_nowhere_in_plain(linked: Linked, world: World) -> None:
    async with world.system.system_session() as session:
        token = await session.scalar(
            text("select token from bank_links where id = :id"), {"id": ids.decode_as("bnk", linked.id)}
        )

    assert isinstance(token, bytes)
    assert linked.access_token.encode() not in token


async def test_strangers_do_not_see_a_link(linked: Linked, stranger: Person) -> None:
    assert await stranger.data(NODE, id=linked.id) == {"node": None}
    assert await links_of(stranger) == []


async def test_strangers_cannot_touch_a_link(linked: Linked, stranger: Person) -> None:
    before = await linked.link()

    for document in (CREATE_TOKEN, SYNC, UNLINK):
        assert await stranger.refused(document, id=linked.id) == [("NOT_FOUND", ["input", "bankLinkId"])]

    assert await linked.link() == before


async def test_a_token_for_the_dialogue(person: Person) -> None:
    made = await person.change(CREATE_TOKEN)

    assert made["linkToken"].startswith("link-sandbox-")
    assert made["expiresAt"].endswith("Z")


async def test_a_token_to_repair_a_link(linked: Linked) -> None:
    made = await linked.person.change(CREATE_TOKEN, id=linked.id)

    assert made["linkToken"].startswith("link-sandbox-")


async def test_no_token_while_the_provider_does_not_answer(person: Person, bank: RunningBank) -> None:
    bank.call("/control/faults", kind="cut", path="/link/token/create")

    assert await person.refused(CREATE_TOKEN) == [("UNAVAILABLE", ["input"])]
