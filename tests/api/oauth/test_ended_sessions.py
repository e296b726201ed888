"""What was consented to in a session that is over opens nothing."""

from collections.abc import Awaitable, Callable

import pytest

from api import ids
from api.app import open_app
from integrations.world import World
from runtime.settings import Settings
from tests.api.client import Client, Person
from tests.api.factors.test_claims import reset
from tests.api.identity.test_addresses import CHANGE_PASSWORD, NEW
from tests.api.identity.test_own_sessions import END_OTHERS
from tests.api.oauth.browser import Browser, Maker
from tests.api.oauth.test_device import begin, decide, poll
from tests.boundless import UNHURRIED

Ending = Callable[[Person, Client, World], Awaitable[object]]


async def by_reset(person: Person, nobody: Client, world: World) -> None:
    await reset(nobody, world, person.email)


async def by_change(person: Person, nobody: Client, world: World) -> None:
    await person.change(CHANGE_PASSWORD, password=NEW)


async def by_hand(person: Person, nobody: Client, world: World) -> None:
    await person.change(END_OTHERS)


every_ending = pytest.mark.parametrize("end", [by_reset, by_change, by_hand])


@every_ending
async def test_a_tool_gets_nothing_that_was_allowed_before(
    person: Person, nobody: Client, world: World, public_maker: Maker, browser: Browser, end: Ending
) -> None:
    begun = await begin(public_maker)
    await decide(browser, person, begun["user_code"], "allow")

    await end(person, nobody, world)

    assert (await poll(public_maker, begun))["error"] == "invalid_grant"


@every_ending
async def test_a_code_of_before_is_worth_nothing(
    person: Person, nobody: Client, world: World, maker: Maker, browser: Browser, end: Ending
) -> None:
    told = await browser.allow(person, maker.request("accounts:read"))

    await end(person, nobody, world)

    answer = await maker.redeem(told["code"])
    assert (answer.status_code, answer.json()["error"]) == (400, "invalid_grant")


async def test_nobody_consents_in_a_process_that_has_not_heard_of_the_end(
    person: Person,
    nobody: Client,
    world: World,
    maker: Maker,
    public_maker: Maker,
    settings: Settings,
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.setattr("api.sessions.REMEMBERED_SECONDS", 600.0)
    monkeypatch.setattr("api.sessions.ROUND_SECONDS", 600.0)
    begun, query = await begin(public_maker), maker.request("accounts:read")
    async with open_app(settings, UNHURRIED) as app:
        browser = Browser(app)
        page = await browser.sign_in("/oauth/authorize", query, person)
        await reset(nobody, world, person.email)
        form = {"action": "allow", "scope": "accounts:read", "accounts": "all"}

        answers = [
            await browser.send("/oauth/authorize", query, page, **form),
            await browser.send("/oauth/device", {}, page, user_code=begun["user_code"], **form),
        ]

        await browser.http.aclose()
    assert [(answer.status_code, "Begin again" in answer.text) for answer in answers] == [(403, True)] * 2
    assert (await poll(public_maker, begun))["error"] == "authorization_pending"
    assert (
        await world.system.system_rows(
            "select from authorization_codes where app_id = $1", ids.decode_as("app", maker.client_id)
        )
        == []
    )
