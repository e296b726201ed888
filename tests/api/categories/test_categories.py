"""Categories: the system's, which everyone has, and a household's own."""

from uuid import UUID

import pytest

from api.ids import decode_as, encode
from domain.categories.models import OwnCategory
from domain.categories.system import ALL, by_code
from integrations.world import World
from runtime.ids import new_id
from runtime.unit import Unit, in_unit
from runtime.viewer import Viewer
from tests.api.books import book, open_account
from tests.api.client import Client, Person

TREE = "{ viewer { categories { id name kind isOwn parent { name } } } }"
ONE = "query ($id: ID!) { node(id: $id) { id ... on Category { name kind isOwn parent { name } } } }"
FOUND = """
query ($categories: [ID!]) { viewer { transactions(filter: {categoryIds: $categories}) { nodes {
  description category { name }
} } } }
"""


async def make_own(person: Person, world: World, name: str, parent: UUID | None) -> UUID:
    viewer = Viewer.for_job(decode_as("hsh", person.household_id), decode_as("usr", person.user_id))
    id = new_id()

    async def work(unit: Unit) -> None:
        unit.session.add(
            OwnCategory(
                household_id=unit.household_id, id=id, name=name, kind="EXPENSE", parent_id=parent, created_at=unit.at
            )
        )

    await in_unit(world.database, viewer, work)
    return id


async def test_everyone_has_the_systems_categories_as_a_tree(person: Person) -> None:
    tree = (await person.data(TREE))["viewer"]["categories"]

    assert len(tree) == len(ALL)
    assert not any(one["isOwn"] for one in tree)
    assert [one for one in tree if one["name"] == "Groceries"] == [
        {
            "id": encode("cat", by_code("FOOD_AND_DRINK_GROCERIES").id),
            "name": "Groceries",
            "kind": "EXPENSE",
            "isOwn": False,
            "parent": {"name": "Food and drink"},
        }
    ]
    assert sorted(one["kind"] for one in tree if one["name"].startswith("Uncategorised")) == ["EXPENSE", "INCOME"]


async def test_a_households_own_category_is_its_alone(person: Person, stranger: Person, world: World) -> None:
    own = encode("cat", await make_own(person, world, "Bagels", by_code("FOOD_AND_DRINK_GROCERIES").id))
    expected = {"id": own, "name": "Bagels", "kind": "EXPENSE", "isOwn": True, "parent": {"name": "Groceries"}}

    assert (await person.data(TREE))["viewer"]["categories"][-1] == expected
    assert (await person.data(ONE, id=own))["node"] == expected
    assert (await stranger.data(ONE, id=own))["node"] is None
    assert own not in [one["id"] for one in (await stranger.data(TREE))["viewer"]["categories"]]


async def test_what_is_above_finds_what_is_in_an_own_category(person: Person, world: World) -> None:
    groceries = by_code("FOOD_AND_DRINK_GROCERIES").id
    bagels = await make_own(person, world, "Bagels", groceries)
    sesame = await make_own(person, world, "Sesame", bagels)
    account = await open_account(person)
    await book(person, account, "-1", "One", categoryId=encode("cat", sesame))

    for above in (by_code("FOOD_AND_DRINK").id, groceries, bagels, sesame):
        found = await person.data(FOUND, categories=[encode("cat", above)])
        assert found["viewer"]["transactions"]["nodes"] == [{"description": "One", "category": {"name": "Sesame"}}]


async def test_nobody_books_in_somebody_elses_category(person: Person, stranger: Person, world: World) -> None:
    own = encode("cat", await make_own(person, world, "Bagels", None))
    account = await open_account(stranger)
    values = {"accountId": account, "date": "2026-03-10", "amount": "-1", "description": "One", "categoryId": own}

    refusal = await stranger.refused(
        "mutation ($input: CreateTransactionInput!) "
        "{ createTransaction(input: $input) { transaction { id } userErrors { code path } } }",
        input=values,
    )

    assert refusal == [("NOT_FOUND", ["input", "categoryId"])]


@pytest.mark.parametrize("document", [TREE, "{ viewer { rules { id } recurring { id } } }"])
async def test_nobody_sees_categories(nobody: Client, document: str) -> None:
    assert await nobody.send(document) == {"data": {"viewer": None}}
