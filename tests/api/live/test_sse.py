"""The same streams for those behind proxies: Server-Sent Events."""

import json

import httpx

from api import ids
from integrations.world import World
from tests.api.client import Person
from tests.api.live.books import move, open_account
from tests.api.live.socket_client import Address

BALANCES = "subscription { balanceChanged { account { id } balance { amount currency } } }"


async def test_balances_come_as_server_sent_events(live: Address, world: World, person: Person) -> None:
    account = await open_account(world, person, balance="1.00")
    headers = {"Authorization": f"Bearer {person.access_token}", "Accept": "text/event-stream"}
    events: list[dict[str, object]] = []

    async with (
        httpx.AsyncClient(timeout=20) as client,
        client.stream("POST", live.http_url, json={"query": BALANCES}, headers=headers) as answer,
    ):
        assert answer.headers["content-type"].startswith("text/event-stream")
        async for line in answer.aiter_lines():
            if line.startswith("data: "):
                events.append(json.loads(line.removeprefix("data: "))["data"]["balanceChanged"])
                if len(events) == 2:
                    break
                await move(world, person, account, "2.50")

    id = ids.encode("acc", account)
    assert events == [
        {"account": {"id": id}, "balance": {"amount": "1.00", "currency": "USD"}},
        {"account": {"id": id}, "balance": {"amount": "2.50", "currency": "USD"}},
    ]
