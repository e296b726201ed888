"""What is streamed is counted as long as it lasts."""

import asyncio
from collections.abc import AsyncIterator
from contextlib import AsyncExitStack

import asyncpg
import httpx
import pytest
from starlette.applications import Starlette

from api.app import open_app
from api.limits.limits import Limits
from runtime.settings import Settings
from tests.api.client import Person
from tests.api.limits.conftest import Opening
from tests.api.limits.test_rate import ACCOUNTS, LEFT, ask, at
from tests.api.live.conftest import serving
from tests.api.transport.server import eventually
from tests.cluster import DatabaseUrls

STREAM = {"Accept": "text/event-stream"}
FOLLOW = "subscription { changes { __typename } }"


async def test_a_streamed_query_is_one_of_those_that_run(
    limited: Opening, person: Person, database_urls: DatabaseUrls
) -> None:
    connection = await asyncpg.connect(database_urls.admin)
    try:
        async with limited(operations=1) as http:
            mine = await at(http, person)
            transaction = connection.transaction()
            await transaction.start()
            await connection.execute("lock table accounts in access exclusive mode")
            first = asyncio.create_task(ask(mine, **STREAM))
            accounts = http.allowances._accounts  # type: ignore[attr-defined]
            await eventually(lambda: any(one.running for one in accounts.values()))

            second = await ask(mine, "{ __typename }", **STREAM)
            await transaction.rollback()

            assert '"limit":"operations"' in second.text
            assert '"data":{"viewer"' in (await first).text
            assert '"data":{"viewer"' in (await ask(mine, ACCOUNTS, **STREAM)).text
    finally:
        await connection.close()


async def test_a_streamed_query_is_told_what_is_left(limited: Opening, person: Person) -> None:
    async with limited(objects_per_minute=600) as http:
        answer = await ask(await at(http, person), LEFT, **STREAM)

        assert '"rateLimit":{"limit":600,' in answer.text


@pytest.fixture
async def narrow(settings: Settings) -> AsyncIterator[Starlette]:
    async with open_app(settings, Limits(sockets=2)) as app:
        yield app


async def test_a_streamed_subscription_takes_the_place_of_a_socket_until_it_ends(
    narrow: Starlette, person: Person
) -> None:
    headers = {"Authorization": f"Bearer {person.access_token}", **STREAM}
    taken = narrow.state.parts.transports.sockets.places._taken
    async with serving(narrow) as address, httpx.AsyncClient() as http:

        async def follow(stack: AsyncExitStack) -> httpx.Response:
            request = http.stream("POST", address.http_url, json={"query": FOLLOW}, headers=headers)
            return await stack.enter_async_context(request)

        async with AsyncExitStack() as stack:
            for _ in range(2):
                await follow(stack)

            third = await follow(stack)

            assert '"limit":"sockets"' in (await third.aread()).decode()
            assert sum(taken.values()) == 2
            assert not any(one.running for one in narrow.state.parts.allowances._accounts.values())
        await eventually(lambda: not taken)
