"""Giving and taking back: exact sums, whoever does it at the same time."""

import asyncio
from typing import Any

import pytest

from tests.api.client import Person
from tests.api.savings_groups.documents import CONTRIBUTE, found, found_together, give, giving, groups_of

CHANGES = """
query ($id: ID!, $after: String!) {
  node(id: $id) { ... on SavingsGroup { changes(after: $after) { nodes { kind id node { __typename } } } } }
}
"""


async def test_a_contribution_is_everybodys_to_see(person: Person, stranger: Person) -> None:
    group_id = await found_together(person, stranger)

    payload = await stranger.change(CONTRIBUTE, input=giving(group_id, "25.50", message=" For the flight "))

    assert payload["contribution"] == {
        "id": payload["contribution"]["id"],
        "amount": {"amount": "25.50", "currency": "EUR"},
        "message": "For the flight",
        "by": {**payload["contribution"]["by"], "isMe": True, "contributed": {"amount": "25.50"}},
    }
    (seen,) = await groups_of(person)
    assert seen["saved"] == {"amount": "25.50"}
    assert [member["contributed"]["amount"] for member in seen["members"]] == ["0.00", "25.50"]
    assert [one["message"] for one in seen["contributions"]["nodes"]] == ["For the flight"]


async def test_what_was_given_can_be_taken_back_and_no_more(person: Person, stranger: Person) -> None:
    group_id = await found_together(person, stranger)
    await give(person, group_id, "100.00")
    await give(stranger, group_id, "30.00", "-10.00")

    refusal = await stranger.refused(CONTRIBUTE, input=giving(group_id, "-20.01"))

    assert refusal == [("INVALID", ["input", "amount", "amount"])]
    (seen,) = await groups_of(person)
    assert seen["saved"] == {"amount": "120.00"}
    await give(stranger, group_id, "-20.00")
    (seen,) = await groups_of(person)
    assert [member["contributed"]["amount"] for member in seen["members"]] == ["100.00", "0.00"]


@pytest.mark.parametrize(
    ("given", "path"),
    [
        ({"amount": {"amount": "0.00", "currency": "EUR"}}, ["input", "amount", "amount"]),
        ({"amount": {"amount": "-0.01", "currency": "EUR"}}, ["input", "amount", "amount"]),
        ({"amount": {"amount": "1.001", "currency": "EUR"}}, ["input", "amount", "amount"]),
        ({"amount": {"amount": "1.00", "currency": "USD"}}, ["input", "amount", "currency"]),
        ({"message": "x" * 501}, ["input", "message"]),
        ({"message": "a\0b"}, ["input", "message"]),
    ],
)
async def test_an_impossible_contribution_changes_nothing(
    person: Person, given: dict[str, Any], path: list[str]
) -> None:
    group_id = (await found(person))["id"]
    before = await groups_of(person)

    refusal = await person.refused(CONTRIBUTE, input={**giving(group_id, "1.00"), **given})

    assert refusal == [("INVALID", path)]
    assert await groups_of(person) == before


async def test_a_group_does_not_save_more_than_can_be_counted(person: Person) -> None:
    group_id = (await found(person))["id"]
    await give(person, group_id, "999999999999999.99")

    refusal = await person.refused(CONTRIBUTE, input=giving(group_id, "0.01"))

    assert refusal == [("INVALID", ["input", "amount", "amount"])]
    (seen,) = await groups_of(person)
    assert seen["saved"] == {"amount": "999999999999999.99"}


async def test_the_same_key_gives_once(person: Person) -> None:
    group_id = (await found(person))["id"]

    payloads = await asyncio.gather(
        *[person.change(CONTRIBUTE, input=giving(group_id, "7.00", idempotencyKey="once")) for _ in range(4)]
    )

    assert len({payload["contribution"]["id"] for payload in payloads}) == 1
    (seen,) = await groups_of(person)
    assert seen["saved"] == {"amount": "7.00"}
    assert await person.refused(CONTRIBUTE, input=giving(group_id, "8.00", idempotencyKey="once")) == [
        ("CONFLICT", ["input", "idempotencyKey"])
    ]


async def test_sums_are_exact_whoever_gives_at_the_same_time(person: Person, stranger: Person) -> None:
    group_id = await found_together(person, stranger)

    await asyncio.gather(*[give(one, group_id, "1.01", "2.02", "-0.03") for one in [person, stranger] * 5])

    (seen,) = await groups_of(person)
    assert seen["saved"] == {"amount": "30.00"}
    assert [member["contributed"]["amount"] for member in seen["members"]] == ["15.00", "15.00"]
    assert len(seen["contributions"]["nodes"]) == 30


async def test_a_milestone_is_reached_once(person: Person) -> None:
    group = await found(person, target={"amount": "100.00", "currency": "EUR"})
    start = (await _group(person, group["id"]))["sequence"]

    await give(person, group["id"], "60.00", "-30.00", "30.00", "40.00")

    changes = await person.data(CHANGES, id=group["id"], after=start)
    kinds = [change["node"]["__typename"] for change in changes["node"]["changes"]["nodes"]]
    gift, milestone = "GroupContribution", "SavingsGroup"
    # 60 % passes 25 and 50; falling back to 30 % and rising again passes nothing new; 100 % passes 75 and 100.
    assert kinds == [gift, milestone, milestone, gift, gift, gift, milestone, milestone]


async def _group(person: Person, id: str) -> dict[str, Any]:
    found = await person.data("query ($id: ID!) { node(id: $id) { ... on SavingsGroup { sequence } } }", id=id)
    group: dict[str, Any] = found["node"]
    return group
