"""Leaving a household and being removed from it, with accounts and without."""

from collections.abc import Awaitable, Callable
from typing import Any

import asyncpg

from api import ids
from runtime.verification import verify
from tests.api.books import CATEGORIES, book, open_account
from tests.api.client import Person
from tests.api.households.company import join, settled, share, switch
from tests.api.households.test_members import CREATE, unproved

LEAVE = """
mutation ($input: LeaveHouseholdInput!) {
  leaveHousehold(input: $input) { household { id name } userErrors { code message path } }
}
"""
REMOVE = """
mutation ($user: ID!) {
  removeMember(input: {userId: $user}) { household { id members { user { id } } } userErrors { code path } }
}
"""
BOOKS = """
{ viewer {
  accounts { id name sharing owner { id } balance { amount }
    balanceHistory(from: "2026-03-01", to: "2026-03-02") { balance { amount } }
    transactions { nodes { id description amount { amount } category { name } merchant { name } } } }
  reports { spendingByCategory(from: "2026-03-01", to: "2026-03-31") { total { amount } } }
} }
"""
CHANGES = """
query ($after: String!) { viewer { changes(after: $after, first: 100) { nodes { kind id } } } }
"""
SEQUENCE = "{ viewer { sequence } }"
HOUSEHOLDS = "{ viewer { household { id } households { id } } }"


async def books(person: Person) -> dict[str, Any]:
    found: dict[str, Any] = (await person.data(BOOKS))["viewer"]
    return found


async def test_accounts_go_along_as_they_are(person: Person, stranger: Person) -> None:
    member = await join(person, stranger)
    theirs = await open_account(member, name="Mine", balance="100.00")
    stays = await open_account(person, name="Ours", balance="5.00")
    await book(member, theirs, "-12.50", "Corner shop")
    await share(member, theirs, "PRIVATE")
    before = await books(member)

    left = await member.change(LEAVE, input={"takeAccounts": True})
    there = await switch(stranger, left["household"]["id"])
    after = await books(there)

    assert left["household"]["id"] not in (person.household_id, stranger.household_id)
    (moved,) = [one for one in before["accounts"] if one["id"] == theirs]
    assert after["accounts"] == [moved]
    assert moved["balance"] == {"amount": "87.50"}
    assert [one["amount"] for one in moved["transactions"]["nodes"]] == [{"amount": "-12.50"}]
    assert after["reports"]["spendingByCategory"] == {"total": {"amount": "12.50"}}
    assert [one["id"] for one in (await books(person))["accounts"]] == [stays]


async def test_what_moves_is_told_in_both_journals(person: Person, stranger: Person, owner: asyncpg.Connection) -> None:
    member = await join(person, stranger)
    target = (await stranger.change(CREATE, input={"name": "Den"}))["household"]["id"]
    there = await switch(stranger, target)
    here_before = (await person.data(SEQUENCE))["viewer"]["sequence"]
    there_before = (await there.data(SEQUENCE))["viewer"]["sequence"]
    account = await open_account(member, name="Mine", balance="1.00")
    transaction = await book(member, account, "-1.00")

    await member.change(LEAVE, input={"takeAccounts": True, "toHouseholdId": target})

    here = (await person.data(CHANGES, after=here_before))["viewer"]["changes"]["nodes"]
    told = (await there.data(CHANGES, after=there_before))["viewer"]["changes"]["nodes"]
    assert {"kind": "DELETED", "id": account} in here
    assert {"kind": "DELETED", "id": transaction} in here
    assert {"kind": "CREATED", "id": account} in told
    assert {"kind": "CREATED", "id": transaction} in told
    assert (await verify(owner, [])).damages == []


async def test_a_category_of_ones_own_goes_along_and_merchants_are_not_doubled(
    person: Person, stranger: Person, owner: asyncpg.Connection
) -> None:
    member = await join(person, stranger)
    target = (await stranger.change(CREATE, input={"name": "Den"}))["household"]["id"]
    there = await switch(stranger, target)
    await book(there, await open_account(there, name="Old"), "-3.00", "Netflix")
    account = await open_account(member, name="Mine")
    transaction = await book(member, account, "-4.00", "Netflix")
    household, own = ids.decode_as("hsh", person.household_id), ids.decode_as("usr", person.user_id)
    await owner.execute(
        "insert into categories (household_id, id, name, kind, created_at) values ($1, $2, 'Series', 'EXPENSE', now())",
        household,
        own,
    )
    await owner.execute(
        "update transactions set category_id = $1 where id = $2", own, ids.decode_as("txn", transaction)
    )

    await member.change(LEAVE, input={"takeAccounts": True, "toHouseholdId": target})

    after = await books(there)
    merchants = [row["merchant"] for one in after["accounts"] for row in one["transactions"]["nodes"]]
    categories = [row["category"]["name"] for one in after["accounts"] for row in one["transactions"]["nodes"]]
    assert merchants == [{"name": "Netflix"}] * 2
    assert "Series" in categories
    assert "Series" in [one["name"] for one in (await there.data(CATEGORIES))["viewer"]["categories"]]


async def test_without_accounts_they_are_the_households(person: Person, stranger: Person) -> None:
    member = await join(person, stranger)
    account = await open_account(member, name="Mine", balance="7.00")

    left = await member.change(LEAVE, input={"takeAccounts": False})

    (stayed,) = (await books(person))["accounts"]
    assert left["household"]["id"] == stranger.household_id, "they have one already"
    assert (stayed["id"], stayed["owner"], stayed["sharing"]) == (account, None, "FULL")
    assert (await books(stranger))["accounts"] == []


async def test_what_is_withheld_is_not_left_behind(person: Person, stranger: Person) -> None:
    member = await join(person, stranger)
    account = await open_account(member, name="Mine", balance="7.00")
    await share(member, account, "BALANCE_ONLY")

    refused = await member.refused(LEAVE, input={"takeAccounts": False})

    assert refused == [("NOT_ALLOWED", ["input", "takeAccounts"])]
    assert [one["id"] for one in (await books(member))["accounts"]] == [account]


async def test_the_last_owner_and_the_last_member_stay(person: Person, stranger: Person) -> None:
    alone = await person.refused(LEAVE, input={"takeAccounts": True})
    await join(person, stranger)
    owner = await person.refused(LEAVE, input={"takeAccounts": True})

    assert alone == owner == [("NOT_ALLOWED", ["input"])]
    assert (await person.data(HOUSEHOLDS))["viewer"]["household"] == {"id": person.household_id}


async def test_accounts_go_to_no_household_of_somebody_else(person: Person, stranger: Person) -> None:
    member = await join(person, stranger)
    await open_account(member)
    missing = ids.encode("hsh", ids.decode_as("usr", person.user_id))

    for target in (person.household_id, missing):
        refused = await member.refused(LEAVE, input={"takeAccounts": True, "toHouseholdId": target})
        assert refused == [("NOT_FOUND", ["input", "toHouseholdId"])]
    assert len((await books(person))["accounts"]) == 1


async def test_a_session_of_the_household_that_was_left_is_over(person: Person, stranger: Person) -> None:
    member = await join(person, stranger)

    await member.change(LEAVE, input={"takeAccounts": True})

    answer = await member.send(HOUSEHOLDS)
    assert [error["extensions"]["code"] for error in answer["errors"]] == ["UNAUTHENTICATED"]
    again = await join(person, stranger)
    assert await member.send(HOUSEHOLDS) == answer, "coming back opens a new one, and revives none"
    assert (await again.data(HOUSEHOLDS))["viewer"]["household"] == {"id": person.household_id}


async def test_a_removed_member_takes_what_they_brought(
    person: Person, stranger: Person, owner: asyncpg.Connection
) -> None:
    member = await join(person, stranger)
    account = await open_account(member, name="Mine", balance="9.00")
    await book(member, account, "-2.00")
    await share(member, account, "PRIVATE")
    await settled()
    before = (await person.data(SEQUENCE))["viewer"]["sequence"]

    removed = await person.change(REMOVE, user=member.user_id)

    await settled()
    assert removed["household"]["members"] == [{"user": {"id": person.user_id}}]
    answer = await member.send(HOUSEHOLDS)
    assert [error["extensions"]["code"] for error in answer["errors"]] == ["UNAUTHENTICATED"]
    homes = {one["id"] for one in (await stranger.data(HOUSEHOLDS))["viewer"]["households"]}
    (new,) = homes - {stranger.household_id}
    assert [one["id"] for one in (await books(await switch(stranger, new)))["accounts"]] == [account]
    # What was kept to themselves is told to nobody, not even that it is gone.
    told = (await person.data(CHANGES, after=before))["viewer"]["changes"]["nodes"]
    assert [one["id"] for one in told] == [person.household_id]
    assert (await verify(owner, [])).damages == []


async def test_only_owners_remove_with_proof_and_never_themselves(
    person: Person, stranger: Person, owner_execute: Callable[..., Awaitable[None]]
) -> None:
    member = await join(person, stranger, "VIEWER")

    by_viewer = await member.refused(REMOVE, user=person.user_id)
    oneself = await person.refused(REMOVE, user=person.user_id)
    await unproved(owner_execute, person)
    unasked = await person.refused(REMOVE, user=member.user_id)

    assert by_viewer == [("NOT_ALLOWED", ["input"])]
    assert oneself == [("NOT_ALLOWED", ["input", "userId"])]
    assert unasked == [("PROOF_NEEDED", ["input"])]
    assert (await member.data(HOUSEHOLDS))["viewer"]["household"] == {"id": person.household_id}
