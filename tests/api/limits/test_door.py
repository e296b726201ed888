"""The addresses beside GraphQL's: counted by network, and not in the way of those who sign in."""

import asyncio
from dataclasses import replace

import asyncpg
import httpx
import pytest
from starlette.applications import Starlette
from starlette.requests import Request
from starlette.responses import Response
from starlette.routing import Route

from api.app import open_app
from api.limits.door import Door
from api.limits.limits import Limits
from runtime.settings import Settings
from tests.api.client import Client, Person
from tests.api.limits.conftest import Opening
from tests.api.limits.test_rate import SIGN_IN
from tests.api.oauth.browser import client_at, register_app
from tests.boundless import UNHURRIED
from tests.cluster import DatabaseUrls

REFRESH = 'mutation { refreshSession(input: {refreshToken: "cfr_x.y"}) { userErrors { code } } }'
WAITING = """
select count(*) from pg_stat_activity
where datname = current_database() and wait_event_type = 'Lock' and query ilike '%' || $1 || '%'
"""


@pytest.mark.parametrize(
    ("method", "path"),
    [
        ("POST", "/oauth/token"),
        ("POST", "/oauth/revoke"),
        ("POST", "/oauth/introspect"),
        ("POST", "/oauth/device_authorization"),
        ("GET", "/oauth/authorize"),
        ("GET", "/oauth/device"),
        ("PUT", "/uploads/nonsense"),
        ("POST", "/webhooks/plaid"),
    ],
)
async def test_a_network_may_ask_so_often(settings: Settings, method: str, path: str) -> None:
    async with open_app(settings, Limits(network_requests_per_minute=2)) as app:
        async with client_at(app, "203.0.113.1") as http:
            answers = [await http.request(method, path) for _ in range(3)]
            assert "errors" not in await Client(http).send(SIGN_IN)
        async with client_at(app, "203.0.113.2") as http:
            other = await http.request(method, path)

        assert [one.status_code == 429 for one in answers] == [False, False, True]
        assert answers[2].json() == {
            "error": "temporarily_unavailable",
            "error_description": "Too much at once: `network_requests_per_minute` is 2. Try again in 30 s",
        }
        assert answers[2].headers["retry-after"] == "30"
        assert other.status_code == answers[0].status_code


async def test_what_is_answered_well_costs_nothing_where_it_is_free(limited: Opening) -> None:
    async def echo(request: Request) -> Response:
        return Response(status_code=int(request.query_params["status"]))

    async with limited(network_requests_per_minute=2) as http:
        door = Door(http.allowances)  # type: ignore[attr-defined]
        app = Starlette(routes=door.before([Route("/free", echo)], free=True))
        async with client_at(app, "203.0.113.1") as bank:
            well = [(await bank.get("/free?status=200")).status_code for _ in range(5)]
            refused = [(await bank.get("/free?status=401")).status_code for _ in range(3)]

        assert (well, refused) == ([200] * 5, [401, 401, 429])


async def test_a_network_has_so_many_at_the_same_time(limited: Opening) -> None:
    came, go = asyncio.Event(), asyncio.Event()

    async def wait(_: Request) -> Response:
        came.set()
        await go.wait()
        return Response()

    async with limited(operations=1) as http:
        door = Door(http.allowances)  # type: ignore[attr-defined]
        app = Starlette(routes=door.before([Route("/wait", wait)]))
        async with client_at(app, "2001:db8::1") as one, client_at(app, "2001:db8::2") as same:
            first = asyncio.create_task(one.get("/wait"))
            await came.wait()

            second = await same.get("/wait")
            go.set()

            assert second.status_code == 429
            assert (await first).status_code == 200
            assert (await same.get("/wait")).status_code == 200


async def test_signing_in_goes_on_while_apps_keep_the_database_waiting(
    settings: Settings, stranger: Person, database_urls: DatabaseUrls
) -> None:
    maker = await register_app(stranger)
    connection = await asyncpg.connect(database_urls.admin)
    try:
        async with open_app(settings, UNHURRIED) as app:
            transaction = connection.transaction()
            await transaction.start()
            await connection.execute("lock table apps in access exclusive mode")
            async with httpx.AsyncClient(transport=httpx.ASGITransport(app), base_url="http://coffer.test") as http:
                flood = [asyncio.create_task(replace(maker, http=http).refresh("cfr_x.y")) for _ in range(20)]
                while await connection.fetchval(WAITING, "from apps") < 3:
                    await connection.execute("select pg_stat_clear_snapshot()")

                answer = await Client(http).send(REFRESH)
                await transaction.rollback()

                assert "errors" not in answer
                assert {one.status_code for one in await asyncio.gather(*flood)} == {400}
    finally:
        await connection.close()


async def test_whoever_asks_whether_it_is_ready_meanwhile_shares_the_answer(
    settings: Settings, database_urls: DatabaseUrls
) -> None:
    connection = await asyncpg.connect(database_urls.admin)
    try:
        async with open_app(settings, UNHURRIED) as app, client_at(app, "203.0.113.1") as http:
            async with connection.transaction():
                await connection.execute("lock table alembic_version in access exclusive mode")
                asking = [asyncio.create_task(http.get("/ready")) for _ in range(4)]
                while not (waiting := await connection.fetchval(WAITING, "alembic_version")):
                    await connection.execute("select pg_stat_clear_snapshot()")

            assert waiting == 1
            assert len({(await one).text for one in asking}) == 1
    finally:
        await connection.close()
