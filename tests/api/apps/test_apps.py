"""Apps: registered, changed, given new secrets and deleted by whoever made them."""

from typing import Any

import asyncpg
import pytest

from tests.api.client import Person
from tests.cluster import DatabaseUrls

REGISTER = """
mutation ($input: RegisterAppInput!) {
  registerApp(input: $input) {
    app { id name homepage redirectUris isConfidential } clientSecret userErrors { code path }
  }
}
"""
UPDATE = """
mutation ($input: UpdateAppInput!) {
  updateApp(input: $input) { app { name homepage redirectUris } clientSecret userErrors { code path } }
}
"""
ROTATE = "mutation ($id: ID!) { rotateAppSecret(input: {appId: $id}) { clientSecret userErrors { code path } } }"
DELETE = "mutation ($id: ID!) { deleteApp(input: {appId: $id}) { deletedId userErrors { code path } } }"
APPS = "{ viewer { apps { id name homepage redirectUris isConfidential } } }"
LEDGER = {"name": "Ledger", "redirectUris": ["https://ledger.example/callback"], "homepage": "https://ledger.example"}


async def apps(person: Person) -> list[dict[str, Any]]:
    found: list[dict[str, Any]] = (await person.data(APPS))["viewer"]["apps"]
    return found


async def test_an_app_is_registered_and_listed_for_its_maker_alone(person: Person, stranger: Person) -> None:
    made = await person.change(REGISTER, input=LEDGER)

    assert made["clientSecret"].startswith("cfs_")
    assert made["app"] == {"id": made["app"]["id"], "isConfidential": True, **LEDGER}
    assert await apps(person) == [made["app"]]
    assert await apps(stranger) == []


async def test_a_public_app_has_no_secret(person: Person) -> None:
    made = await person.change(REGISTER, input={**LEDGER, "isConfidential": False})

    assert made["clientSecret"] is None
    assert await person.refused(ROTATE, id=made["app"]["id"]) == [("NOT_ALLOWED", ["input", "appId"])]


async def test_an_app_is_changed(person: Person) -> None:
    app = (await person.change(REGISTER, input=LEDGER))["app"]["id"]

    changed = await person.change(UPDATE, input={"appId": app, "name": "Ledger 2", "homepage": None})

    assert changed["app"] == {"name": "Ledger 2", "homepage": None, "redirectUris": LEDGER["redirectUris"]}
    assert changed["clientSecret"] is None


async def test_a_deleted_app_is_gone(person: Person) -> None:
    app = (await person.change(REGISTER, input=LEDGER))["app"]["id"]

    await person.change(DELETE, id=app)

    assert await apps(person) == []
    assert await person.refused(DELETE, id=app) == [("NOT_FOUND", ["input", "appId"])]


async def test_somebody_elses_app_is_not_there(person: Person, stranger: Person) -> None:
    app = (await person.change(REGISTER, input=LEDGER))["app"]
    missing = [("NOT_FOUND", ["input", "appId"])]

    assert await stranger.refused(UPDATE, input={"appId": app["id"], "name": "Mine"}) == missing
    assert await stranger.refused(ROTATE, id=app["id"]) == missing
    assert await stranger.refused(DELETE, id=app["id"]) == missing

    assert await apps(person) == [app]


@pytest.mark.parametrize(
    ("given", "path"),
    [
        ({"name": " "}, ["input", "name"]),
        ({"name": "a" * 101}, ["input", "name"]),
        ({"redirectUris": []}, ["input", "redirectUris"]),
        ({"redirectUris": [f"https://ledger.example/{n}" for n in range(11)]}, ["input", "redirectUris"]),
        ({"homepage": "http://ledger.example"}, ["input", "homepage"]),
        ({"homepage": "javascript:alert(1)"}, ["input", "homepage"]),
    ],
)
async def test_what_is_wrong_is_said_with_its_place(person: Person, given: dict[str, Any], path: list[str]) -> None:
    assert await person.refused(REGISTER, input={**LEDGER, **given}) == [("INVALID", path)]
    assert await apps(person) == []


async def test_secrets_are_stored_as_hashes_that_the_application_cannot_read(
    person: Person, database_urls: DatabaseUrls
) -> None:
    secret = (await person.change(REGISTER, input=LEDGER))["clientSecret"]

    app, owner = await asyncpg.connect(database_urls.app), await asyncpg.connect(database_urls.owner)
    try:
        with pytest.raises(asyncpg.InsufficientPrivilegeError):
            await app.fetch("select secret_hash from app_secrets")
        rows = await owner.fetch("select app_secrets::text as whole from app_secrets")
    finally:
        await app.close()
        await owner.close()
    plain = secret.removeprefix("cfs_")
    assert rows
    assert [row for row in rows if plain in row["whole"] or plain.encode().hex() in row["whole"]] == []
