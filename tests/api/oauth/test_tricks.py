"""Tricks with addresses, proof keys and codes: all refused, and nobody is sent anywhere by them."""

import asyncio
from dataclasses import replace
from typing import Any

import pytest

from tests.api.client import Client, Person
from tests.api.oauth.browser import CALLBACK, Browser, Maker, register_app

GRANTS = "{ viewer { grants { id } } }"
REGISTER = """
mutation ($input: RegisterAppInput!) { registerApp(input: $input) { app { id } userErrors { code path } } }
"""
WRONG_VERIFIER = "a" * 43


async def grants(person: Person) -> int:
    return len((await person.data(GRANTS))["viewer"]["grants"])


# ---------------------------------------------------------------------------------------------- redirects


@pytest.mark.parametrize(
    "uri",
    [
        None,
        "",
        "https://evil.example/",
        "https://app.example/callback/",
        "https://app.example/callback/../evil",
        "https://app.example/callback?next=https://evil.example",
        "https://app.example/callback#fragment",
        "https://app.example/Callback",
        "https://APP.example/callback",
        "https://app.example:443/callback",
        "http://app.example/callback",
        "https://app.example@evil.example/callback",
        "https://app.example.evil.example/callback",
        "//evil.example/callback",
        "javascript:alert(1)",
        "data:text/html,hi",
        " https://app.example/callback",
        'https://app.example/callback"><script>',
        "https://app.example/callback\\@evil.example",
    ],
)
async def test_nobody_is_sent_to_an_address_that_was_not_registered(
    maker: Maker, browser: Browser, uri: str | None
) -> None:
    answer = await browser.open("/oauth/authorize", maker.request("accounts:read", redirect_uri=uri))

    assert answer.status_code == 400
    assert "location" not in answer.headers
    assert "<script>" not in answer.text


@pytest.mark.parametrize("client_id", [None, "", "app_x", "app_00000000000000000000000000", "usr_x", 'x"y', "\u00e9"])
async def test_an_unknown_app_sends_nobody_anywhere(maker: Maker, browser: Browser, client_id: str | None) -> None:
    answer = await browser.open("/oauth/authorize", maker.request("accounts:read", client_id=client_id))

    assert answer.status_code == 400
    assert "location" not in answer.headers


async def test_another_apps_address_is_not_ones_own(stranger: Person, maker: Maker, browser: Browser) -> None:
    await register_app(stranger, redirectUris=["https://other.example/callback"])

    answer = await browser.open(
        "/oauth/authorize", maker.request("accounts:read", redirect_uri="https://other.example/callback")
    )

    assert answer.status_code == 400


@pytest.mark.parametrize("name", ["redirect_uri", "client_id", "state", "scope", "response_type"])
async def test_a_parameter_that_is_there_twice_is_refused(maker: Maker, browser: Browser, name: str) -> None:
    query = maker.request("accounts:read")

    answer = await browser.http.get("/oauth/authorize", params=[*query.items(), (name, "https://evil.example/")])

    assert answer.status_code in (303, 400)
    assert "evil" not in answer.headers.get("location", CALLBACK)
    assert "code=" not in answer.headers.get("location", "")


@pytest.mark.parametrize(
    "uri",
    [
        "http://app.example/callback",
        "https://",
        "https://app.example/#x",
        "https://user:pass@app.example/",
        "javascript:alert(1)",
        "data:text/html,x",
        "ftp://app.example/",
        "myapp:/callback",
        "https://app.example/call back",
        "https://äpp.example/",
        "https://app.example/\\evil",
        "http://127.0.0.1.evil.example/",
        "http://localhost.evil.example/",
        "https://app.example:99999/",
        "/callback",
        "",
        "https://app.example/" + "a" * 500,
    ],
)
async def test_what_cannot_be_redirected_to_safely_is_not_registered(stranger: Person, uri: str) -> None:
    refused = await stranger.refused(REGISTER, input={"name": "App", "redirectUris": [uri]})

    assert refused == [("INVALID", ["input", "redirectUris"])]
    assert (await stranger.data("{ viewer { apps { id } } }"))["viewer"]["apps"] == []


@pytest.mark.parametrize(
    "uri", ["https://app.example/callback?a=b", "http://127.0.0.1:8400/", "http://[::1]/cb", "com.example.app:/cb"]
)
async def test_what_can_be_is(stranger: Person, uri: str) -> None:
    await stranger.change(REGISTER, input={"name": "App", "redirectUris": [uri]})


# ---------------------------------------------------------------------------------------------- proof keys


@pytest.mark.parametrize(
    "given",
    [
        {"code_challenge": None},
        {"code_challenge_method": None},
        {"code_challenge": None, "code_challenge_method": None},
        {"code_challenge_method": "plain"},
        {"code_challenge_method": "s256"},
        {"code_challenge": "short"},
        {"code_challenge": "a" * 129},
        {"response_type": "token"},
        {"response_type": "code token"},
        {"response_type": "id_token"},
        {"response_type": None},
        {"scope": None},
        {"scope": "everything"},
        {"scope": "person"},
        {"scope": "accounts:read any"},
    ],
    ids=str,
)
async def test_what_is_wrong_with_a_known_apps_request_is_told_to_the_app_when_the_person_says_so(
    maker: Maker, browser: Browser, given: dict[str, Any]
) -> None:
    query = maker.request("accounts:read", **given)
    page = await browser.open("/oauth/authorize", query)
    answer = await browser.send("/oauth/authorize", query, page, action="back")

    assert page.status_code == 400
    assert "location" not in page.headers
    assert CALLBACK in page.text
    assert answer.status_code == 303
    assert answer.headers["location"].startswith(CALLBACK + "?error=")
    assert "state=state" in answer.headers["location"]
    assert "iss=http" in answer.headers["location"]


@pytest.mark.parametrize("action", ["allow", "deny", "sign-in", "leave", "code", ""])
async def test_who_is_signed_in_is_not_sent_on_either_by_a_request_that_is_wrong(
    person: Person, maker: Maker, browser: Browser, action: str
) -> None:
    await browser.sign_in("/oauth/authorize", maker.request("accounts:read"), person)
    query = maker.request("everything")

    page = await browser.open("/oauth/authorize", query)
    answer = await browser.send("/oauth/authorize", query, page, action=action, scope="accounts:read", accounts="all")
    forged = await browser.http.post("/oauth/authorize", params=query, data={"action": "back", "form_token": "x"})

    assert [one.status_code for one in (page, answer, forged)] == [400, 400, 403]
    assert [one for one in (page, answer, forged) if "location" in one.headers] == []


@pytest.mark.parametrize("verifier", [None, "", WRONG_VERIFIER, "short", "a" * 200, "challenge"])
async def test_a_code_without_its_proof_key_is_worth_nothing(
    person: Person, maker: Maker, browser: Browser, verifier: str | None
) -> None:
    told = await browser.allow(person, maker.request("accounts:read"))

    given = maker.challenge if verifier == "challenge" else verifier
    answer = await maker.redeem(told["code"], code_verifier=given)

    assert answer.status_code == 400
    assert "access_token" not in answer.text
    assert await grants(person) == 0


async def test_a_code_is_bound_to_its_address(person: Person, stranger: Person, browser: Browser) -> None:
    maker = await register_app(stranger, redirectUris=[CALLBACK, "https://app.example/other"])
    told = await browser.allow(person, maker.request("accounts:read"))

    for uri in ("https://app.example/other", None, ""):
        assert (await maker.redeem(told["code"], redirect_uri=uri)).json()["error"] == "invalid_grant"

    assert await grants(person) == 0


async def test_a_code_is_bound_to_its_app(person: Person, stranger: Person, maker: Maker, browser: Browser) -> None:
    other = replace(await register_app(stranger), verifier=maker.verifier)
    told = await browser.allow(person, maker.request("accounts:read"))

    assert (await other.redeem(told["code"])).json()["error"] == "invalid_grant"
    assert (await maker.redeem(told["code"])).status_code == 200


async def test_a_second_use_of_a_code_ends_what_it_opened(person: Person, maker: Maker, browser: Browser) -> None:
    told = await browser.allow(person, maker.request("accounts:read"))
    token = (await maker.redeem(told["code"])).json()

    again = await maker.redeem(told["code"])

    assert again.json()["error"] == "invalid_grant"
    assert await grants(person) == 0
    answer = await Client(person.http, token["access_token"]).send("{ viewer { accounts { id } } }")
    assert answer["errors"][0]["extensions"]["code"] == "UNAUTHENTICATED"


async def test_of_many_uses_at_once_none_leaves_a_grant(person: Person, maker: Maker, browser: Browser) -> None:
    told = await browser.allow(person, maker.request("accounts:read"))

    answers = await asyncio.gather(*[maker.redeem(told["code"]) for _ in range(5)])

    assert sum(answer.status_code == 200 for answer in answers) == 1
    assert await grants(person) == 0


async def test_a_confidential_app_proves_itself(person: Person, maker: Maker, browser: Browser) -> None:
    told = await browser.allow(person, maker.request("accounts:read"))

    for secret in ("cfs_wrong", "", None):
        forged = replace(maker, client_secret=secret)
        answer = await forged.redeem(told["code"])
        assert answer.json()["error"] == "invalid_client"
        assert answer.status_code == 401

    assert await grants(person) == 0


async def test_another_app_cannot_refresh_or_revoke(
    person: Person, stranger: Person, maker: Maker, browser: Browser
) -> None:
    other = await register_app(stranger)
    told = await browser.allow(person, maker.request("accounts:read"))
    token = (await maker.redeem(told["code"])).json()

    assert (await other.refresh(token["refresh_token"])).json()["error"] == "invalid_grant"
    assert (await other.post("/oauth/revoke", token=token["refresh_token"])).json()["error"] == "invalid_grant"

    assert await grants(person) == 1
    assert (await maker.refresh(token["refresh_token"])).status_code == 200


@pytest.mark.parametrize("grant_type", ["password", "client_credentials", "implicit", "", None, "authorization_code "])
async def test_there_are_no_other_grants(maker: Maker, grant_type: str | None) -> None:
    answer = await maker.post("/oauth/token", grant_type=grant_type, username="a", password="b")

    assert (answer.status_code, answer.json()["error"]) == (400, "unsupported_grant_type")


async def test_a_persons_refresh_token_is_none_of_an_apps(person: Person, maker: Maker) -> None:
    assert (await maker.refresh(person.refresh_token)).json()["error"] == "invalid_grant"


async def test_an_apps_refresh_token_is_none_of_a_persons(person: Person, maker: Maker, browser: Browser) -> None:
    told = await browser.allow(person, maker.request("accounts:read"))
    token = (await maker.redeem(told["code"])).json()
    refresh = "mutation ($token: String!) { refreshSession(input: {refreshToken: $token}) { userErrors { code } } }"

    for text in (token["refresh_token"], f"cfr_{token['refresh_token']}"):
        payload = (await Client(person.http).data(refresh, token=text))["refreshSession"]
        assert payload["userErrors"] == [{"code": "INVALID"}]

    assert await grants(person) == 1
