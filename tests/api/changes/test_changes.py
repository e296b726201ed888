"""The journal as clients pull it: everything since a position, deletions included."""

from typing import Any
from uuid import UUID

import pytest

from api import ids
from domain.events import AccountDeleted, NotificationArrived, TransactionsAdded
from integrations.world import World
from runtime.ids import new_id
from runtime.unit import Unit, in_unit
from tests.api.client import Client, Person
from tests.api.live.books import move, open_account, viewer_of
from tests.api.savings_groups.documents import JOIN, found

CHANGES = """
query ($after: String!, $first: Int, $types: [String!]) {
  viewer { changes(after: $after, first: $first, types: $types) {
    edges { cursor }
    nodes { sequence kind id node { id } }
    pageInfo { hasNextPage hasPreviousPage endCursor }
  } }
}
"""
SEQUENCE = "{ viewer { sequence } }"
GROUP_SEQUENCE = "query ($id: ID!) { node(id: $id) { ... on SavingsGroup { sequence } } }"
GROUP_CHANGES = """
query ($id: ID!, $after: String!) {
  node(id: $id) { ... on SavingsGroup { sequence changes(after: $after) { nodes { kind id node { id } } } } }
}
"""


async def sequence_of(person: Person) -> str:
    sequence: str = (await person.data(SEQUENCE))["viewer"]["sequence"]
    return sequence


async def changes(person: Person, **variables: Any) -> dict[str, Any]:
    page: dict[str, Any] = (await person.data(CHANGES, **variables))["viewer"]["changes"]
    assert [edge["cursor"] for edge in page["edges"]] == [node["sequence"] for node in page["nodes"]]
    return page


async def add_transactions(world: World, person: Person, count: int) -> list[UUID]:
    """Lines that name transactions; there are none of them."""
    made = [new_id() for _ in range(count)]

    async def work(unit: Unit) -> None:
        unit.record(TransactionsAdded(ids=made))

    await in_unit(world.database, viewer_of(person), work)
    return made


async def test_every_change_since_a_position(world: World, person: Person) -> None:
    start = await sequence_of(person)
    account = await open_account(world, person)
    await move(world, person, account, "5.00")

    page = await changes(person, after=start)

    id = ids.encode("acc", account)
    assert [(one["kind"], one["id"], one["node"]) for one in page["nodes"]] == [
        ("CREATED", id, {"id": id}),
        ("UPDATED", id, {"id": id}),
    ]
    assert page["pageInfo"] == {
        "hasNextPage": False,
        "hasPreviousPage": False,
        "endCursor": await sequence_of(person),
    }
    assert (await changes(person, after=page["pageInfo"]["endCursor"]))["nodes"] == []


async def test_what_was_deleted_has_no_node(world: World, person: Person) -> None:
    start = await sequence_of(person)
    gone = new_id()

    async def work(unit: Unit) -> None:
        unit.record(AccountDeleted(ids=[gone], account_id=gone))

    await in_unit(world.database, viewer_of(person), work)

    (change,) = (await changes(person, after=start))["nodes"]
    assert (change["kind"], change["id"], change["node"]) == ("DELETED", ids.encode("acc", gone), None)


async def test_pages_may_stop_inside_a_line(world: World, person: Person) -> None:
    position = await sequence_of(person)
    made = await add_transactions(world, person, 25)
    seen: list[str] = []
    sizes = []

    while True:
        page = await changes(person, after=position, first=10)
        seen += [one["id"] for one in page["nodes"]]
        sizes.append(len(page["nodes"]))
        position = page["pageInfo"]["endCursor"]
        if not page["pageInfo"]["hasNextPage"]:
            break

    assert seen == [ids.encode("txn", id) for id in made]
    assert sizes == [10, 10, 5]
    assert position == await sequence_of(person)


async def test_only_the_types_that_were_asked_for(world: World, person: Person) -> None:
    start = await sequence_of(person)
    await add_transactions(world, person, 3)
    account = await open_account(world, person)

    page = await changes(person, after=start, types=["Account", "Budget"])

    assert [one["id"] for one in page["nodes"]] == [ids.encode("acc", account)]


async def test_somebody_elses_notifications_are_not_told(world: World, person: Person) -> None:
    start = await sequence_of(person)
    mine, theirs = new_id(), new_id()

    async def work(unit: Unit) -> None:
        unit.record(
            NotificationArrived(ids=[theirs], data={"person": str(new_id())}),
            NotificationArrived(ids=[mine], data={"person": str(unit.viewer.user_id)}),
        )

    await in_unit(world.database, viewer_of(person), work)

    assert [one["id"] for one in (await changes(person, after=start))["nodes"]] == [ids.encode("ntf", mine)]


@pytest.mark.parametrize(
    "given",
    [
        {"after": ""},
        {"after": "nonsense"},
        {"after": "A" * 100_000},
        {"first": 0},
        {"first": -1},
        {"first": 101},
        {"types": ["Nonsense"]},
        {"types": ["Money"]},
        {"types": ["Account"] * 51},
    ],
)
async def test_what_makes_no_sense_is_refused(person: Person, given: dict[str, Any]) -> None:
    answer = await person.send(CHANGES, **{"after": await sequence_of(person), **given})

    assert [error["extensions"]["code"] for error in answer["errors"]] == ["BAD_USER_INPUT"]


async def test_the_position_of_another_household_is_none(person: Person, stranger: Person) -> None:
    answer = await person.send(CHANGES, after=await sequence_of(stranger))

    assert [error["extensions"]["code"] for error in answer["errors"]] == ["BAD_USER_INPUT"]


async def test_a_groups_changes_are_its_members(person: Person, stranger: Person) -> None:
    group = await found(person)
    start = await person.data(GROUP_SEQUENCE, id=group["id"])
    await stranger.change(JOIN, code=group["inviteCode"])

    page = await stranger.data(GROUP_CHANGES, id=group["id"], after=start["node"]["sequence"])

    (joined,) = page["node"]["changes"]["nodes"]
    assert (joined["kind"], joined["id"][:4], joined["node"]) == ("CREATED", "mem_", None)


async def test_nobody_has_no_changes(nobody: Client) -> None:
    assert await nobody.data(CHANGES, after="") == {"viewer": None}
