"""The authorisation code grant from the app's request to its tokens, and what the tokens are worth."""

from dataclasses import replace

import pytest

from tests.api import books
from tests.api.client import Client, Person
from tests.api.oauth.browser import ACCOUNT, Browser, Maker, register_app

ACCOUNTS = "{ viewer { accounts { name } } }"
GRANTS = "{ viewer { grants { id appName scopes accounts { id } } } }"
REVOKE = "mutation ($id: ID!) { revokeGrant(input: {grantId: $id}) { revokedId userErrors { code path } } }"


@pytest.fixture(params=["confidential", "public"])
def any_maker(maker: Maker, public_maker: Maker, request: pytest.FixtureRequest) -> Maker:
    return maker if request.param == "confidential" else public_maker


async def error_of(client: Client) -> str:
    answer = await client.send(ACCOUNTS)
    error: str = answer["errors"][0]["extensions"]["code"]
    return error


async def test_an_app_gets_what_the_person_allows(person: Person, any_maker: Maker, browser: Browser) -> None:
    await books.open_account(person, name="Checking")

    told = await browser.allow(person, any_maker.request("accounts:read"))
    answer = await any_maker.redeem(told["code"])

    assert told["state"] == "state 1"
    assert told["iss"] == "http://coffer.test"
    assert answer.status_code == 200, answer.text
    assert answer.headers["cache-control"] == "no-store"
    token = answer.json()
    assert token["token_type"] == "Bearer"
    assert token["scope"] == "accounts:read"
    app = Client(person.http, token["access_token"])
    assert await app.data(ACCOUNTS) == {"viewer": {"accounts": [{"name": "Checking"}]}}
    forbidden = await app.send("{ viewer { goals { id } } }")
    assert forbidden["errors"][0]["extensions"] == {"code": "FORBIDDEN", "missingScopes": ["goals:read"]}


async def test_the_person_may_give_less(person: Person, maker: Maker, browser: Browser) -> None:
    first = await books.open_account(person, name="First")
    await books.open_account(person, name="Second")
    query = maker.request("accounts:read", "goals:read", "imports:write")

    told = await browser.allow(
        person, query, scope=["accounts:read", "imports:write"], accounts="some", account=[first]
    )
    token = (await maker.redeem(told["code"])).json()

    assert token["scope"] == "accounts:read"
    app = Client(person.http, token["access_token"])
    assert await app.data(ACCOUNTS) == {"viewer": {"accounts": [{"name": "First"}]}}
    (grant,) = (await person.data(GRANTS))["viewer"]["grants"]
    assert grant == {
        "id": grant["id"],
        "appName": "Ledger",
        "scopes": ["accounts:read"],
        "accounts": [{"id": first}],
    }


async def test_the_page_says_who_asks_for_what(person: Person, maker: Maker, browser: Browser) -> None:
    account = await books.open_account(person, name="Checking")

    page = await browser.sign_in("/oauth/authorize", maker.request("accounts:read", "bank_links:write"), person)

    assert "Ledger wants to act for you" in page.text
    assert "See your accounts and their balances" in page.text
    assert ACCOUNT.findall(page.text) == [account]


async def test_denied_is_told_to_the_app(person: Person, maker: Maker, browser: Browser) -> None:
    query = maker.request("accounts:read")
    page = await browser.sign_in("/oauth/authorize", query, person)

    answer = await browser.send("/oauth/authorize", query, page, action="deny")

    assert "error=access_denied" in answer.headers["location"]
    assert "state=state" in answer.headers["location"]
    assert "iss=http" in answer.headers["location"]
    assert "code=" not in answer.headers["location"]
    assert (await person.data(GRANTS))["viewer"]["grants"] == []


async def test_a_revoked_grant_ends_everything(person: Person, maker: Maker, browser: Browser) -> None:
    told = await browser.allow(person, maker.request("accounts:read"))
    token = (await maker.redeem(told["code"])).json()
    app = Client(person.http, token["access_token"])
    await app.data(ACCOUNTS)
    (grant,) = (await person.data(GRANTS))["viewer"]["grants"]

    await person.change(REVOKE, id=grant["id"])

    assert await error_of(app) == "UNAUTHENTICATED"
    assert (await maker.refresh(token["refresh_token"])).json()["error"] == "invalid_grant"


async def test_the_apps_maker_cannot_revoke_for_the_person_nor_see_them(
    person: Person, stranger: Person, maker: Maker, browser: Browser
) -> None:
    told = await browser.allow(person, maker.request("accounts:read"))
    await maker.redeem(told["code"])
    (grant,) = (await person.data(GRANTS))["viewer"]["grants"]

    assert await stranger.refused(REVOKE, id=grant["id"]) == [("NOT_FOUND", ["input", "grantId"])]

    assert (await stranger.data(GRANTS))["viewer"]["grants"] == []
    assert len((await person.data(GRANTS))["viewer"]["grants"]) == 1


@pytest.mark.parametrize("which", ["access_token", "refresh_token"])
async def test_an_app_gives_its_tokens_back(person: Person, any_maker: Maker, browser: Browser, which: str) -> None:
    told = await browser.allow(person, any_maker.request("accounts:read"))
    token = (await any_maker.redeem(told["code"])).json()

    answer = await any_maker.post("/oauth/revoke", token=token[which])

    assert answer.status_code == 200
    assert await error_of(Client(person.http, token["access_token"])) == "UNAUTHENTICATED"
    assert (await any_maker.refresh(token["refresh_token"])).json()["error"] == "invalid_grant"


async def test_introspection_tells_an_app_about_its_own_tokens_alone(
    person: Person, stranger: Person, maker: Maker, browser: Browser
) -> None:
    told = await browser.allow(person, maker.request("accounts:read"))
    token = (await maker.redeem(told["code"])).json()
    other = await register_app(stranger, name="Other")

    mine = (await maker.post("/oauth/introspect", token=token["access_token"])).json()
    theirs = (await other.post("/oauth/introspect", token=token["access_token"])).json()
    await maker.post("/oauth/revoke", token=token["access_token"])
    after = (await maker.post("/oauth/introspect", token=token["access_token"])).json()

    assert (mine["active"], mine["client_id"], mine["scope"]) == (True, maker.client_id, "accounts:read")
    assert mine["sub"] == person.user_id
    assert theirs == {"active": False}
    assert after == {"active": False}


async def test_deleting_the_app_ends_what_people_allowed_it(
    person: Person, stranger: Person, maker: Maker, browser: Browser
) -> None:
    told = await browser.allow(person, maker.request("accounts:read"))
    token = (await maker.redeem(told["code"])).json()

    await stranger.change(
        "mutation ($id: ID!) { deleteApp(input: {appId: $id}) { deletedId userErrors { code path } } }",
        id=maker.client_id,
    )

    assert await error_of(Client(person.http, token["access_token"])) == "UNAUTHENTICATED"
    assert (await maker.refresh(token["refresh_token"])).json()["error"] == "invalid_client"


async def test_a_rotated_secret_takes_the_place_of_the_one_before(stranger: Person, maker: Maker) -> None:
    made = await stranger.change(
        "mutation ($id: ID!) { rotateAppSecret(input: {appId: $id}) { clientSecret userErrors { code path } } }",
        id=maker.client_id,
    )
    renewed = replace(maker, client_secret=made["clientSecret"])

    assert (await maker.post("/oauth/introspect", token="x")).json()["error"] == "invalid_client"
    assert (await renewed.post("/oauth/introspect", token="x")).json() == {"active": False}


async def test_the_metadata_say_where_everything_is(maker: Maker) -> None:
    found = (await maker.http.get("/.well-known/oauth-authorization-server")).json()

    assert found["issuer"] == "http://coffer.test"
    assert found["code_challenge_methods_supported"] == ["S256"]
    assert found["response_types_supported"] == ["code"]
    assert found["authorization_response_iss_parameter_supported"] is True
