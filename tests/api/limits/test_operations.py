"""Each limit of one operation, named in its refusal, before anything is executed."""

import asyncio
from typing import Any

import asyncpg
import pytest

from tests.api.client import Person
from tests.api.limits.conftest import Opening
from tests.api.limits.test_rate import ask, at, refusal
from tests.cluster import DatabaseUrls

NODES = "viewer { accounts { transactions(first: 100) { nodes { account { transactions { nodes { id } } } } } } }"
OVER: dict[str, str] = {
    "document": "{ __typename }" + " " * 70_000,
    "tokens": "{ " + "a " * 10_001 + "}",
    "name": "{ " + "a" * 257 + ": __typename }",
    "definitions": " ".join(f"query q{number} {{ __typename }}" for number in range(201)),
    "directives": "{ __typename " + "@skip(if: false) " * 201 + "}",
    "depth": "{ viewer { categories { " + "parent { " * 14 + "id" + " }" * 17,
    "aliases": "{ " + " ".join(f"a{number}: __typename" for number in range(101)) + " }",
    "root_fields": "{ " + " ".join(f"...f{number}" for number in range(51)) + " } "
    + " ".join(f"fragment f{number} on Query {{ __typename }}" for number in range(51)),
    "mutations": "mutation { "
    + " ".join(f'a{number}: signOut(input: {{refreshToken: "x"}}) {{ userErrors {{ code }} }}' for number in range(21))
    + " }",
    "selections": "{ viewer { ...f0 } } "
    + " ".join(f"fragment f{n} on Viewer {{ ...f{n + 1} __typename ...g{n + 1} }}" for n in range(14))
    + " ".join(f"fragment g{n} on Viewer {{ ...f{n} __typename }}" for n in range(1, 15))
    + " fragment f14 on Viewer { __typename }",
    "objects": "{ " + NODES + " }",
    "answer": "{ viewer { transactions(first: 100) { nodes { account { transactions { nodes { "
    + " ".join(f"{'x' * 250}{number}: id" for number in range(99)) + " } } } } } } }",
}  # fmt: skip


@pytest.mark.parametrize("limit", OVER)
async def test_a_document_beyond_a_limit_is_refused_by_name(limited: Opening, person: Person, limit: str) -> None:
    async with limited() as http:
        answer = await ask(await at(http, person), OVER[limit])

        told = refusal(answer)
        assert (told["code"], told["limit"]) == ("BAD_USER_INPUT", limit)
        assert told["value"] > told["maximum"]
        assert "data" not in answer.json()


async def test_too_many_values_in_the_variables_are_refused(limited: Opening, person: Person) -> None:
    async with limited() as http:
        answer = await (await at(http, person)).send(
            "query ($ids: [ID!]!) { nodes(ids: $ids) { id } }", ids=["x"] * 10_001
        )

        assert answer["errors"][0]["extensions"]["limit"] == "variable_values"


async def test_introspection_may_be_as_deep_as_its_own_query(limited: Opening, person: Person) -> None:
    deep = "{ __schema { types { fields { type { " + "ofType { " * 12 + "name" + " }" * 17
    async with limited() as http:
        assert "errors" not in (await ask(await at(http, person), deep)).json()


async def test_a_page_counts_as_long_as_its_variable_says(limited: Opening, person: Person) -> None:
    document = "query ($n: Int!) { viewer { transactions(first: $n) { nodes { id } } } }"
    async with limited(objects=20) as http:
        mine = await at(http, person)

        small, large = await mine.send(document, n=10), await mine.send(document, n=50)

        assert "errors" not in small
        assert large["errors"][0]["extensions"]["limit"] == "objects"


async def test_an_operation_that_takes_too_long_is_ended_in_postgresql_too(
    limited: Opening, person: Person, database_urls: DatabaseUrls
) -> None:
    connection = await asyncpg.connect(database_urls.admin)
    try:
        async with limited(operation_seconds=0.2) as http, connection.transaction():
            await connection.execute("lock table accounts in access exclusive mode")

            answer = await ask(await at(http, person), "{ viewer { accounts { id } } }")

            told = refusal(answer)
            assert (told["code"], told["limit"]) == ("LIMITED", "operation_seconds")
            await until_nobody_waits(connection)
    finally:
        await connection.close()


async def test_a_change_that_takes_too_long_is_not_made(
    limited: Opening, person: Person, database_urls: DatabaseUrls
) -> None:
    connection = await asyncpg.connect(database_urls.admin)
    rename = 'mutation { updateProfile(input: {displayName: "Late"}) { userErrors { code } } }'
    try:
        async with limited(operation_seconds=0.2) as http, connection.transaction():
            await connection.execute("lock table users in access exclusive mode")

            answer = await ask(await at(http, person), rename)

            assert refusal(answer)["limit"] == "operation_seconds"
            await until_nobody_waits(connection)
    finally:
        await connection.close()
    assert (await person.data("{ viewer { user { displayName } } }"))["viewer"]["user"]["displayName"] != "Late"


async def until_nobody_waits(connection: Any) -> None:
    """The test's own time limit is the limit."""
    waiting = "select count(*) from pg_stat_activity where datname = current_database() and wait_event_type = 'Lock'"
    while await connection.fetchval(waiting):
        await connection.execute("select pg_stat_clear_snapshot()")


async def test_a_person_has_so_many_operations_at_the_same_time(
    limited: Opening, person: Person, stranger: Person, database_urls: DatabaseUrls
) -> None:
    connection = await asyncpg.connect(database_urls.admin)
    try:
        async with limited(operations=2) as http:
            mine, theirs = await at(http, person), await at(http, stranger)
            transaction = connection.transaction()
            await transaction.start()
            await connection.execute("lock table accounts in access exclusive mode")
            running = [asyncio.create_task(ask(mine)) for _ in range(2)]
            while sum(one.running for one in http.allowances._accounts.values()) < 2:  # type: ignore[attr-defined]  # noqa: ASYNC110 (it is plain state)
                await asyncio.sleep(0.01)

            third = await ask(mine, "{ __typename }")
            other = await ask(theirs, "{ __typename }")
            await transaction.rollback()

            assert refusal(third) | {"value": 3} == {
                "code": "LIMITED",
                "limit": "operations",
                "value": 3,
                "maximum": 2,
                "retryAfter": 1,
            }
            assert "errors" not in other.json()
            assert ["errors" in (await one).json() for one in running] == [False, False]
            assert "errors" not in (await ask(mine)).json()
    finally:
        await connection.close()
