"""One round trip of a stock client over each transport."""

from gql import Client, GraphQLRequest, gql
from gql.transport.httpx import HTTPXAsyncTransport
from gql.transport.websockets import WebsocketsTransport

from tests.api.transport.people import ADA, BEARER
from tests.api.transport.server import Server


async def test_gql_over_http(server: Server) -> None:
    transport = HTTPXAsyncTransport(url=server.url, headers={"Authorization": BEARER})
    async with Client(transport=transport, fetch_schema_from_transport=True) as session:
        request = GraphQLRequest("query($n: String!) { hello(name: $n) person }", variable_values={"n": "Ada"})
        answer = await session.execute(request)

    assert answer == {"hello": "Hello Ada", "person": str(ADA)}


async def test_gql_over_the_socket(server: Server) -> None:
    transport = WebsocketsTransport(url=server.socket_url, init_payload={"Authorization": BEARER})
    async with Client(transport=transport) as session:
        counted = [event async for event in session.subscribe(gql("subscription { count(to: 3) }"))]
        person = await session.execute(gql("{ person }"))

    assert counted == [{"count": 1}, {"count": 2}, {"count": 3}]
    assert person == {"person": str(ADA)}
