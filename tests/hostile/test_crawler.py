"""Every id of a household, fed to every argument that takes ids, by people who may not see it.

Nobody gets a row of it, nobody can tell it from an id of nothing, and nothing is changed: with the application's own
checks, and by the policies of the rows alone.
"""

import json
from collections.abc import AsyncIterator, Iterator
from contextlib import nullcontext
from dataclasses import dataclass, replace
from typing import Any

import asyncpg
import httpx
import pytest
from starlette.applications import Starlette

from api import ids
from integrations.world import World
from runtime.scopes import BEYOND_ACCOUNTS, WORDS
from runtime.settings import Settings
from tests.api.apps.tokens import token_of
from tests.api.client import Client, Person, register
from tests.api.live.conftest import serving
from tests.api.live.socket_client import subscribed
from tests.cluster import DatabaseUrls
from tests.hostile.crawler.arguments import Place, mutations, queries, subscriptions
from tests.hostile.crawler.feeding import Feeding, Outsider, different, id_of_nothing, refused_at, state, without
from tests.hostile.crawler.household import Full, Ids, found_by, full_household
from tests.hostile.crawler.reading import Reading
from tests.hostile.crawler.unchecked import unchecked
from tests.hostile.crawler.values import own_type
from tests.hostile.inputs import SCHEMA
from tests.hostile.scene import MARK

pytestmark = pytest.mark.timeout(300)

EMPTY = {"RecurringSeries", "Transfer"}
"""Nothing makes them yet."""
SHARED = {"Institution"}
"""Everybody sees all of them."""
OF_NO_ACCOUNT = {"Merchant"}
"""The household's, as its categories and rules are, though accounts are what it knows them from."""
OUTSIDERS = ["stranger", "stranger's app", "token for one account", "nobody"]


@dataclass
class Crowd:
    """A household with everything, and all who are outside of it or in it with less than everything."""

    owner: Full
    outsiders: dict[str, Outsider]


_crowds: dict[str, Crowd] = {}


@pytest.fixture
def settings(settings: Settings, own_database_urls: DatabaseUrls) -> Settings:
    return replace(settings, database_url=own_database_urls.app, database_system_url=own_database_urls.system)


@pytest.fixture
async def crowd(http: httpx.AsyncClient, world: World, own_database_urls: DatabaseUrls) -> Crowd:
    made = _crowds.get(own_database_urls.app)
    if made is None:
        made = _crowds[own_database_urls.app] = await gather(http, world, own_database_urls)
    for outsider in made.outsiders.values():
        outsider.client.http = http
    return made


@pytest.fixture
async def watch(own_database_urls: DatabaseUrls) -> AsyncIterator["asyncpg.Connection[Any]"]:
    connection = await asyncpg.connect(own_database_urls.owner)
    yield connection
    await connection.close()


@pytest.fixture(params=["with all checks", "by the rows' policies alone"])
def checks(request: pytest.FixtureRequest, own_database_urls: DatabaseUrls) -> Iterator[list[str] | None]:
    """The statements that were changed, where the checks are off."""
    off = request.param != "with all checks"
    with unchecked(own_database_urls.app) if off else nullcontext() as changed:
        yield changed


async def gather(http: httpx.AsyncClient, world: World, urls: DatabaseUrls) -> Crowd:
    owner = await full_household(http, world, urls, MARK)
    other = await full_household(http, world, urls, "Myself")
    app = await token_of(other.person, *WORDS)
    narrow = await token_of(owner.person, *(WORDS.keys() - BEYOND_ACCOUNTS), accountIds=[owner.own.ids["acc"]])
    looking = await who_may_look(http, urls, owner.person)
    as_person, as_app = Reading(), Reading(as_app=True)
    outsiders = {
        "stranger": Outsider(other.person, other.ids, as_person),
        "stranger's app": Outsider(app, await found_by(app, as_app), as_app),
        "token for one account": Outsider(narrow, await found_by(narrow, as_app), as_app),
        "viewer": Outsider(looking, await found_by(looking, as_person), as_person),
        "nobody": Outsider(Client(http), {}, as_person),
    }
    return Crowd(owner, outsiders)


async def who_may_look(http: httpx.AsyncClient, urls: DatabaseUrls, owner: Person) -> Person:
    """A member of the owner's household with the role VIEWER, and a session there."""
    person = await register(http, displayName="Looking")
    user, household = ids.decode_as("usr", person.user_id), ids.decode_as("hsh", owner.household_id)
    connection = await asyncpg.connect(urls.owner)
    try:
        await connection.execute(
            "insert into household_members (household_id, user_id, role, joined_at) values ($1, $2, 'VIEWER', now())",
            household,
            user,
        )
        await connection.execute("update sessions set household_id = $1 where user_id = $2", household, user)
    finally:
        await connection.close()
    return person


def foreign_to(name: str, crowd: Crowd) -> Ids:
    """What somebody may not see of the household."""
    known = SHARED | (OF_NO_ACCOUNT if name == "token for one account" else set())
    foreign = without(crowd.owner.ids, crowd.outsiders["stranger" if name == "nobody" else name].own)
    return {kind: some for kind, some in foreign.items() if kind not in known}


async def test_there_is_something_of_everything(crowd: Crowd) -> None:
    nodes = {one.name for one in SCHEMA.get_possible_types(SCHEMA.type_map["Node"])}  # type: ignore[arg-type]

    assert nodes - crowd.owner.ids.keys() == EMPTY
    assert nodes - crowd.outsiders["stranger"].own.keys() == EMPTY


@pytest.mark.parametrize("name", OUTSIDERS)
async def test_nobody_sees_tells_apart_or_changes_what_is_not_theirs(
    name: str, crowd: Crowd, checks: list[str] | None, watch: "asyncpg.Connection[Any]"
) -> None:
    outsider = crowd.outsiders[name]
    feeding = Feeding(outsider, foreign_to(name, crowd), only_of_its_kind=checks is not None)
    before = await state(watch)

    for place in outsider.places():
        await feeding.feed(place)
        if changed := different(before, before := await state(watch)):
            feeding.findings.append(f"{place} changed {changed}")

    assert feeding.findings == []
    assert checks is None or checks or name == "nobody", "the checks are on"


async def test_rows_that_no_policy_holds_are_found(
    crowd: Crowd, watch: "asyncpg.Connection[Any]", own_database_urls: DatabaseUrls
) -> None:
    """What stands between households with the checks off are the policies, and nothing that was overlooked."""
    stranger = crowd.outsiders["stranger"]
    feeding = Feeding(stranger, {"Account": crowd.owner.ids["Account"]})
    (node,) = [place for place in queries(stranger.reading) if place.name == "node"]

    await watch.execute("alter table accounts disable row level security")
    try:
        with unchecked(own_database_urls.app):
            await feeding.feed(node)
    finally:
        await watch.execute("alter table accounts enable row level security")

    assert [finding for finding in feeding.findings if "node.id shows" in finding]


@pytest.mark.parametrize("name", OUTSIDERS)
async def test_nobody_hears_of_what_is_not_theirs(
    name: str, crowd: Crowd, checks: list[str] | None, app: Starlette
) -> None:
    """Each stream ends at once on the same mistake, whether its id is somebody's or nobody's."""
    outsider = crowd.outsiders[name]
    person = outsider.client if isinstance(outsider.client, Person) else None
    foreign = [id for some in foreign_to(name, crowd).values() for id in some]
    findings = []

    async with serving(app) as address:
        for place in subscriptions(outsider.reading):
            heard = set()
            nothing = {id.partition("_")[0]: id_of_nothing(id) for id in foreign}
            for id in [*foreign, *nothing.values()]:
                variables = place.variables(id, outsider.own)
                async with subscribed(address, person, place.operation, **variables) as stream:
                    heard.add(json.dumps(await stream.message()).replace(id, "ID"))
            findings += [f"{place}: {heard}"] if len(heard) != 1 or '"data": null' not in heard.pop() else []

    assert findings == []


async def test_who_may_only_look_changes_nothing(
    crowd: Crowd, checks: list[str] | None, watch: "asyncpg.Connection[Any]"
) -> None:
    looking = crowd.outsiders["viewer"]
    assert isinstance(looking.client, Person)
    themselves = ids.decode_as("usr", looking.client.user_id)
    before = await state(watch, themselves)
    all_of_them = without(crowd.owner.ids, {})
    findings = []

    for place in mutations(looking.reading):
        # With the checks off, only what is an id of the right kind comes as far as to a row.
        kind = own_type(place.path[-1], all_of_them) if checks is not None else None
        for id in all_of_them[kind] if kind else [some[0] for some in all_of_them.values()]:
            await looking.client.send(place.operation, **place.variables(id, looking.own))
        if changed := different(before, before := await state(watch, themselves)):
            findings.append(f"{place} changed {changed}")

    assert findings == []


NO_OBJECTS = {"startOidcLink.input.provider", "startOidcSignIn.input.provider"}
"""Names of what stands in the server's settings: there is nobody's row behind them."""


async def test_every_argument_is_reached(crowd: Crowd) -> None:
    """An id of nothing is what is wrong, and nothing before it: otherwise the crawler would feed a closed door."""
    stranger = crowd.outsiders["stranger"]
    unreached = [str(place) for place in mutations(stranger.reading) if not await reached(stranger, place)]

    assert set(unreached) <= NO_OBJECTS


async def reached(outsider: Outsider, place: Place) -> bool:
    own = outsider.own[own_type(place.path[-1], outsider.own) or "Account"][0]
    variables = place.variables(id_of_nothing(own), outsider.own)
    return refused_at(await outsider.client.send(place.operation, **variables), (place.argument, *place.path))
