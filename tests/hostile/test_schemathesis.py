"""A few of schemathesis' examples of each operation, as person, integrator and nobody. scripts/check has many more."""

import httpx
import pytest
from starlette.applications import Starlette

from integrations.world import World
from tests.api.live.conftest import serving
from tests.cluster import DatabaseUrls
from tests.hostile.schemathesis_examples import Cast, run_round

EXAMPLES = 3
SEED = "the same for everybody"


@pytest.mark.timeout(300)
async def test_no_example_meets_a_server_error_or_a_time_out(
    app: Starlette, http: httpx.AsyncClient, world: World, database_urls: DatabaseUrls
) -> None:
    async with serving(app) as address:
        round = await run_round(address.http_url, Cast(http, world, database_urls), EXAMPLES, SEED, print)

    assert round.findings == []
    assert round.answers["nothing but data"] > 0
