"""Personal access tokens: made with fresh proof, shown once, good for what was chosen, ended at once."""

from dataclasses import replace
from typing import Any
from uuid import UUID

import asyncpg
import pytest

from api import ids
from tests.api import books
from tests.api.apps.tokens import CREATE, REVOKE, TOKENS, in_days, token_input, token_of
from tests.api.client import Client, Person
from tests.cluster import DatabaseUrls

ACCOUNTS = "{ viewer { accounts { name } } }"


async def refusals(person: Person, **given: Any) -> list[tuple[str, list[str]]]:
    return await person.refused(CREATE, input=token_input("accounts:read", **given))


async def tokens(person: Person) -> list[dict[str, Any]]:
    found: list[dict[str, Any]] = (await person.data(TOKENS))["viewer"]["personalTokens"]
    return found


async def test_a_token_is_made_shown_once_and_listed(person: Person) -> None:
    made = await person.change(CREATE, input=token_input("transactions:read", "accounts:read"))

    assert made["secret"].startswith("cft_")
    assert made["personalToken"]["scopes"] == ["accounts:read", "transactions:read"]
    assert await tokens(person) == [made["personalToken"]]


async def test_a_token_reads_what_its_scope_says(person: Person) -> None:
    await books.open_account(person, name="Checking")

    tool = await token_of(person, "accounts:read")

    assert await tool.data(ACCOUNTS) == {"viewer": {"accounts": [{"name": "Checking"}]}}


async def test_a_token_narrowed_to_an_account_sees_no_other(person: Person) -> None:
    first = await books.open_account(person, name="First")
    second = await books.open_account(person, name="Second")
    await books.book(person, second, "-5.00")

    tool = await token_of(person, "accounts:read", "transactions:read", accountIds=[first])

    assert await tool.data("{ viewer { accounts { name } transactions { nodes { id } } } }") == {
        "viewer": {"accounts": [{"name": "First"}], "transactions": {"nodes": []}}
    }
    assert await tool.data("query ($id: ID!) { node(id: $id) { id } }", id=second) == {"node": None}


async def test_a_revoked_token_is_refused_at_once(person: Person) -> None:
    made = await person.change(CREATE, input=token_input("accounts:read"))
    tool = replace(person, access_token=made["secret"])
    await tool.data(ACCOUNTS)

    await person.change(REVOKE, id=made["personalToken"]["id"])

    answer = await tool.send(ACCOUNTS)
    assert answer["errors"][0]["extensions"]["code"] == "UNAUTHENTICATED"
    assert await tokens(person) == []


async def test_somebody_elses_token_is_not_there(person: Person, stranger: Person) -> None:
    made = await person.change(CREATE, input=token_input("accounts:read"))

    assert await stranger.refused(REVOKE, id=made["personalToken"]["id"]) == [("NOT_FOUND", ["input", "tokenId"])]
    assert await tokens(stranger) == []
    assert len(await tokens(person)) == 1


@pytest.mark.parametrize(
    "scopes",
    [["accounts:delete"], ["person"], ["any"], [], ["accounts:read", "*"]],
    ids=lambda scopes: "+".join(scopes),
)
async def test_there_are_no_other_scopes(person: Person, scopes: list[str]) -> None:
    assert await refusals(person, scopes=scopes) == [("INVALID", ["input", "scopes"])]
    assert await tokens(person) == []


@pytest.mark.parametrize("days", [-1, 0, 367])
async def test_a_token_lives_a_year_at_most(person: Person, days: int) -> None:
    assert await refusals(person, expiresAt=in_days(days)) == [("INVALID", ["input", "expiresAt"])]
    assert await tokens(person) == []


async def test_only_own_accounts_can_be_chosen(person: Person, stranger: Person) -> None:
    theirs = await books.open_account(stranger)

    assert await refusals(person, accountIds=[theirs]) == [("NOT_FOUND", ["input", "accountIds"])]
    assert await refusals(person, accountIds=[]) == [("NOT_FOUND", ["input", "accountIds"])]
    assert await tokens(person) == []


@pytest.mark.parametrize("scope", ["imports:write", "bank_links:write", "notifications:read", "imports:read"])
async def test_what_reaches_all_accounts_is_not_given_for_some(person: Person, scope: str) -> None:
    mine = await books.open_account(person)

    found = await refusals(person, accountIds=[mine], scopes=[scope])

    assert found == [("INVALID", ["input", "scopes"])]


async def test_without_fresh_proof_there_is_no_token(person: Person, database_urls: DatabaseUrls) -> None:
    owner = await asyncpg.connect(database_urls.owner)
    try:
        user_id: UUID = ids.decode_as("usr", person.user_id)
        await owner.execute("update sessions set proved_at = now() - interval '11 minutes' where user_id = $1", user_id)
    finally:
        await owner.close()

    assert await refusals(person) == [("PROOF_NEEDED", ["input"])]
    assert await tokens(person) == []


async def test_a_token_cannot_make_another(person: Person) -> None:
    tool = await token_of(person, "accounts:read")

    answer = await tool.send(CREATE, input=token_input("accounts:read"))

    assert answer["errors"][0]["extensions"] == {"code": "FORBIDDEN", "missingScopes": ["person"]}
    assert len(await tokens(person)) == 1


@pytest.mark.parametrize("text", ["cft_", "cft_x", "cft_" + "A" * 43, "cft_" + "A" * 4000])
async def test_an_unknown_token_is_refused(nobody: Client, text: str) -> None:
    answer = await replace(nobody, access_token=text).send("{ viewer { sequence } }")

    assert answer["errors"][0]["extensions"]["code"] == "UNAUTHENTICATED"


async def test_a_token_is_stored_as_a_hash_only(person: Person, database_urls: DatabaseUrls) -> None:
    made = await person.change(CREATE, input=token_input("accounts:read"))

    owner = await asyncpg.connect(database_urls.owner)
    try:
        rows = await owner.fetch("select sessions::text as whole from sessions")
    finally:
        await owner.close()
    secret = made["secret"].removeprefix("cft_")
    assert [row for row in rows if secret in row["whole"] or secret.encode().hex() in row["whole"]] == []


async def test_a_token_cannot_be_refreshed_as_a_session(person: Person) -> None:
    tool = await token_of(person, "accounts:read")
    refresh = "mutation ($token: String!) { refreshSession(input: {refreshToken: $token}) { userErrors { code } } }"

    for text in (tool.access_token, f"cfr_{tool.access_token}"):
        payload = (await replace(person, access_token=None).data(refresh, token=text))["refreshSession"]
        assert payload["userErrors"] == [{"code": "INVALID"}]

    await tool.data(ACCOUNTS)
