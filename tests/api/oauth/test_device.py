"""The device grant: a tool without a browser, and a person who types its code."""

from dataclasses import replace
from datetime import timedelta

import asyncpg
import pytest
from starlette.applications import Starlette

from api.oauth.routes import BEGUN, MOST_BEGUN
from domain.identity.network import coarse
from integrations.world import World
from tests.api.client import Client, Person
from tests.api.oauth.browser import Browser, Maker, client_at
from tests.cluster import DatabaseUrls

DEVICE_CODE = "urn:ietf:params:oauth:grant-type:device_code"
FLOODING = "203.0.113.7"
GRANTS = "{ viewer { grants { id appName scopes } } }"


async def begin(maker: Maker, scope: str | None = "accounts:read") -> dict[str, str]:
    answer = await maker.post("/oauth/device_authorization", scope=scope)
    assert answer.status_code == 200, answer.text
    begun: dict[str, str] = answer.json()
    return begun


async def poll(maker: Maker, begun: dict[str, str]) -> dict[str, str]:
    answer = await maker.post("/oauth/token", grant_type=DEVICE_CODE, device_code=begun["device_code"])
    told: dict[str, str] = answer.json()
    return told


async def decide(browser: Browser, person: Person, user_code: str, action: str) -> str:
    page = await browser.sign_in("/oauth/device", {}, person)
    page = await browser.send("/oauth/device", {}, page, action="look", user_code=user_code)
    assert page.status_code == 200, page.text
    page = await browser.send(
        "/oauth/device", {}, page, action=action, user_code=user_code, scope="accounts:read", accounts="all"
    )
    assert page.status_code == 200, page.text
    return page.text


async def age(urls: DatabaseUrls, by: timedelta) -> None:
    """Let all device codes be older than they are."""
    owner = await asyncpg.connect(urls.owner)
    try:
        await owner.execute("update device_codes set expires_at = expires_at - $1::interval, polled_at = null", by)
    finally:
        await owner.close()


async def test_a_tool_gets_what_the_person_allows(person: Person, public_maker: Maker, browser: Browser) -> None:
    begun = await begin(public_maker)
    assert begun["verification_uri"] == "http://coffer.test/oauth/device"
    assert (await poll(public_maker, begun))["error"] == "authorization_pending"

    assert "Allowed" in await decide(browser, person, begun["user_code"].lower(), "allow")
    token = await poll(public_maker, begun)

    app = Client(person.http, token["access_token"])
    assert await app.data("{ viewer { accounts { id } } }") == {"viewer": {"accounts": []}}
    (grant,) = (await person.data(GRANTS))["viewer"]["grants"]
    assert (grant["appName"], grant["scopes"]) == ("Ledger", ["accounts:read"])
    assert (await public_maker.refresh(token["refresh_token"])).status_code == 200


async def test_a_device_code_is_good_once(person: Person, public_maker: Maker, browser: Browser) -> None:
    begun = await begin(public_maker)
    await decide(browser, person, begun["user_code"], "allow")
    await poll(public_maker, begun)

    assert (await poll(public_maker, begun))["error"] == "invalid_grant"


async def test_denied_is_told(person: Person, maker: Maker, browser: Browser) -> None:
    begun = await begin(maker)

    assert "Denied" in await decide(browser, person, begun["user_code"], "deny")

    assert (await poll(maker, begun))["error"] == "access_denied"
    assert (await person.data(GRANTS))["viewer"]["grants"] == []


async def test_who_asks_too_often_is_told_to_slow_down(maker: Maker) -> None:
    begun = await begin(maker)

    await poll(maker, begun)

    assert (await poll(maker, begun))["error"] == "slow_down"


async def test_after_ten_minutes_it_is_over(
    person: Person, maker: Maker, browser: Browser, database_urls: DatabaseUrls
) -> None:
    begun = await begin(maker)
    await age(database_urls, timedelta(minutes=10))

    assert (await poll(maker, begun))["error"] == "expired_token"
    page = await browser.sign_in("/oauth/device", {}, person)
    page = await browser.send("/oauth/device", {}, page, action="look", user_code=begun["user_code"])
    assert page.status_code == 400


async def test_another_app_cannot_take_it(maker: Maker, public_maker: Maker) -> None:
    begun = await begin(maker)

    assert (await poll(public_maker, begun))["error"] == "invalid_grant"


async def test_codes_cannot_be_guessed_for_long(person: Person, maker: Maker, browser: Browser) -> None:
    begun = await begin(maker)
    page = await browser.sign_in("/oauth/device", {}, person)

    statuses = [
        (await browser.send("/oauth/device", {}, page, action="look", user_code=f"BCDF-GHJ{letter}")).status_code
        for letter in "BCDFGHJKLMN"
    ]
    right = await browser.send("/oauth/device", {}, page, action="look", user_code=begun["user_code"])

    assert statuses == [*[400] * 10, 429]
    assert right.status_code == 429


async def test_nobody_decides_without_signing_in(maker: Maker, browser: Browser) -> None:
    begun = await begin(maker)
    page = await browser.open("/oauth/device", {})

    await browser.send(
        "/oauth/device", {}, page, action="allow", user_code=begun["user_code"], scope="accounts:read", accounts="all"
    )

    assert (await poll(maker, begun))["error"] == "authorization_pending"


async def test_one_network_cannot_fill_the_table(app: Starlette, maker: Maker, world: World) -> None:
    for _ in range(MOST_BEGUN):
        await world.tally.add(BEGUN, coarse(FLOODING))

    async with client_at(app, FLOODING) as http:
        answer = await replace(maker, http=http).post("/oauth/device_authorization", scope="accounts:read")

    assert (answer.status_code, answer.json()["error"]) == (429, "temporarily_unavailable")


@pytest.mark.parametrize("scope", ["", " ", "everything"])
async def test_a_tool_says_what_it_wants(maker: Maker, scope: str) -> None:
    answer = await maker.post("/oauth/device_authorization", scope=scope)

    assert (answer.status_code, answer.json()["error"]) == (400, "invalid_scope")
