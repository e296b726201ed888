"""A few of schemathesis' examples of each operation, as person, integrator and nobody. scripts/check has many more."""

import httpx
import pytest
from starlette.applications import Starlette

from tests.api.client import Client, Person, register
from tests.api.live.conftest import serving
from tests.hostile.schemathesis_examples import makers_for, run_round

EXAMPLES = 3
SEED = "the same for everybody"


@pytest.mark.timeout(300)
async def test_no_example_meets_a_server_error_or_a_time_out(app: Starlette, http: httpx.AsyncClient) -> None:
    async def new_person() -> Person:
        return await register(http)

    async with serving(app) as address:
        makers = makers_for(new_person, Client(http))
        round = await run_round(address.http_url, makers, EXAMPLES, SEED, print)

    assert round.findings == []
    assert round.answers["nothing but data"] > 0
