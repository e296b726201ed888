"""What members may do, who owns a household, and several households of one person."""

from collections.abc import Awaitable, Callable
from typing import Any

from api import ids
from tests.api.books import CREATE_ACCOUNT, open_account
from tests.api.client import Client, Person
from tests.api.households.company import SWITCH, join, settled, switch

CREATE = """
mutation ($input: CreateHouseholdInput!) {
  createHousehold(input: $input) { household { id name currency timezone } userErrors { code path } }
}
"""
UPDATE = """
mutation ($input: UpdateHouseholdInput!) {
  updateHousehold(input: $input) { household { name timezone currency } userErrors { code path } }
}
"""
CHANGE_ROLE = """
mutation ($user: ID!, $role: HouseholdRole!) {
  changeMemberRole(input: {userId: $user, role: $role}) { household { id } userErrors { code path } }
}
"""
TRANSFER = """
mutation ($user: ID!) {
  transferOwnership(input: {userId: $user}) { household { id } userErrors { code path } }
}
"""
HOME = "{ viewer { user { id } household { id name } households { name } accounts { id } } }"
MEMBERS = "{ viewer { household { members { user { id } role } } } }"
ACCOUNT = {"name": "Cash", "type": "CASH", "currency": "USD"}

OwnerExecute = Callable[..., Awaitable[None]]


async def roles(person: Person) -> dict[str, str]:
    """By the id of the person."""
    members = (await person.data(MEMBERS))["viewer"]["household"]["members"]
    return {one["user"]["id"]: one["role"] for one in members}


async def home(person: Person) -> dict[str, Any]:
    found: dict[str, Any] = (await person.data(HOME))["viewer"]
    return found


async def unproved(owner_execute: OwnerExecute, person: Person) -> None:
    """Their last proof is an hour old."""
    user_id = ids.decode_as("usr", person.user_id)
    await owner_execute("update sessions set proved_at = now() - interval '1 hour' where user_id = $1", user_id)


async def test_another_household_is_apart_from_the_first(person: Person) -> None:
    await open_account(person)
    given = {"name": "Allotment", "currency": "EUR", "timezone": "Europe/Vienna", "idempotencyKey": "once"}

    made = (await person.change(CREATE, input=given))["household"]
    again = (await person.change(CREATE, input=given))["household"]
    there = await switch(person, made["id"])

    assert made == again == {"id": made["id"], "name": "Allotment", "currency": "EUR", "timezone": "Europe/Vienna"}
    assert len((await home(person))["households"]) == 2
    assert (await home(there))["household"] == {"id": made["id"], "name": "Allotment"}
    assert (await home(there))["accounts"] == []
    assert len((await home(person))["accounts"]) == 1, "the session that it was switched from goes on"


async def test_a_household_has_a_name_a_currency_and_a_zone(person: Person) -> None:
    for wrong, path in (({"name": " "}, "name"), ({"currency": "XXX"}, "currency"), ({"timezone": "Mars"}, "timezone")):
        refused = await person.send(CREATE, input={"name": "Home", **wrong})
        errors = refused.get("errors") or refused["data"]["createHousehold"]["userErrors"]
        assert path in str(errors)

    assert len((await home(person))["households"]) == 1


async def test_nobody_switches_to_a_household_that_is_not_theirs(person: Person, stranger: Person) -> None:
    missing = ids.encode("hsh", ids.decode_as("usr", person.user_id))

    answers = [await stranger.data(SWITCH, id=id) for id in (person.household_id, missing)]

    assert answers[0] == answers[1]
    assert answers[0]["switchHousehold"]["userErrors"][0]["code"] == "NOT_FOUND"
    assert answers[0]["switchHousehold"]["session"] is None


async def test_switching_is_no_proof(person: Person, stranger: Person, owner_execute: OwnerExecute) -> None:
    household = (await person.change(CREATE, input={"name": "Allotment"}))["household"]["id"]
    await unproved(owner_execute, person)
    there = await switch(person, household)
    member = await join(there, stranger)

    refused = await there.refused(TRANSFER, user=member.user_id)

    assert refused == [("PROOF_NEEDED", ["input"])]
    assert (await roles(there))[member.user_id] == "MEMBER"


async def test_owners_change_what_the_household_is_called(person: Person, stranger: Person) -> None:
    member = await join(person, stranger)

    changed = (await person.change(UPDATE, input={"name": "Home", "timezone": "Europe/Vienna"}))["household"]
    refused = await member.refused(UPDATE, input={"name": "Mine"})

    assert changed == {"name": "Home", "timezone": "Europe/Vienna", "currency": "USD"}
    assert refused == [("NOT_ALLOWED", ["input"])]
    assert (await home(person))["household"]["name"] == "Home"


async def test_a_role_holds_everywhere_within_seconds(person: Person, stranger: Person) -> None:
    member = await join(person, stranger)
    await open_account(member)

    await person.change(CHANGE_ROLE, user=member.user_id, role="VIEWER")
    await settled()

    assert await member.refused(CREATE_ACCOUNT, input=ACCOUNT) == [("NOT_ALLOWED", ["input"])]
    assert len((await home(member))["accounts"]) == 1


async def test_only_owners_change_roles(person: Person, stranger: Person) -> None:
    member = await join(person, stranger)

    refused = await member.refused(CHANGE_ROLE, user=member.user_id, role="OWNER")

    assert refused == [("NOT_ALLOWED", ["input"])]
    assert await roles(person) == {person.user_id: "OWNER", member.user_id: "MEMBER"}


async def test_somebody_owns_the_household_always(person: Person, stranger: Person) -> None:
    member = await join(person, stranger)

    refused = await person.refused(CHANGE_ROLE, user=person.user_id, role="MEMBER")
    await person.change(CHANGE_ROLE, user=member.user_id, role="OWNER")
    await person.change(CHANGE_ROLE, user=person.user_id, role="MEMBER")

    assert refused == [("NOT_ALLOWED", ["input", "role"])]
    assert await roles(person) == {person.user_id: "MEMBER", member.user_id: "OWNER"}


async def test_ownership_moves_with_proof(person: Person, stranger: Person, owner_execute: OwnerExecute) -> None:
    member = await join(person, stranger)

    await person.change(TRANSFER, user=member.user_id)

    assert await roles(person) == {person.user_id: "MEMBER", member.user_id: "OWNER"}
    await settled()
    assert await person.refused(TRANSFER, user=member.user_id) == [("NOT_ALLOWED", ["input"])]
    await unproved(owner_execute, member)
    assert await member.refused(TRANSFER, user=person.user_id) == [("PROOF_NEEDED", ["input"])]
    assert await member.refused(CHANGE_ROLE, user=person.user_id, role="OWNER") == [("PROOF_NEEDED", ["input", "role"])]
    assert await roles(person) == {person.user_id: "MEMBER", member.user_id: "OWNER"}


async def test_a_person_who_is_no_member_is_not_there(person: Person, stranger: Person) -> None:
    missing = ids.encode("usr", ids.decode_as("hsh", person.household_id))

    answers = [await person.refused(CHANGE_ROLE, user=user, role="OWNER") for user in (stranger.user_id, missing)]

    assert answers == [[("NOT_FOUND", ["input", "userId"])]] * 2


async def test_nobody_makes_households_without_signing_in(nobody: Client) -> None:
    answer = await nobody.send(CREATE, input={"name": "Home"})

    assert [error["extensions"]["code"] for error in answer["errors"]] == ["UNAUTHENTICATED"]
