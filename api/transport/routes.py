"""The transports put together: what the application mounts and what it tells them when the server stops."""

import asyncio
from collections.abc import Sequence
from pathlib import Path
from typing import Any

import strawberry
from graphql.validation import ASTValidationRule
from starlette.applications import Starlette
from starlette.routing import BaseRoute, Route
from starlette.types import ASGIApp, Receive, Scope, Send
from uvicorn import Config
from uvicorn.server import ServerState

from api.transport.bounds import Bounds
from api.transport.connections import REQUEST, Connections
from api.transport.entrance import Entrance
from api.transport.front import Front
from api.transport.graphiql import EXAMPLE, GraphiqlPage, HeaderSource
from api.transport.http import HttpTransport
from api.transport.persisted import PersistedDocuments, PersistedOperations
from api.transport.places import Places
from api.transport.registered import read_documents
from api.transport.socket.sockets import Sockets
from api.transport.unread import HttpProtocol


class Transports:
    """One schema at one address.

    `rules` are validation rules beside the specification's, such as a limit of weight. `graphiql_headers` is asked for
    the headers of each GraphiQL page, `example` is the query it opens with. `documents` is a folder or file of
    registered documents, `only_documents` whether there are no others. Raises DocumentProblem.
    """

    def __init__(
        self,
        schema: strawberry.Schema,
        connections: Connections,
        *,
        path: str = "/graphql",
        bounds: Bounds | None = None,
        rules: Sequence[type[ASTValidationRule]] = (),
        graphiql_headers: HeaderSource | None = None,
        example: str = EXAMPLE,
        documents: Path | None = None,
        only_documents: bool = False,
        breadth_first: bool = True,
        front: Front | None = None,
        entrance: Entrance | None = None,
    ) -> None:
        bounds = bounds or Bounds()
        self._front = front = front or Front()
        operations = PersistedOperations(schema, rules, breadth_first=breadth_first, bounds=bounds)
        if documents is not None:
            registered = read_documents(documents, operations)
            operations.persisted = PersistedDocuments(registered, only_registered=only_documents)
        self._path = path
        self._closing = asyncio.Event()
        self._page = GraphiqlPage(path, graphiql_headers, example)
        self._bounds = bounds
        places = Places(bounds.sockets)
        self._http = HttpTransport(operations, connections, bounds, self._closing, self._page, front, entrance, places)
        self.sockets = Sockets(operations, connections, bounds, path, front, entrance, places)

    def application(self, others: Sequence[BaseRoute] = ()) -> Starlette:
        """The application with these routes and `others`."""
        # The path has a route all the same: it is what a slash too many is redirected to.
        routes = [Route(self._path, self._http), self._page.route()]
        return _Application(self._path, self._http, self._front, [*routes, *others])

    def protocol(
        self,
        config: Config,
        server_state: ServerState,
        app_state: dict[str, Any],
        _loop: asyncio.AbstractEventLoop | None = None,
    ) -> HttpProtocol:
        """What uvicorn makes of each connection: `uvicorn.Config(http=…)`. Called as uvicorn calls its own classes."""
        return HttpProtocol(self._bounds, self._front, config, server_state, app_state, _loop)

    def begin_to_end(self) -> None:
        """Everything is answered as before, but who asks is told that the process will stop soon."""
        self._front.is_ending = True

    def close(self) -> None:
        """Ends all streams: sockets with 1012, event streams without `complete`, so that clients come back.

        To be called on the event loop when the server begins to stop; a server waits for its open streams otherwise.
        """
        self._closing.set()
        self.sockets.close()
        self.sockets.operations.close()


class _Application(Starlette):
    """Answers GraphQL over HTTP in front of the middleware and the routing, which would take longer than the rest."""

    def __init__(self, path: str, http: ASGIApp, front: Front, routes: Sequence[BaseRoute]) -> None:
        super().__init__(routes=routes)
        self._path = path
        self._front = front
        self._http = http

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        if scope["type"] == "http" and scope["path"] == self._path:
            REQUEST.set(scope)
            await self._http(scope, receive, send)
        elif scope["type"] == "http":
            await self._front.serve(super().__call__, scope, receive, send)
        else:
            await super().__call__(scope, receive, send)
