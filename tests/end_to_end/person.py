"""A person at a stock GraphQL client: gql over HTTP, and over graphql-transport-ws for what is live."""

from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from dataclasses import dataclass
from typing import Any

from gql import Client, GraphQLRequest
from gql.client import AsyncClientSession
from gql.transport.httpx import HTTPXAsyncTransport
from gql.transport.websockets import WebsocketsTransport

REQUEST_SECONDS = 20

REGISTER = """
mutation Register($input: RegisterInput!) {
  register(input: $input) { session { accessToken } userErrors { code message path } }
}
"""
SIGN_IN = """
mutation SignIn($input: SignInInput!) {
  signIn(input: $input) { session { accessToken } userErrors { code message path } }
}
"""
TRANSACTIONS = """
query Transactions($after: String) {
  viewer {
    transactions(first: 100, after: $after) {
      nodes {
        id date amount { amount currency } status description originalDescription
        account { id } category { id name kind parent { id } } categorizedBy
      }
      pageInfo { hasNextPage endCursor }
    }
  }
}
"""


class Refused(Exception):
    """A mutation answered with userErrors."""

    def __init__(self, errors: list[dict[str, Any]]) -> None:
        super().__init__(str(errors))
        self.codes = [error["code"] for error in errors]


@dataclass
class Stream:
    """The values of the one field that a document subscribes to."""

    transport: WebsocketsTransport
    events: AsyncIterator[dict[str, Any]]

    def __aiter__(self) -> "Stream":
        return self

    async def __anext__(self) -> dict[str, Any]:
        (value,) = (await anext(self.events)).values()
        event: dict[str, Any] = value
        return event

    def cut(self) -> None:
        """Break the connection as a network does: no closing frame, no goodbye."""
        socket = self.transport.adapter.websocket
        assert socket is not None
        socket.transport.abort()


@dataclass
class Person:
    """Asks over one HTTP client; each stream has a socket of its own, as separate devices have."""

    session: AsyncClientSession
    websocket: str
    token: str

    async def ask(self, document: str, **variables: Any) -> dict[str, Any]:
        """The data. Raises gql's TransportQueryError for an answer with errors."""
        data: dict[str, Any] = await self.session.execute(GraphQLRequest(document, variable_values=variables))
        return data

    async def change(self, document: str, **variables: Any) -> dict[str, Any]:
        """The payload of a document's only mutation. Raises Refused for userErrors."""
        (payload,) = (await self.ask(document, **variables)).values()
        if payload["userErrors"]:
            raise Refused(payload["userErrors"])
        changed: dict[str, Any] = payload
        return changed

    @asynccontextmanager
    async def listening(self, document: str, **variables: Any) -> AsyncIterator["Stream"]:
        """A subscription's events, on a socket of their own; leaving the block closes it."""
        transport = WebsocketsTransport(
            self.websocket,
            init_payload={"Authorization": f"Bearer {self.token}"},
            subprotocols=[WebsocketsTransport.GRAPHQLWS_SUBPROTOCOL],
            connect_timeout=REQUEST_SECONDS,
            close_timeout=2,
        )
        async with Client(transport=transport) as session:
            events = session.subscribe(GraphQLRequest(document, variable_values=variables))
            try:
                yield Stream(transport, events)
            finally:
                await events.aclose()

    async def transactions(self) -> list[dict[str, Any]]:
        """All of the household's, newest first, page by page."""
        found: list[dict[str, Any]] = []
        after = None
        while True:
            page = (await self.ask(TRANSACTIONS, after=after))["viewer"]["transactions"]
            found += page["nodes"]
            if not page["pageInfo"]["hasNextPage"]:
                return found
            after = page["pageInfo"]["endCursor"]


@asynccontextmanager
async def anonymous(url: str) -> AsyncIterator[Person]:
    """Nobody yet: for registering and signing in."""
    async with signed_in(url, "", "") as nobody:
        yield nobody


@asynccontextmanager
async def signed_in(url: str, websocket: str, token: str) -> AsyncIterator[Person]:
    headers = {"Authorization": f"Bearer {token}"} if token else {}
    transport = HTTPXAsyncTransport(url, headers=headers, timeout=REQUEST_SECONDS, trust_env=False)
    async with Client(transport=transport, execute_timeout=None) as session:
        yield Person(session, websocket, token)
