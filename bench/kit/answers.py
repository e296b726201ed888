"""Whether everybody answers the right thing, before anything is measured."""

import asyncio
import urllib.request
from collections.abc import Mapping, Sequence
from typing import Any

import asyncpg
import orjson

from api.ids import encode
from bench.kit.servers import Request, Server
from runtime.viewer import Viewer

SAMPLE = 5

_NEWEST = """
select t.id, t.date::text, t.amount::text, t.description, a.name as account, coalesce(s.name, o.name) as category
from transactions t
join accounts a on (a.household_id, a.id) = (t.household_id, t.account_id)
left join system_categories s on s.id = t.category_id
left join categories o on (o.household_id, o.id) = (t.household_id, t.category_id)
where t.household_id = $1 order by t.date desc, t.id desc limit $2
"""


def ask(server: Server, request: Request) -> dict[str, Any]:
    headers = {"Content-Type": "application/json", **request.headers}
    called = urllib.request.Request(server.url, request.body, headers)  # noqa: S310 (our own address)
    with urllib.request.urlopen(called, timeout=20) as response:  # noqa: S310
        answer: dict[str, Any] = orjson.loads(response.read())
    if "errors" in answer or "data" not in answer:
        raise SystemExit(f"{server.name} answers with {str(answer)[:500]}")
    data: dict[str, Any] = answer["data"]
    return data


def check_alike(servers: Sequence[Server], kinds: Sequence[str]) -> None:
    """Each server answers every kind without errors; those of the kit give the same data for the same user."""
    for kind in kinds:
        expected: dict[str, object] = {}
        for server in servers:
            for request in server.requests(kind)[:SAMPLE] if kind in server.kinds else ():
                data = ask(server, request)
                if server.comparable:
                    user = request.headers["X-User-Id"]
                    found = _comparable(data)
                    if found != expected.setdefault(user, found):
                        raise SystemExit(f"{server.name} answers {kind} of user {user} differently")


def check_isolation(servers: Sequence[Server]) -> None:
    """Row-level security is really on: whoever asks one of the kit's servers for another's rows gets none."""
    for server in servers:
        for kind, empty in (("list", b'"nodes":[]'), ("small", b'"viewer":null')):
            if server.comparable and kind in server.kinds:
                one, other = server.requests(kind)[:2]
                answer = orjson.dumps(ask(server, Request(one.body, other.headers)))
                if empty not in answer:
                    raise SystemExit(f"{server.name} shows one user's {kind} to another")


def check_newest(server: Server, viewer: Viewer, request: Request, database_url: str, first: int) -> None:
    """Coffer's list page of a person holds what the table holds, in its order."""
    rows = asyncio.run(_newest(database_url, viewer, first))
    expected = [(encode("txn", row["id"]), row["date"], *tuple(row)[3:]) for row in rows]
    nodes = ask(server, request)["viewer"]["transactions"]["nodes"]
    found = [
        (node["id"], node["date"], node["description"], node["account"]["name"], node["category"]["name"])
        for node in nodes
    ]
    amounts = [float(node["amount"]["amount"]) for node in nodes]
    if found != expected or amounts != [float(row["amount"]) for row in rows] or len(found) != first:
        raise SystemExit(f"{server.name} does not answer what the table holds")


async def _newest(url: str, viewer: Viewer, first: int) -> list[asyncpg.Record]:
    connection = await asyncpg.connect(url)
    try:
        rows: list[asyncpg.Record] = await connection.fetch(_NEWEST, viewer.household_id, first)
        return rows
    finally:
        await connection.close()


def _comparable(value: object) -> object:
    """PostGraphile's ids are numbers, its cursors its own, and its plain lists connections."""
    if isinstance(value, list):
        return [_comparable(item) for item in value]
    if isinstance(value, Mapping):
        if value.keys() == {"nodes"}:
            return _comparable(value["nodes"])
        return {
            name: str(item) if name == "id" else _comparable(item)
            for name, item in value.items()
            if name != "endCursor"
        }
    return value
