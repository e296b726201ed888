"""gql for Python: the schema by introspection, documents checked against it, a query, a change, a stream."""

import asyncio
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager

import pytest
from gql import Client, gql
from gql.client import AsyncClientSession
from gql.dsl import DSLMutation, DSLQuery, DSLSchema, dsl_gql
from gql.transport.httpx import HTTPXAsyncTransport
from gql.transport.websockets import WebsocketsTransport
from graphql import GraphQLError

from tests.api.client import Person
from tests.api.live.socket_client import PATIENCE_SECONDS, Address

BALANCES = """
subscription Balances($ids: [ID!]) {
  balanceChanged(accountIds: $ids) { sequence account { id } balance { amount } }
}
"""
NEW = {"name": "Daily", "type": "CHECKING", "currency": "USD", "balance": "100"}


@asynccontextmanager
async def over_http(served: Address, person: Person) -> AsyncIterator[tuple[AsyncClientSession, DSLSchema]]:
    headers = {"Authorization": f"Bearer {person.access_token}"}
    transport = HTTPXAsyncTransport(served.http_url, headers=headers, trust_env=False)
    async with Client(transport=transport, fetch_schema_from_transport=True) as session:
        assert session.client.schema is not None
        yield session, DSLSchema(session.client.schema)


@asynccontextmanager
async def over_a_socket(served: Address, person: Person) -> AsyncIterator[AsyncClientSession]:
    transport = WebsocketsTransport(
        served.url,
        init_payload={"Authorization": f"Bearer {person.access_token}"},
        subprotocols=[WebsocketsTransport.GRAPHQLWS_SUBPROTOCOL],
    )
    async with Client(transport=transport) as session:
        yield session


async def opened(session: AsyncClientSession, schema: DSLSchema) -> str:
    payload, account = schema.AccountPayload, schema.Account
    field = schema.Mutation.createAccount(input=NEW).select(payload.account.select(account.id))
    answer = await session.execute(dsl_gql(DSLMutation(field)))
    id: str = answer["createAccount"]["account"]["id"]
    return id


async def test_what_is_written_with_the_fetched_schema_is_executed(served: Address, person: Person) -> None:
    async with over_http(served, person) as (session, schema):
        id = await opened(session, schema)

        accounts = schema.Viewer.accounts.select(schema.Account.id, schema.Account.balance.select(schema.Money.amount))
        answer = await session.execute(dsl_gql(DSLQuery(schema.Query.viewer.select(accounts))))

    assert answer == {"viewer": {"accounts": [{"id": id, "balance": {"amount": "100.00"}}]}}


async def test_a_document_that_the_schema_does_not_take_is_not_sent(served: Address, person: Person) -> None:
    async with over_http(served, person) as (session, _):
        with pytest.raises(GraphQLError, match="Cannot query field 'balnce' on type 'Account'"):
            await session.execute(gql("{ viewer { accounts { balnce } } }"))


async def test_a_stream_brings_what_is_changed_by_http(served: Address, person: Person) -> None:
    update = gql(
        'mutation ($id: ID!) { updateAccount(input: {accountId: $id, balance: "75.5"}) { userErrors { message } } }'
    )
    async with over_http(served, person) as (session, schema), over_a_socket(served, person) as socket:
        id = await opened(session, schema)
        document = gql(BALANCES)
        document.variable_values = {"ids": [id]}
        events = socket.subscribe(document)

        async with asyncio.timeout(PATIENCE_SECONDS):
            first = await anext(events)
            update.variable_values = {"id": id}
            await session.execute(update)
            second = await anext(events)
        await events.aclose()

    amounts = [one["balanceChanged"]["balance"]["amount"] for one in (first, second)]
    assert amounts == ["100.00", "75.50"]
