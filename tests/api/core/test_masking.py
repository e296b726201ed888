"""What goes wrong with us is ours: the client reads a number, the log reads what happened."""

import asyncio
from datetime import timedelta
from typing import Any

import asyncpg
import pytest

from integrations.world import World
from runtime.pool import AT_ONCE_SECONDS
from runtime.row_security import APP
from tests.api.client import Client, Person
from tests.api.core.pools import is_clean
from tests.architecture.statements import heard
from tests.cluster import DatabaseUrls

ME = "{ viewer { user { displayName } household { name members { role } } accounts { name } } }"
RENAME = """
mutation { updateProfile(input: {displayName: "Changed"}) { user { displayName } userErrors { code path } } }
"""
NODES_BY_NAMES = """
query ($a: ID!, $b: ID!, $c: ID!, $d: ID!, $all: [ID!]!) {
  a: node(id: $a) { id } b: node(id: $b) { id } c: node(id: $c) { id } d: node(id: $d) { id }
  all: nodes(ids: $all) { id }
}
"""
WAITING = """
select count(*) from pg_stat_activity
where datname = current_database() and wait_event_type = 'Lock' and query_start < clock_timestamp() - $1::interval
"""
TELLING = ("select", "insert", "asyncpg", "sqlalchemy", "Traceback", "coffer_app", "users", ".py")


async def cut_connections(urls: DatabaseUrls) -> None:
    connection = await asyncpg.connect(urls.admin)
    try:
        await connection.execute(
            "select pg_terminate_backend(pid, 5000) from pg_stat_activity "
            "where datname = current_database() and usename = $1",
            APP,
        )
    finally:
        await connection.close()


@pytest.fixture
async def locked(person: Person, database_urls: DatabaseUrls) -> Any:
    """The users table is held by somebody else for the moment."""
    connection = await asyncpg.connect(database_urls.admin)
    transaction = connection.transaction()
    await transaction.start()
    await connection.execute("lock table users in access exclusive mode")
    yield connection
    await transaction.rollback()
    await connection.close()


@pytest.mark.parametrize("document", [ME, RENAME], ids=["query", "mutation"])
async def test_a_connection_that_breaks_in_the_middle_tells_nothing_and_leaves_nothing(
    person: Person, world: World, database_urls: DatabaseUrls, locked: Any, document: str
) -> None:
    request = asyncio.create_task(person.send(document))
    while not await locked.fetchval(WAITING, timedelta(seconds=2 * AT_ONCE_SECONDS)):
        await locked.execute("select pg_stat_clear_snapshot()")
    await cut_connections(database_urls)
    answer = await request

    assert {error["message"] for error in answer["errors"]} == {"Internal error"}
    assert {error["extensions"]["code"] for error in answer["errors"]} == {"INTERNAL"}
    assert all(error["extensions"]["correlationId"] for error in answer["errors"])
    assert not [word for word in TELLING if word in str(answer["errors"])]
    await locked.execute("rollback")
    await locked.execute("begin")
    assert (await person.data(ME))["viewer"]["user"]["displayName"] != "Changed"
    assert await is_clean(world, database_urls)


async def test_many_nodes_cost_no_more_statements_than_one(person: Person, stranger: Person, world: World) -> None:
    ids = [person.user_id, stranger.user_id, person.household_id, "x"]

    with heard(world.database) as statements:
        found = await person.data("query ($all: [ID!]!) { nodes(ids: $all) { id } }", all=ids)

    assert found["nodes"] == [{"id": person.user_id}, None, {"id": person.household_id}, None]
    assert [one.text.split()[0] for one in statements] == ["SELECT", "SELECT"]


async def test_nodes_under_several_names_are_those_of_the_list(person: Person, stranger: Person) -> None:
    ids = [person.user_id, stranger.user_id, person.household_id, "x"]

    found = await person.data(NODES_BY_NAMES, **dict(zip("abcd", ids, strict=True)), all=ids)

    assert found["all"] == [found[letter] for letter in "abcd"]


async def test_nodes_under_several_names_cost_no_more_statements_than_one(
    person: Person, stranger: Person, world: World
) -> None:
    ids = [person.user_id, stranger.user_id, person.household_id, "x"]

    with heard(world.database) as statements:
        await person.data(NODES_BY_NAMES, **dict(zip("abcd", ids, strict=True)), all=ids)

    assert [one.text.split()[0] for one in statements] == ["SELECT", "SELECT"]


@pytest.mark.parametrize(
    "variables",
    [{"id": {"a": [[[[]]]]}}, {"id": [[["x"]]]}, {"other": "\0"}, {"\0": "x"}, {"id": "\0"}, {"id": "\u202e"}],
    ids=repr,
)
async def test_odd_variables_break_nothing(nobody: Client, person: Person, variables: dict[str, Any]) -> None:
    for client in (nobody, person):
        answer = await client.send(
            "query ($id: ID) { node(id: $id) { id } }".replace("$id: ID", "$id: ID!"), **variables
        )

        codes = [error["extensions"]["code"] for error in answer.get("errors", [])]
        assert codes == ["BAD_USER_INPUT"] or answer == {"data": {"node": None}}


async def test_a_lone_surrogate_is_refused_everywhere(person: Person) -> None:
    bodies = [
        rb'{"query": "query ($id: ID!) { node(id: $id) { id } }", "variables": {"id": "\ud800"}}',
        rb'{"query": "{ node(id: \"\\ud800\") { id } }"}',
        rb'{"query": "{ viewer { user { id } } }", "operationName": "\udfff"}',
        rb'{"query": "{ \ud800 }"}',
        rb'{"query": "{ viewer { user { id } } }", "variables": {"\ud800": 1}}',
    ]
    for body in bodies:
        answer = await person.http.post(
            "/graphql",
            content=body,
            headers={"Authorization": f"Bearer {person.access_token}", "Content-Type": "application/json"},
        )

        assert answer.status_code in (200, 400)
        assert [error["extensions"]["code"] for error in answer.json()["errors"]] == ["BAD_USER_INPUT"]
