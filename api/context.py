"""What the resolvers of one operation share: the viewer, the outside world, one snapshot and its batcher."""

import asyncio
from types import TracebackType
from typing import Any, Self

from api.batcher import Batcher
from api.errors import UNAUTHENTICATED, ClientError
from api.sessions import LiveSessions
from integrations.world import World
from runtime.reader import Reader
from runtime.viewer import Viewer


class Context:
    """Used as an async context manager: leaving it ends the snapshot."""

    def __init__(
        self, world: World, viewer: Viewer | None, *, sessions: LiveSessions | None = None, network: str = ""
    ) -> None:
        self.world = world
        self.sessions = sessions or LiveSessions(world.system)
        self.viewer = viewer
        self.network = network
        """Where the request came from, as far as it is known: counted, never stored."""
        self.admission: Any = None
        """The way that the operation has come through the limits (api/limits/admission.py)."""
        self._signed_in = viewer
        self._reader: Reader | None = None
        self._batcher: Batcher | None = None
        self._is_over = False

    async def __aenter__(self) -> Self:
        return self

    async def __aexit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self._is_over = True
        await self.renew(self.viewer)

    def require_viewer(self) -> Viewer:
        if self.viewer is None:
            raise ClientError(UNAUTHENTICATED, "Sign in first: this needs an access token.")
        return self.viewer

    @property
    def rate_limit(self) -> Any:
        return self.admission

    @property
    def signed_in(self) -> Viewer | None:
        """Whose credentials came with the request, whoever a payload is shown to meanwhile."""
        return self._signed_in

    @property
    def reader(self) -> Reader:
        """The operation's snapshot, as the viewer. Raises UNAUTHENTICATED."""
        if self._reader is None:
            if self._is_over:
                raise RuntimeError("the operation is over")
            self._reader = Reader(self.world.database, self.require_viewer())
        return self._reader

    def read_through(self, reader: Reader) -> None:
        """Use this reader for the operation, before anything was read."""
        self._reader = reader

    @property
    def batcher(self) -> Batcher:
        if self._batcher is None:
            self._batcher = Batcher(self.reader)
        return self._batcher

    async def renew(self, viewer: Viewer | None) -> None:
        """Drop the snapshot: what is read next sees what has been committed meanwhile, as `viewer`."""
        reader, batcher, self._reader, self._batcher, self.viewer = self._reader, self._batcher, None, None, viewer
        if batcher is not None:
            # Whoever is cancelled while it ends, or a second time, must not keep the connection.
            await asyncio.shield(_end(batcher))
        elif reader is not None:
            await reader.close()


async def _end(batcher: Batcher) -> None:
    await batcher.close()
    await batcher.reader.close()
