"""The transports put together: what the application mounts and what it tells them when the server stops."""

import asyncio
from collections.abc import Sequence

import strawberry
from graphql.validation import ASTValidationRule
from starlette.routing import BaseRoute, Route, WebSocketRoute

from api.transport.bounds import Bounds
from api.transport.connections import Connections
from api.transport.graphiql import EXAMPLE, GraphiqlPage, HeaderSource
from api.transport.http import HttpTransport
from api.transport.operation import Operations
from api.transport.websocket import WebSocketTransport


class Transports:
    """One schema at one address.

    `rules` are validation rules beside the specification's, such as a limit of weight. `graphiql_headers` is asked for
    the headers of each GraphiQL page, `example` is the query it opens with.
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
    ) -> None:
        bounds = bounds or Bounds()
        operations = Operations(schema, rules)
        self._path = path
        self._closing = asyncio.Event()
        self._page = GraphiqlPage(path, graphiql_headers, example)
        self._http = HttpTransport(operations, connections, bounds, self._closing, self._page)
        self._websocket = WebSocketTransport(operations, connections, bounds, self._closing)

    def routes(self) -> list[BaseRoute]:
        return [WebSocketRoute(self._path, self._websocket), Route(self._path, self._http), self._page.route()]

    def close(self) -> None:
        """Ends all streams: sockets with 1012, event streams without `complete`, so that clients come back.

        To be called on the event loop when the server begins to stop; a server waits for its open streams otherwise.
        """
        self._closing.set()
