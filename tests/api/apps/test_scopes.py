"""What a third party's scopes do not reach is refused before anything is executed, or as if it were not there."""

from collections.abc import AsyncIterator
from dataclasses import replace
from typing import Any

import httpx
import pytest

from api.app import open_app
from runtime.settings import Settings
from tests.api import books
from tests.api.apps.tokens import token_of
from tests.api.client import Person, http_client

NODE = "query ($id: ID!) { node(id: $id) { __typename id } }"
NODES = "query ($ids: [ID!]!) { nodes(ids: $ids) { __typename } }"
CHANGES = "query ($after: String!) { viewer { changes(after: $after) { nodes { id node { __typename } } } } }"


@pytest.fixture(params=["breadth-first", "core"])
def settings(settings: Settings, request: pytest.FixtureRequest) -> Settings:
    return replace(settings, breadth_first=request.param == "breadth-first")


@pytest.fixture
async def http(settings: Settings) -> AsyncIterator[httpx.AsyncClient]:
    async with open_app(settings) as app, http_client(app) as client:
        yield client


def refused(answer: dict[str, Any]) -> list[tuple[list[str], list[str]]]:
    """The path and the missing scopes of each error; nothing else may be in the answer."""
    assert answer.get("data") is None
    assert {error["extensions"]["code"] for error in answer["errors"]} == {"FORBIDDEN"}
    return [(error["path"], error["extensions"]["missingScopes"]) for error in answer["errors"]]


async def test_a_field_needs_its_scope(person: Person) -> None:
    tool = await token_of(person, "accounts:read")

    answer = await tool.send("{ viewer { accounts { name } budgets { id } } }")

    assert refused(answer) == [(["viewer", "budgets"], ["budgets:read"])]


async def test_the_path_is_that_of_the_response(person: Person) -> None:
    tool = await token_of(person, "accounts:read")

    answer = await tool.send("{ me: viewer { all: accounts { booked: transactions { nodes { id } } } } }")

    assert refused(answer) == [(["me", "all", "booked"], ["transactions:read"])]


async def test_a_field_that_leads_to_another_area_needs_both(person: Person) -> None:
    tool = await token_of(person, "transactions:read")

    answer = await tool.send("{ viewer { transactions { nodes { account { __typename } category { name } } } } }")

    assert refused(answer) == [
        (["viewer", "transactions", "nodes", "account"], ["accounts:read"]),
        (["viewer", "transactions", "nodes", "category"], ["categories:read"]),
    ]


@pytest.mark.parametrize(
    "document",
    [
        "{ viewer { ...Inner } } fragment Inner on Viewer { ...Deeper } fragment Deeper on Viewer { goals { id } }",
        "query { viewer { ... on Viewer { ... { goals { id } } } } }",
        "query { viewer { goals @skip(if: true) { id } } }",
        "query ($no: Boolean = false) { viewer { goals @include(if: $no) { id } } }",
        "query { viewer { accounts { id } ... @include(if: false) { goals { __typename } } } }",
    ],
)
async def test_no_fragment_or_directive_is_a_way_around(person: Person, document: str) -> None:
    tool = await token_of(person, "accounts:read")

    found = refused(await tool.send(document))

    assert found == [(["viewer", "goals"], ["goals:read"])]


async def test_an_interface_is_no_way_around(person: Person) -> None:
    account = await books.open_account(person)
    tool = await token_of(person, "goals:read")

    assert await tool.data(NODE, id=account) == {"node": None}
    assert await tool.data(NODES, ids=[account]) == {"nodes": [None]}
    answer = await tool.send("query ($id: ID!) { node(id: $id) { ... on Account { name } } }", id=account)
    assert refused(answer) == [(["node", "name"], ["accounts:read"])]


async def test_a_node_within_the_scopes_is_found(person: Person) -> None:
    account = await books.open_account(person)
    tool = await token_of(person, "accounts:read")

    assert await tool.data(NODE, id=account) == {"node": {"__typename": "Account", "id": account}}


async def test_changes_of_other_types_are_left_out(person: Person) -> None:
    start = (await person.data("{ viewer { sequence } }"))["viewer"]["sequence"]
    account = await books.open_account(person)
    await books.book(person, account, "-5.00")

    tool = await token_of(person, "changes:read", "accounts:read")
    changes = (await tool.data(CHANGES, after=start))["viewer"]["changes"]["nodes"]
    blind = await token_of(person, "changes:read")

    assert {change["id"].partition("_")[0] for change in changes} == {"acc"}
    assert {change["node"]["__typename"] for change in changes} == {"Account"}
    assert (await blind.data(CHANGES, after=start))["viewer"]["changes"]["nodes"] == []


async def test_asking_for_a_type_by_name_shows_no_more(person: Person) -> None:
    start = (await person.data("{ viewer { sequence } }"))["viewer"]["sequence"]
    account = await books.open_account(person)
    await books.book(person, account, "-5.00")
    tool = await token_of(person, "changes:read", "accounts:read")

    found = await tool.data(
        'query ($after: String!) { viewer { changes(after: $after, types: ["Transaction"]) { nodes { id } } } }',
        after=start,
    )

    assert found == {"viewer": {"changes": {"nodes": []}}}


async def test_a_mutation_needs_its_scope_and_changes_nothing_without(person: Person) -> None:
    tool = await token_of(person, "accounts:read", "transactions:write")

    answer = await tool.send(books.CREATE_ACCOUNT, input={"name": "Cash", "type": "CASH", "currency": "USD"})

    assert refused(answer) == [(["createAccount"], ["accounts:write"])]
    assert await books.balances(person) == []


async def test_one_forbidden_mutation_stops_the_others_of_the_document(person: Person) -> None:
    tool = await token_of(person, "accounts:read", "accounts:write")
    document = """
    mutation ($input: CreateAccountInput!) {
      createAccount(input: $input) { userErrors { code } }
      deleteGoal: archiveGoal(input: {goalId: "goa_x"}) { userErrors { code } }
    }
    """

    answer = await tool.send(document, input={"name": "Cash", "type": "CASH", "currency": "USD"})

    assert refused(answer) == [(["deleteGoal"], ["goals:write"])]
    assert await books.balances(person) == []


async def test_what_a_mutation_changed_is_shown_to_those_who_may_read_it(person: Person) -> None:
    tool = await token_of(person, "accounts:write")

    answer = await tool.send(books.CREATE_ACCOUNT, input={"name": "Cash", "type": "CASH", "currency": "USD"})

    assert refused(answer) == [(["createAccount", "account"], ["accounts:read"])]
    assert await books.balances(person) == []


@pytest.mark.parametrize(
    "document",
    [
        'mutation { updateProfile(input: {displayName: "X"}) { user { id } } }',
        "{ viewer { personalTokens { id } } }",
        "{ viewer { grants { id } } }",
        "{ viewer { apps { id } } }",
    ],
)
async def test_some_things_are_for_the_persons_own_clients(person: Person, document: str) -> None:
    tool = await token_of(person, "profile:read", "household:read")

    (found,) = [missing for _, missing in refused(await tool.send(document))]

    assert found == ["person"]


async def test_introspection_is_free(person: Person) -> None:
    tool = await token_of(person, "goals:read")

    found = await tool.data('{ __typename __schema { queryType { name } } __type(name: "Account") { name } }')

    assert found["__schema"] == {"queryType": {"name": "Query"}}


async def test_an_event_stream_needs_its_scope(person: Person, http: httpx.AsyncClient) -> None:
    tool = await token_of(person, "accounts:read")

    answer = await http.post(
        "/graphql",
        json={"query": "subscription { transactionsChanged { sequence } }"},
        headers={"Authorization": f"Bearer {tool.access_token}", "Accept": "text/event-stream"},
    )

    assert '"missingScopes":["transactions:read"]' in answer.text
    assert '"data"' not in answer.text


async def test_get_needs_the_same(person: Person, http: httpx.AsyncClient) -> None:
    tool = await token_of(person, "accounts:read")

    answer = await http.get(
        "/graphql",
        params={"query": "{ viewer { goals { id } } }"},
        headers={"Authorization": f"Bearer {tool.access_token}", "Accept": "application/graphql-response+json"},
    )

    assert answer.status_code == 403
    assert refused(answer.json()) == [(["viewer", "goals"], ["goals:read"])]
