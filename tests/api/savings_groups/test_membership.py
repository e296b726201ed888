"""Founding, joining, leaving: who belongs to a group, and what they see of each other."""

import asyncio
from collections.abc import Awaitable, Callable
from typing import Any

import asyncpg
import pytest

from api import ids
from domain.savings_groups.commands import MOST_MEMBERS, join_savings_group
from integrations.world import World
from runtime.unit import Unit, in_unit
from runtime.viewer import Viewer
from tests.api.client import Client, Person
from tests.api.savings_groups.documents import (
    CONTRIBUTE,
    CREATE,
    JOIN,
    LEAVE,
    REPLACE,
    found,
    found_together,
    give,
    giving,
    groups_of,
)
from tests.cluster import DatabaseUrls


async def test_who_founds_a_group_is_its_first_member(person: Person) -> None:
    group = await found(person, targetDate="2030-06-01")

    assert len(group.pop("inviteCode")) == 16
    assert group == {
        "id": group["id"],
        "name": "Lisbon",
        "target": {"amount": "1000.00", "currency": "EUR"},
        "saved": {"amount": "0.00", "currency": "EUR"},
        "targetDate": "2030-06-01",
        "members": [{"displayName": group["members"][0]["displayName"], "contributed": _euros("0.00"), "isMe": True}],
    }
    assert [one["id"] for one in await groups_of(person)] == [group["id"]]


@pytest.mark.parametrize(
    ("given", "path"),
    [
        ({"name": "  "}, ["input", "name"]),
        ({"name": "x" * 201}, ["input", "name"]),
        ({"target": {"amount": "0.00", "currency": "EUR"}}, ["input", "target", "amount"]),
        ({"target": {"amount": "-5.00", "currency": "EUR"}}, ["input", "target", "amount"]),
        ({"target": {"amount": "5.001", "currency": "EUR"}}, ["input", "target", "amount"]),
        ({"targetDate": "9999-12-31"}, ["input", "targetDate"]),
        ({"idempotencyKey": ""}, ["input", "idempotencyKey"]),
    ],
)
async def test_an_impossible_group_is_not_founded(person: Person, given: dict[str, Any], path: list[str]) -> None:
    values = {"name": "Lisbon", "target": {"amount": "1.00", "currency": "EUR"}, **given}

    assert await person.refused(CREATE, input=values) == [("INVALID", path)]

    assert await groups_of(person) == []


async def test_the_same_key_founds_one_group(person: Person) -> None:
    first = await found(person, idempotencyKey="once")
    again = await found(person, idempotencyKey="once")

    assert again["id"] == first["id"]
    assert len(await groups_of(person)) == 1


async def test_an_invite_code_lets_somebody_of_another_household_in(
    new_person: Callable[..., Awaitable[Person]],
) -> None:
    ada, bob = await new_person(displayName="Ada"), await new_person(displayName="Bob")
    group = await found(ada)
    typed = "-".join(group["inviteCode"][start : start + 4] for start in range(0, 16, 4)).lower()

    joined = (await bob.change(JOIN, code=f" {typed} "))["savingsGroup"]

    assert joined == {
        "id": group["id"],
        "members": [{"displayName": "Ada", "isMe": False}, {"displayName": "Bob", "isMe": True}],
    }
    (seen_by_ada,) = await groups_of(ada)
    assert seen_by_ada["members"] == [
        {"displayName": "Ada", "isMe": True, "contributed": {"amount": "0.00"}},
        {"displayName": "Bob", "isMe": False, "contributed": {"amount": "0.00"}},
    ]


async def test_a_new_name_is_the_name_in_every_group(person: Person, stranger: Person) -> None:
    await found_together(person, stranger)

    await stranger.change(
        'mutation { updateProfile(input: {displayName: "Grace"}) { user { displayName } userErrors { code } } }'
    )

    (seen,) = await groups_of(person)
    assert [member["displayName"] for member in seen["members"]][1] == "Grace"


async def test_nobody_joins_twice(person: Person, stranger: Person) -> None:
    group = await found(person)
    await stranger.change(JOIN, code=group["inviteCode"])

    for member in (person, stranger):
        assert await member.refused(JOIN, code=group["inviteCode"]) == [("CONFLICT", ["input", "inviteCode"])]

    (seen,) = await groups_of(person)
    assert len(seen["members"]) == 2


async def test_joining_twice_at_once_is_joining_once(person: Person, stranger: Person) -> None:
    group = await found(person)

    answers = await asyncio.gather(*[stranger.data(JOIN, code=group["inviteCode"]) for _ in range(4)])

    codes = [[error["code"] for error in answer["joinSavingsGroup"]["userErrors"]] for answer in answers]
    assert sorted(codes) == [[], ["CONFLICT"], ["CONFLICT"], ["CONFLICT"]]
    (seen,) = await groups_of(person)
    assert len(seen["members"]) == 2


async def test_two_at_once_do_not_both_get_the_last_place(
    person: Person,
    stranger: Person,
    new_person: Callable[..., Awaitable[Person]],
    world: World,
    database_urls: DatabaseUrls,
) -> None:
    group = await found(person)
    third = await new_person()
    owner = await asyncpg.connect(database_urls.owner)
    try:
        await owner.execute(
            "insert into group_members (group_id, id, display_name, contributed, joined_at) "
            "select $1, gen_random_uuid(), 'One', 0, now() from generate_series(1, $2)",
            ids.decode_as("grp", group["id"]),
            MOST_MEMBERS - 2,
        )
    finally:
        await owner.close()
    joined, go_on = asyncio.Event(), asyncio.Event()

    async def join(unit: Unit) -> None:
        await join_savings_group(unit, invite_code=group["inviteCode"])
        joined.set()
        await go_on.wait()

    viewer = Viewer.for_job(ids.decode_as("hsh", stranger.household_id), ids.decode_as("usr", stranger.user_id))
    first = asyncio.create_task(in_unit(world.database, viewer, join))
    await joined.wait()

    second = asyncio.create_task(third.refused(JOIN, code=group["inviteCode"]))
    await asyncio.sleep(0.3)
    go_on.set()
    await first

    assert await second == [("TOO_MANY", ["input", "inviteCode"])]
    (seen,) = await groups_of(person)
    assert len(seen["members"]) == MOST_MEMBERS


@pytest.mark.parametrize(
    ("code", "refusal"), [("", "INVALID"), ("x" * 100_000, "INVALID"), ("ÄÖ", "INVALID"), ("0" * 16, "NOT_FOUND")]
)
async def test_a_wrong_code_opens_nothing(person: Person, code: str, refusal: str) -> None:
    assert await person.refused(JOIN, code=code) == [(refusal, ["input", "inviteCode"])]

    assert await groups_of(person) == []


async def test_a_replaced_code_opens_nothing_any_more(person: Person, stranger: Person) -> None:
    group = await found(person)
    new = (await person.change(REPLACE, groupId=group["id"]))["savingsGroup"]["inviteCode"]

    assert await stranger.refused(JOIN, code=group["inviteCode"]) == [("NOT_FOUND", ["input", "inviteCode"])]
    await stranger.change(JOIN, code=new)

    assert len(await groups_of(stranger)) == 1


async def test_who_leaves_sees_nothing_and_what_was_given_stays(person: Person, stranger: Person) -> None:
    group_id = await found_together(person, stranger)
    await give(stranger, group_id, "40.00")

    assert await stranger.change(LEAVE, groupId=group_id) == {"savingsGroup": None, "userErrors": []}

    assert await groups_of(stranger) == []
    assert await stranger.data("query ($id: ID!) { node(id: $id) { id } }", id=group_id) == {"node": None}
    (seen,) = await groups_of(person)
    assert seen["saved"] == {"amount": "40.00"}
    assert [member["isMe"] for member in seen["members"]] == [True]
    assert [one["amount"] for one in seen["contributions"]["nodes"]] == [{"amount": "40.00"}]
    assert seen["contributions"]["nodes"][0]["by"] == {"displayName": (await _name(stranger))}


async def test_a_left_group_is_no_group(person: Person, stranger: Person) -> None:
    group_id = await found_together(person, stranger)
    await stranger.change(LEAVE, groupId=group_id)

    refusal = [("NOT_FOUND", ["input", "groupId"])]
    assert await stranger.refused(CONTRIBUTE, input=giving(group_id, "1.00")) == refusal
    assert await stranger.refused(LEAVE, groupId=group_id) == refusal
    assert await stranger.refused(REPLACE, groupId=group_id) == refusal
    (seen,) = await groups_of(person)
    assert seen["saved"] == {"amount": "0.00"}


async def test_coming_back_begins_anew(person: Person, stranger: Person) -> None:
    group = await found(person)
    await stranger.change(JOIN, code=group["inviteCode"])
    await give(stranger, group["id"], "40.00")
    await stranger.change(LEAVE, groupId=group["id"])
    await stranger.change(JOIN, code=group["inviteCode"])

    assert await stranger.refused(CONTRIBUTE, input=giving(group["id"], "-1.00")) == [
        ("INVALID", ["input", "amount", "amount"])
    ]


async def test_the_last_member_may_leave(person: Person, stranger: Person) -> None:
    group = await found(person)
    await give(person, group["id"], "5.00")

    await person.change(LEAVE, groupId=group["id"])

    assert await groups_of(person) == []
    # The code still opens it: whoever has it brings the group back to life.
    await stranger.change(JOIN, code=group["inviteCode"])
    (seen,) = await groups_of(stranger)
    assert seen["saved"] == {"amount": "5.00"}


@pytest.mark.parametrize(
    ("document", "variables"),
    [
        (CREATE, {"input": {"name": "A", "target": {"amount": "1.00", "currency": "EUR"}}}),
        (JOIN, {"code": "0" * 16}),
        (LEAVE, {"groupId": "grp_x"}),
        (REPLACE, {"groupId": "grp_x"}),
        (CONTRIBUTE, {"input": giving("grp_x", "1.00")}),
    ],
)
async def test_nobody_has_no_groups(nobody: Client, document: str, variables: dict[str, Any]) -> None:
    answer = await nobody.send(document, **variables)

    assert [error["extensions"]["code"] for error in answer["errors"]] == ["UNAUTHENTICATED"]


async def test_somebody_elses_group_is_none(person: Person, stranger: Person) -> None:
    group_id = (await found(stranger))["id"]

    for id in (group_id, "grp_nonsense", person.household_id, "\ud800".encode("utf-8", "replace").decode()):
        for document in (LEAVE, REPLACE):
            assert await person.refused(document, groupId=id) == [("NOT_FOUND", ["input", "groupId"])]


def _euros(amount: str) -> dict[str, str]:
    return {"amount": amount, "currency": "EUR"}


async def _name(person: Person) -> str:
    name: str = (await person.data("{ viewer { user { displayName } } }"))["viewer"]["user"]["displayName"]
    return name
