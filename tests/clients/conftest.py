"""A real server on a loopback port, served as api/__main__.py serves it, with a relay beside it."""

import asyncio
import socket
from collections.abc import AsyncIterator
from pathlib import Path

import pytest
import uvicorn
from starlette.applications import Starlette

from tests.api.conftest import app, http, person, settings, world
from tests.api.live.conftest import QuietServer, relay
from tests.api.live.socket_client import Address
from tests.clients.nodejs import Workshop, workshop

__all__ = ["app", "http", "person", "relay", "settings", "world"]


@pytest.fixture
async def served(app: Starlette, relay: None) -> AsyncIterator[Address]:
    transports = app.state.parts.transports
    with socket.create_server(("127.0.0.1", 0)) as listener:
        config = uvicorn.Config(
            app,
            log_config=None,
            lifespan="off",
            http=transports.protocol,
            ws=transports.sockets.protocol,
            server_header=False,
            proxy_headers=False,
            timeout_graceful_shutdown=3,
        )
        server = QuietServer(config)
        running = asyncio.create_task(server.serve(sockets=[listener]))
        try:
            while not server.started:  # noqa: ASYNC110 uvicorn has no event for it
                await asyncio.sleep(0.01)
            yield Address(listener.getsockname()[1])
        finally:
            transports.close()
            server.should_exit = True
            await running


@pytest.fixture
def node(tmp_path: Path) -> Workshop:
    return workshop(tmp_path / "node")
