"""An app's refresh tokens rotate as a person's do: a lost answer is made good, an old token ends the grant."""

import asyncio
from datetime import timedelta

import pytest
from sqlalchemy import select, update

from domain.identity.models import APP, Session
from domain.identity.refreshing import forget_pairs
from integrations.world import World
from runtime import clock
from tests.api.client import Client, Person
from tests.api.oauth.browser import Browser, Maker, register_app
from tests.api.oauth.test_authorization_code import ACCOUNTS, GRANTS, error_of

EVENTS = "{ viewer { securityEvents { nodes { kind detail } } } }"
OVER = (400, "invalid_grant")


@pytest.fixture(params=["confidential", "public"])
def any_maker(maker: Maker, public_maker: Maker, request: pytest.FixtureRequest) -> Maker:
    return maker if request.param == "confidential" else public_maker


async def allowed(person: Person, maker: Maker, browser: Browser) -> dict[str, str]:
    told = await browser.allow(person, maker.request("accounts:read"))
    token: dict[str, str] = (await maker.redeem(told["code"])).json()
    return token


async def refused(maker: Maker, token: str) -> tuple[int, str]:
    answer = await maker.refresh(token)
    return answer.status_code, answer.json().get("error", "")


async def let_pass(world: World) -> None:
    """The ten seconds in which a pair may be asked for again."""
    async with world.system.system_session() as session:
        passed = clock.now() - timedelta(seconds=1)
        await session.execute(update(Session).where(Session.pair_until.is_not(None)).values(pair_until=passed))


async def grant_row(world: World) -> Session:
    async with world.system.system_session() as session:
        newest = select(Session).where(Session.kind == APP).order_by(Session.id.desc()).limit(1)
        return (await session.scalars(newest)).one()


async def test_a_refresh_gives_a_new_pair(person: Person, any_maker: Maker, browser: Browser) -> None:
    first = await allowed(person, any_maker, browser)

    second = (await any_maker.refresh(first["refresh_token"])).json()

    assert second == {
        "token_type": "Bearer",
        "access_token": second["access_token"],
        "expires_in": second["expires_in"],
        "refresh_token": second["refresh_token"],
        "scope": "accounts:read",
    }
    assert 0 < second["expires_in"] <= 15 * 60
    assert second["refresh_token"] != first["refresh_token"]
    assert await Client(person.http, second["access_token"]).data(ACCOUNTS) == {"viewer": {"accounts": []}}


async def test_twenty_at_once_get_one_and_the_same_new_pair(person: Person, any_maker: Maker, browser: Browser) -> None:
    first = await allowed(person, any_maker, browser)

    answers = await asyncio.gather(*[any_maker.refresh(first["refresh_token"]) for _ in range(20)])

    assert [answer.status_code for answer in answers] == [200] * 20
    ((access, newest),) = {(one.json()["access_token"], one.json()["refresh_token"]) for one in answers}
    await Client(person.http, access).data(ACCOUNTS)
    assert (await any_maker.refresh(newest)).status_code == 200


async def test_a_repeat_gets_the_same_pair(person: Person, any_maker: Maker, browser: Browser) -> None:
    first = await allowed(person, any_maker, browser)
    second = (await any_maker.refresh(first["refresh_token"])).json()

    again = (await any_maker.refresh(first["refresh_token"])).json()

    assert {**again, "expires_in": second["expires_in"]} == second
    assert again["expires_in"] <= second["expires_in"]
    assert len((await person.data(GRANTS))["viewer"]["grants"]) == 1


async def test_a_repeat_of_another_app_gets_nothing(
    person: Person, stranger: Person, maker: Maker, browser: Browser
) -> None:
    other = await register_app(stranger)
    first = await allowed(person, maker, browser)
    await maker.refresh(first["refresh_token"])

    assert await refused(other, first["refresh_token"]) == OVER

    assert len((await person.data(GRANTS))["viewer"]["grants"]) == 1


async def test_the_pair_is_sealed_and_forgotten(person: Person, maker: Maker, browser: Browser, world: World) -> None:
    first = await allowed(person, maker, browser)
    second = (await maker.refresh(first["refresh_token"])).json()
    kept = await grant_row(world)
    await let_pass(world)

    await forget_pairs(world.system)

    assert kept.pair is not None
    assert second["refresh_token"].encode() not in kept.pair
    after = await grant_row(world)
    assert (after.pair, after.pair_key_id, after.pair_until) == (None, None, None)


@pytest.mark.parametrize("renewed", ["once, long ago", "twice"])
async def test_an_old_token_ends_the_grant(
    person: Person, any_maker: Maker, browser: Browser, world: World, renewed: str
) -> None:
    first = await allowed(person, any_maker, browser)
    newest = (await any_maker.refresh(first["refresh_token"])).json()
    if renewed == "twice":
        newest = (await any_maker.refresh(newest["refresh_token"])).json()
    else:
        await let_pass(world)
    app = Client(person.http, newest["access_token"])
    await app.data(ACCOUNTS)

    assert await refused(any_maker, first["refresh_token"]) == OVER

    assert await refused(any_maker, newest["refresh_token"]) == OVER
    assert await error_of(app) == "UNAUTHENTICATED"
    assert (await person.data(GRANTS))["viewer"]["grants"] == []
    events = (await person.data(EVENTS))["viewer"]["securityEvents"]["nodes"]
    assert {"kind": "REFRESH_TOKEN_REUSED", "detail": "Ledger"} in events
    assert (await grant_row(world)).pair is None


async def test_a_revoked_grant_gives_no_pair_again(person: Person, maker: Maker, browser: Browser) -> None:
    first = await allowed(person, maker, browser)
    await maker.refresh(first["refresh_token"])
    await maker.post("/oauth/revoke", token=first["refresh_token"])

    assert await refused(maker, first["refresh_token"]) == OVER
