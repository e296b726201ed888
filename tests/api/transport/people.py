"""The port to people, for a world of one token."""

import asyncio
from collections.abc import AsyncIterator, Awaitable
from contextlib import asynccontextmanager
from uuid import UUID

from api.errors import UNAUTHENTICATED, ClientError
from runtime.viewer import OWNER, Viewer
from tests.api.transport.schema import Context, State

ADA = UUID(int=1)
BEARER = "Bearer ada"


class People:
    def __init__(self, state: State) -> None:
        self.state = state
        self.ended = asyncio.Event()
        self.contexts_entered = 0
        self.contexts_open = 0
        self.database_is_down = False

    async def authenticate(self, authorization: str | None) -> Viewer | None:
        if self.database_is_down:
            raise RuntimeError("connection refused: postgresql://app:hunter2@db")
        if authorization is None:
            return None
        if authorization != BEARER or self.ended.is_set():
            raise ClientError(UNAUTHENTICATED, "The token is not valid")
        return Viewer(user_id=ADA, household_id=UUID(int=2), role=OWNER, session_id=UUID(int=3))

    @asynccontextmanager
    async def context(self, viewer: Viewer | None, network: str) -> AsyncIterator[object]:
        self.contexts_entered += 1
        self.contexts_open += 1
        try:
            yield Context(viewer, self.state)
        finally:
            self.contexts_open -= 1

    def session_ended(self, viewer: Viewer) -> Awaitable[object]:
        return self.ended.wait()
