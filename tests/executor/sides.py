"""The two executors, each behind the whole HTTP transport, and people who are signed in by their names."""

import asyncio
import json
from collections import Counter
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass, replace
from datetime import UTC, datetime
from typing import Any
from urllib.parse import urlencode

import strawberry
from starlette.types import Message

from api.authentication import Connections
from api.sessions import LiveSessions
from api.transport.http import HttpTransport
from api.transport.operation import Operations
from integrations.world import World
from runtime import clock, counters
from runtime.viewer import Viewer
from tests.boundless import BOUNDLESS
from tests.executor.comparison import Reply
from tests.executor.generator import Document

# In which order errors come is open, and so is which of them are left out: all of them are compared.
ALL_ERRORS = replace(BOUNDLESS, errors=10**6)
CORE, PLAN = "core", "plan"
FALLBACK = "executor.fallback."
NOON = datetime(2026, 6, 15, 12, tzinfo=UTC)


@dataclass(frozen=True)
class Request:
    """How a document is sent, and by whom."""

    document: Document
    viewer: str | None
    method: str = "POST"
    accept: str = "application/graphql-response+json, application/json;q=0.9"


class NamedPeople(Connections):
    """Sign-in by name alone: `Authorization: owner`. Nobody ever signs out."""

    def __init__(self, world: World, viewers: Mapping[str, Viewer]) -> None:
        super().__init__(world, LiveSessions(world.system))
        self._viewers = viewers

    async def authenticate(self, authorization: str | None) -> Viewer | None:
        return None if authorization is None else self._viewers[authorization]

    async def session_ended(self, viewer: Viewer) -> None:
        """Never: a stream is over when all is said, on both sides, and not whenever an end of the session, which
        there is none of here, gets ahead of it."""
        await asyncio.get_running_loop().create_future()


@dataclass
class Side:
    """One executor with everything around it that a request passes."""

    name: str
    operations: Operations
    transport: HttpTransport

    @property
    def fallbacks(self) -> Counter[str]:
        """How often a plan was not enough, by the reason."""
        if self.name == CORE:
            return Counter()
        counted = {
            name.removeprefix(FALLBACK): n for name, n in counters.snapshot().items() if name.startswith(FALLBACK)
        }
        return Counter(counted)

    async def answer(self, request: Request) -> Reply:
        """The whole way, from the bytes of a request to those of its answer."""
        sent = {"query": request.document.query}
        headers = [(b"accept", request.accept.encode())]
        if request.viewer is not None:
            headers.append((b"authorization", request.viewer.encode()))
        body, query_string = b"", b""
        variables, name = request.document.variables, request.document.operation_name
        if request.method == "GET":
            fields = {**sent, "variables": json.dumps(variables), "operationName": name or ""}
            query_string = urlencode(fields).encode()
        else:
            headers.append((b"content-type", b"application/json"))
            body = json.dumps({**sent, "variables": variables, "operationName": name}).encode()
        scope = {
            "type": "http",
            "asgi": {"version": "3.0"},
            "http_version": "1.1",
            "method": request.method,
            "scheme": "http",
            "path": "/graphql",
            "raw_path": b"/graphql",
            "root_path": "",
            "query_string": query_string,
            "headers": headers,
            "client": ("127.0.0.1", 1),
            "server": ("coffer.test", 80),
            "extensions": {},
        }
        return await _exchange(self.transport, scope, body)


async def _exchange(transport: HttpTransport, scope: dict[str, Any], body: bytes) -> Reply:
    parts: list[bytes] = []
    status, content_type = 0, ""
    pending: list[Message] = [{"type": "http.request", "body": body, "more_body": False}]

    async def receive() -> Message:
        if pending:
            return pending.pop()
        return await asyncio.get_running_loop().create_future()  # type: ignore[no-any-return]  # the client stays

    async def send(message: Message) -> None:
        nonlocal status, content_type
        if message["type"] == "http.response.start":
            status = message["status"]
            content_type = dict(message["headers"]).get(b"content-type", b"").decode()
        elif message["type"] == "http.response.body":
            parts.append(message.get("body", b""))

    await transport(scope, receive, send)
    return Reply(status, content_type, b"".join(parts))


def side(name: str, schema: strawberry.Schema, connections: Any) -> Side:
    """`connections` is what the transports need of the application."""
    operations = Operations(schema, breadth_first=name == PLAN, bounds=ALL_ERRORS)
    transport = HttpTransport(operations, connections, ALL_ERRORS, asyncio.Event())
    return Side(name, operations, transport)


def sides(schema: strawberry.Schema, connections: Any) -> tuple[Side, Side]:
    """graphql-core's executor, which is right by definition, and ours."""
    core, plan = side(CORE, schema, connections), side(PLAN, schema, connections)
    # Both would parse and validate by the same code: most of a run's time, if each did.
    plan.operations._documents = core.operations._documents
    return core, plan


@contextmanager
def frozen_clock(at: datetime = NOON) -> Iterator[None]:
    """It is always the same time, for everything that asks Coffer's clock."""
    real = clock.now
    clock.now = lambda: at
    try:
        yield
    finally:
        clock.now = real
