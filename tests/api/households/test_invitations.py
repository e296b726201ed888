"""Inviting and becoming a member."""

from collections.abc import Awaitable, Callable
from typing import Any

from api import ids
from integrations.world import World
from tests.api.client import Client, Person
from tests.api.households.company import ACCEPT, INVITE, join, switch

OPEN = "{ viewer { household { invitations { id role email } members { user { id } role } } } }"
WITHDRAW = """
mutation ($id: ID!) {
  withdrawInvitation(input: {invitationId: $id}) { invitation { id } userErrors { code path } }
}
"""
HOUSEHOLDS = "{ viewer { household { id } households { id } } }"

NewPerson = Callable[..., Awaitable[Person]]


async def household_of(person: Person) -> dict[str, Any]:
    found: dict[str, Any] = (await person.data(OPEN))["viewer"]["household"]
    return found


async def test_nobody_invites_without_signing_in(nobody: Client) -> None:
    answer = await nobody.send(INVITE, input={"role": "MEMBER"})

    assert [error["extensions"]["code"] for error in answer["errors"]] == ["UNAUTHENTICATED"]


async def test_who_has_the_link_becomes_a_member(person: Person, stranger: Person) -> None:
    invited = await person.change(INVITE, input={"role": "VIEWER"})
    before = await household_of(person)

    accepted = await stranger.change(ACCEPT, token=invited["token"])

    assert before["invitations"] == [{"id": invited["invitation"]["id"], "role": "VIEWER", "email": None}]
    assert accepted == {"household": {"id": person.household_id}, "userErrors": []}
    assert await household_of(person) == {
        "invitations": [],
        "members": [
            {"user": {"id": person.user_id}, "role": "OWNER"},
            {"user": {"id": stranger.user_id}, "role": "VIEWER"},
        ],
    }
    there = (await (await switch(stranger, person.household_id)).data(HOUSEHOLDS))["viewer"]
    assert there["household"] == {"id": person.household_id}
    assert {one["id"] for one in there["households"]} == {person.household_id, stranger.household_id}


async def test_an_invitation_is_good_once(person: Person, stranger: Person, new_person: NewPerson) -> None:
    token = (await person.change(INVITE, input={"role": "MEMBER"}))["token"]
    await stranger.change(ACCEPT, token=token)
    third = await new_person()

    assert await third.refused(ACCEPT, token=token) == [("NOT_FOUND", ["input", "token"])]
    assert len((await household_of(person))["members"]) == 2


async def test_a_withdrawn_and_an_expired_one_are_as_if_they_had_never_been(
    person: Person, stranger: Person, owner_execute: Callable[..., Awaitable[None]]
) -> None:
    withdrawn = await person.change(INVITE, input={"role": "MEMBER"})
    expired = await person.change(INVITE, input={"role": "MEMBER"})
    await person.change(WITHDRAW, id=withdrawn["invitation"]["id"])
    household = ids.decode_as("hsh", person.household_id)
    await owner_execute("update invitations set expires_at = now() where household_id = $1", household)

    answers = [
        await stranger.data(ACCEPT, token=token) for token in (withdrawn["token"], expired["token"], "cfi_none", "")
    ]

    assert all(answer == answers[0] for answer in answers)
    assert answers[0]["acceptInvitation"]["userErrors"][0]["code"] == "NOT_FOUND"
    assert len((await household_of(person))["members"]) == 1


async def test_an_invitation_ends_with_the_ownership_of_whoever_made_it(
    person: Person, stranger: Person, owner_execute: Callable[..., Awaitable[None]]
) -> None:
    token = (await person.change(INVITE, input={"role": "MEMBER"}))["token"]
    household = ids.decode_as("hsh", person.household_id)
    await owner_execute("update household_members set role = 'MEMBER' where household_id = $1", household)

    assert await stranger.refused(ACCEPT, token=token) == [("NOT_FOUND", ["input", "token"])]


async def test_one_by_mail_is_for_that_address_alone(
    person: Person, stranger: Person, new_person: NewPerson, mailed: Callable[[str], Awaitable[str]]
) -> None:
    invited = await person.change(INVITE, input={"role": "MEMBER", "email": f" {stranger.email.upper()} "})
    token = next(word for word in (await mailed(stranger.email.upper())).split() if word.startswith("cfi_"))
    third = await new_person()

    refused = await third.refused(ACCEPT, token=token)

    assert invited["token"] is None
    assert refused == [("NOT_ALLOWED", ["input", "token"])]
    assert len((await household_of(person))["members"]) == 1
    await stranger.change(ACCEPT, token=token)
    assert len((await household_of(person))["members"]) == 2


async def test_what_is_no_address_is_invited_nowhere(person: Person) -> None:
    refused = await person.refused(INVITE, input={"role": "MEMBER", "email": "a@example.com,b@example.com"})

    assert refused == [("INVALID", ["input", "email"])]
    assert (await household_of(person))["invitations"] == []


async def test_only_owners_invite_and_see_who_is_invited(person: Person, stranger: Person) -> None:
    await person.change(INVITE, input={"role": "OWNER"})
    member = await join(person, stranger)

    refused = [await member.refused(INVITE, input={"role": role}) for role in ("OWNER", "MEMBER", "VIEWER")]

    assert [code for ((code, _),) in refused] == ["NOT_ALLOWED"] * 3
    assert (await household_of(member))["invitations"] == []
    assert len((await household_of(person))["invitations"]) == 1


async def test_another_households_invitation_is_not_there(person: Person, stranger: Person) -> None:
    invited = await person.change(INVITE, input={"role": "MEMBER"})

    refused = await stranger.refused(WITHDRAW, id=invited["invitation"]["id"])

    assert refused == [("NOT_FOUND", ["input", "invitationId"])]
    assert len((await household_of(person))["invitations"]) == 1


async def test_a_member_cannot_join_again(person: Person, stranger: Person) -> None:
    await join(person, stranger)
    token = (await person.change(INVITE, input={"role": "OWNER"}))["token"]

    assert await stranger.refused(ACCEPT, token=token) == [("CONFLICT", ["input", "token"])]
    assert [one["role"] for one in (await household_of(person))["members"]] == ["OWNER", "MEMBER"]


async def test_a_token_is_kept_as_its_hash_alone(person: Person, world: World) -> None:
    token = (await person.change(INVITE, input={"role": "MEMBER"}))["token"]

    rows = await world.system.system_rows("select invitations::text as row from invitations")

    assert not any(token in row["row"] or token.encode().hex() in row["row"] for row in rows)
