"""Where documents are tried: an application with a bank beside it, and the sample household in it."""

from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from dataclasses import dataclass, replace
from pathlib import Path

import httpx

from api.app import open_app
from api.schema import schema
from integrations.world import World
from runtime.settings import Settings
from tests.api.client import http_client
from tests.boundless import UNHURRIED
from tests.cluster import DatabaseUrls
from tests.executor.household import Household, make_household
from tests.executor.rounds import Run
from tests.executor.sides import NamedPeople, Side, sides
from tests.executor.values import HouseholdValues
from tests.sandbox.running import CLIENT_ID, SECRET, running_bank


@dataclass
class Stage:
    world: World
    http: httpx.AsyncClient
    household: Household
    both: tuple[Side, Side]

    def run(self, seed: str) -> Run:
        viewers = [*["owner"] * 6, "looker", "narrowed", "blind", "partner", "stranger", None]
        return Run(schema._schema, HouseholdValues(self.household.known), self.both, viewers, seed)


def settings_of(urls: DatabaseUrls, redis_url: str, redis_prefix: str, folder: Path) -> Settings:
    return Settings(
        database_url=urls.app,
        database_system_url=urls.system,
        redis_url=redis_url,
        redis_prefix=redis_prefix,
        public_url="http://coffer.test",
        data=folder / "data",
        keys_file=folder / "keys.json",
        plaid_url="http://127.0.0.1:1",
        plaid_client_id=CLIENT_ID,
        plaid_secret=SECRET,
        sandbox=True,
        up_file=None,
        database_pool=5,
        access_token_minutes=15,
        refresh_token_days=30,
    )


@asynccontextmanager
async def open_stage(settings: Settings, urls: DatabaseUrls, folder: Path) -> AsyncIterator[Stage]:
    with running_bank(folder / "bank") as bank:
        async with open_app(replace(settings, plaid_url=bank.url), UNHURRIED) as app, http_client(app) as http:
            world: World = app.state.parts.world
            household = await make_household(http, world, urls, bank)
            yield Stage(world, http, household, sides(schema, NamedPeople(world, household.viewers)))
