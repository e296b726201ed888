"""Step one: where to put a file's bytes."""

from collections.abc import Awaitable, Callable
from typing import Any

import pytest

from api import ids
from runtime.ids import new_id
from tests.api.books import open_account
from tests.api.client import Client, Person
from tests.api.statement_imports.files import RESULT, START, link, result, start
from tests.cluster import DatabaseUrls

LIST = """
query List($first: Int, $after: String) {
  viewer {
    statementImports(first: $first, after: $after) { nodes { id } pageInfo { hasNextPage endCursor } }
  }
}
"""
CLOSE = """
mutation Close($id: ID!) { closeAccount(input: {accountId: $id}) { userErrors { code message path } } }
"""


async def listed(person: Person, **given: Any) -> dict[str, Any]:
    found: dict[str, Any] = (await person.data(LIST, **given))["viewer"]["statementImports"]
    return found


async def test_an_import_awaits_its_file(person: Person) -> None:
    account = await open_account(person)

    started = await start(person, accountId=account)

    assert started == {
        "id": started["id"],
        "status": "AWAITING_FILE",
        "format": None,
        "uploadUrl": started["uploadUrl"],
        "accounts": [{"id": account}],
        "added": 0,
        "duplicates": 0,
        "rejected": [],
        "problem": None,
    }
    assert started["uploadUrl"].startswith("http://coffer.test/uploads/")


async def test_imports_are_listed_newest_first(person: Person) -> None:
    made = [(await start(person))["id"] for _ in range(3)]

    first = await listed(person, first=2)
    rest = await listed(person, first=2, after=first["pageInfo"]["endCursor"])

    assert [one["id"] for one in first["nodes"]] == [made[2], made[1]]
    assert first["pageInfo"]["hasNextPage"]
    assert [one["id"] for one in rest["nodes"]] == [made[0]]


async def test_the_same_key_starts_one_import_and_shows_its_address_again(person: Person) -> None:
    first = await start(person, idempotencyKey="once")
    second = await start(person, idempotencyKey="once")

    assert second == first
    assert await person.refused(START, input={"fileName": "other.ofx", "idempotencyKey": "once"}) == [
        ("CONFLICT", ["input", "idempotencyKey"])
    ]
    assert len((await listed(person))["nodes"]) == 1


@pytest.mark.parametrize(
    ("given", "refusal"),
    [
        ({"fileName": " "}, ("INVALID", ["input", "fileName"])),
        ({"fileName": "x" * 256}, ("INVALID", ["input", "fileName"])),
        ({"fileName": "a\nb"}, ("INVALID", ["input", "fileName"])),
        ({"fileName": "a\0b"}, ("INVALID", ["input", "fileName"])),
        ({"fileName": "x" * 1_000_000}, ("INVALID", ["input", "fileName"])),
        ({"review": True}, ("NOT_ALLOWED", ["input", "review"])),
        ({"accountId": "acc_"}, ("NOT_FOUND", ["input", "accountId"])),
        ({"accountId": ids.encode("acc", new_id())}, ("NOT_FOUND", ["input", "accountId"])),
        ({"accountId": ids.encode("txn", new_id())}, ("NOT_FOUND", ["input", "accountId"])),
        ({"idempotencyKey": ""}, ("INVALID", ["input", "idempotencyKey"])),
    ],
)
async def test_what_cannot_be_started_is_refused(
    given: dict[str, Any], refusal: tuple[str, list[str]], person: Person
) -> None:
    assert await person.refused(START, input={"fileName": "statement.ofx", **given}) == [refusal]

    assert (await listed(person))["nodes"] == []


async def test_somebody_elses_account_is_not_there(person: Person, stranger: Person) -> None:
    account = await open_account(stranger)

    refused = await person.refused(START, input={"fileName": "statement.ofx", "accountId": account})

    assert refused == [("NOT_FOUND", ["input", "accountId"])]
    assert (await listed(person))["nodes"] == []


async def test_a_closed_account_takes_no_file(person: Person) -> None:
    account = await open_account(person)
    await person.change(CLOSE, id=account)

    refused = await person.refused(START, input={"fileName": "statement.ofx", "accountId": account})

    assert refused == [("NOT_ALLOWED", ["input", "accountId"])]
    assert (await listed(person))["nodes"] == []


async def test_a_linked_account_takes_no_file(person: Person, database_urls: DatabaseUrls) -> None:
    account = await open_account(person)
    await link(database_urls, person, account)

    refused = await person.refused(START, input={"fileName": "statement.ofx", "accountId": account})

    assert refused == [("NOT_ALLOWED", ["input", "accountId"])]
    assert (await listed(person))["nodes"] == []


async def test_there_is_a_limit_to_imports_under_way(person: Person) -> None:
    for _ in range(50):
        await start(person)

    assert await person.refused(START, input={"fileName": "statement.ofx"}) == [("TOO_MANY", ["input"])]
    assert not (await listed(person, first=50))["pageInfo"]["hasNextPage"]


async def test_nobody_elses_imports_are_seen(
    person: Person, new_person: Callable[..., Awaitable[Person]], nobody: Client
) -> None:
    started = await start(person)
    stranger = await new_person()

    assert (await stranger.data(RESULT, id=started["id"]))["node"] is None
    assert (await listed(stranger))["nodes"] == []
    assert (await nobody.data(RESULT, id=started["id"]))["node"] is None
    assert (await result(person, started["id"]))["status"] == "AWAITING_FILE"


async def test_nobody_starts_an_import_without_signing_in(nobody: Client) -> None:
    answer = await nobody.send(START, input={"fileName": "statement.ofx"})

    assert [error["extensions"]["code"] for error in answer["errors"]] == ["UNAUTHENTICATED"]
    assert answer["data"] == {"startStatementImport": None}
