"""The transports behind a real server on a free loopback port."""

import asyncio
import socket
from collections.abc import AsyncIterator, Callable, Iterator
from contextlib import asynccontextmanager, contextmanager
from dataclasses import dataclass
from pathlib import Path

import httpx
import uvicorn

from api.transport.bounds import Bounds
from api.transport.front import Front
from api.transport.routes import Transports
from tests.api.transport.people import People
from tests.api.transport.schema import State, schema


@dataclass
class Server:
    port: int
    state: State
    people: People
    transports: Transports
    uvicorn: uvicorn.Server

    @property
    def url(self) -> str:
        return f"http://127.0.0.1:{self.port}/graphql"

    @property
    def socket_url(self) -> str:
        return f"ws://127.0.0.1:{self.port}/graphql"

    async def is_alive(self) -> bool:
        async with httpx.AsyncClient() as client:
            response = await client.post(self.url, json={"query": "{ hello }"})
        return bool(response.json() == {"data": {"hello": "Hello world"}})


class _QuietServer(uvicorn.Server):
    @contextmanager
    def capture_signals(self) -> Iterator[None]:
        yield


@asynccontextmanager
async def serving(
    bounds: Bounds | None = None,
    documents: Path | None = None,
    *,
    only_documents: bool = False,
    front: Front | None = None,
) -> AsyncIterator[Server]:
    """Small socket buffers, so that a slow reader is felt after kilobytes and not after megabytes."""
    state = State()
    people = People(state)
    transports = Transports(
        schema, people, bounds=bounds, documents=documents, only_documents=only_documents, front=front
    )
    listener = socket.socket(socket.AF_INET, socket.SOCK_STREAM)
    listener.setsockopt(socket.SOL_SOCKET, socket.SO_SNDBUF, 16 * 1024)
    listener.bind(("127.0.0.1", 0))
    config = uvicorn.Config(
        transports.application(),
        log_config=None,
        lifespan="off",
        http=transports.protocol,  # type: ignore[arg-type]  # made and called like a class of uvicorn's
        ws=transports.sockets.protocol,  # type: ignore[arg-type]  # made and called like a class of uvicorn's
        timeout_graceful_shutdown=5,
    )
    server = _QuietServer(config)
    running = asyncio.create_task(server.serve(sockets=[listener]))
    try:
        while not server.started:  # noqa: ASYNC110 uvicorn has no event for it
            await asyncio.sleep(0.01)
        yield Server(listener.getsockname()[1], state, people, transports, server)
    finally:
        transports.close()
        server.should_exit = True
        await running
        listener.close()


async def eventually(condition: Callable[[], bool]) -> None:
    """Waits for a condition that another task brings about; the test's own time limit is the limit."""
    while not condition():  # noqa: ASYNC110 the conditions are plain state
        await asyncio.sleep(0.01)
