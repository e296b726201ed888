"""GraphQL over HTTP, well-formed requests."""

import httpx
import pytest

from tests.api.transport.people import ADA, BEARER
from tests.api.transport.schema import SECRET
from tests.api.transport.server import Server, serving
from tests.boundless import BOUNDLESS

NEW = "application/graphql-response+json"
OLD = "application/json"


async def test_post_answers_in_json(client: httpx.AsyncClient, server: Server) -> None:
    response = await client.post(server.url, json={"query": "{ hello }"})

    assert response.status_code == 200
    assert response.headers["content-type"] == "application/json; charset=utf-8"
    assert response.headers["cache-control"] == "no-store"
    assert response.json() == {"data": {"hello": "Hello world"}}


async def test_post_answers_in_the_newer_type_when_asked(client: httpx.AsyncClient, server: Server) -> None:
    response = await client.post(server.url, json={"query": "{ hello }"}, headers={"accept": f"{OLD}, {NEW}"})

    assert response.headers["content-type"] == f"{NEW}; charset=utf-8"
    assert response.json() == {"data": {"hello": "Hello world"}}


async def test_accept_headers_are_one_list(client: httpx.AsyncClient, server: Server) -> None:
    headers = [("accept", "image/png"), ("accept", f"{NEW};q=0.5"), ("accept", f"{OLD};q=0.4")]

    response = await client.post(server.url, json={"query": "{ hello }"}, headers=headers)

    assert response.headers["content-type"] == f"{NEW}; charset=utf-8"


async def test_of_two_credentials_the_first_counts(client: httpx.AsyncClient, server: Server) -> None:
    headers = [("authorization", BEARER), ("authorization", "Bearer forged")]

    response = await client.post(server.url, json={"query": "{ person }"}, headers=headers)

    assert response.json() == {"data": {"person": str(ADA)}}


async def test_a_slash_too_many_is_redirected(client: httpx.AsyncClient, server: Server) -> None:
    response = await client.post(f"{server.url}/", json={"query": "{ hello }"})

    assert (response.status_code, response.headers["location"]) == (307, server.url)


async def test_variables_and_operation_name_choose(client: httpx.AsyncClient, server: Server) -> None:
    request = {
        "query": "query A { hello } query B($name: String!) { hello(name: $name) }",
        "operationName": "B",
        "variables": {"name": "Ada"},
    }

    response = await client.post(server.url, json=request)

    assert response.json() == {"data": {"hello": "Hello Ada"}}


async def test_get_answers_a_query(client: httpx.AsyncClient, server: Server) -> None:
    parameters = {"query": "query($n: String!) { hello(name: $n) }", "variables": '{"n": "Zoë"}'}

    response = await client.get(server.url, params=parameters)

    assert response.status_code == 200
    assert response.json() == {"data": {"hello": "Hello Zoë"}}


async def test_get_never_mutates(client: httpx.AsyncClient, server: Server) -> None:
    response = await client.get(server.url, params={"query": "mutation { increment }"})

    assert response.status_code == 405
    assert response.headers["allow"] == "POST"
    assert server.state.counter == 0


async def test_post_mutates(client: httpx.AsyncClient, server: Server) -> None:
    response = await client.post(server.url, json={"query": "mutation { a: increment b: increment }"})

    assert response.json() == {"data": {"a": 1, "b": 2}}


async def test_the_token_makes_the_viewer(client: httpx.AsyncClient, server: Server) -> None:
    response = await client.post(server.url, json={"query": "{ person }"}, headers={"authorization": BEARER})

    assert response.json() == {"data": {"person": str(ADA)}}


@pytest.mark.parametrize(("accept", "status"), [(OLD, 200), (NEW, 401)])
async def test_a_bad_token_is_never_a_silent_null(
    client: httpx.AsyncClient, server: Server, accept: str, status: int
) -> None:
    headers = {"authorization": "Bearer forged", "accept": accept}

    response = await client.post(server.url, json={"query": "{ person }"}, headers=headers)

    assert response.status_code == status
    assert response.json() == {
        "errors": [{"message": "The token is not valid", "extensions": {"code": "UNAUTHENTICATED"}}]
    }


@pytest.mark.parametrize(("accept", "status"), [(OLD, 200), (NEW, 400)])
@pytest.mark.parametrize(
    "request_",
    [
        {"query": "{"},
        {"query": ""},
        {"query": "{ unknown }"},
        {"query": "{ hello }", "operationName": "Other"},
        {"query": "query A { hello } query B { hello }"},
        {"query": "fragment F on Query { hello }"},
        {"query": "query($n: Int!) { leaf(number: $n) { number } }", "variables": {"n": "one"}},
        {"query": "query($n: Int!) { leaf(number: $n) { number } }"},
        {"query": "{ leaf(number: 99999999999) { number } }"},
    ],
    ids=lambda request_: request_["query"] if isinstance(request_, dict) else None,
)
async def test_what_cannot_start_has_no_data(
    client: httpx.AsyncClient, server: Server, accept: str, status: int, request_: dict[str, object]
) -> None:
    response = await client.post(server.url, json=request_, headers={"accept": accept})

    assert response.status_code == status
    answer = response.json()
    assert "data" not in answer
    assert {error["extensions"]["code"] for error in answer["errors"]} == {"BAD_USER_INPUT"}


async def test_an_unexpected_error_is_masked_and_logged(
    client: httpx.AsyncClient, server: Server, caplog: pytest.LogCaptureFixture
) -> None:
    response = await client.post(server.url, json={"query": "{ broken hello }"})

    answer = response.json()
    assert answer["data"] == {"broken": None, "hello": "Hello world"}
    [error] = answer["errors"]
    assert (error["message"], error["path"]) == ("Internal error", ["broken"])
    assert error["extensions"]["code"] == "INTERNAL"
    assert SECRET not in response.text
    [record] = [record for record in caplog.records if record.name == "coffer.api"]
    assert error["extensions"]["correlationId"] in record.getMessage()
    assert record.exc_info is not None
    assert SECRET in str(record.exc_info[1])


async def test_a_client_error_is_shown(client: httpx.AsyncClient, server: Server) -> None:
    response = await client.post(server.url, json={"query": "{ forbidden }"})

    assert response.json() == {
        "data": {"forbidden": None},
        "errors": [
            {
                "message": "Not yours",
                "locations": [{"line": 1, "column": 3}],
                "path": ["forbidden"],
                "extensions": {"scope": "accounts", "code": "FORBIDDEN"},
            }
        ],
    }


@pytest.mark.parametrize("field", ["tooLarge", "surrogate"])
async def test_a_result_that_cannot_be_said_is_our_fault(client: httpx.AsyncClient, server: Server, field: str) -> None:
    response = await client.post(server.url, json={"query": f"{{ {field} }}"})

    assert response.status_code == 200
    assert [error["extensions"]["code"] for error in response.json()["errors"]] == ["INTERNAL"]


async def test_a_failure_of_ours_before_execution_is_a_500_without_details(
    client: httpx.AsyncClient, server: Server
) -> None:
    server.people.database_is_down = True

    response = await client.post(server.url, json={"query": "{ hello }"}, headers={"authorization": BEARER})

    assert response.status_code == 500
    assert [error["message"] for error in response.json()["errors"]] == ["Internal error"]
    assert "hunter2" not in response.text


@pytest.mark.parametrize("accept", [OLD, NEW, "*/*"])
async def test_a_subscription_needs_a_stream(client: httpx.AsyncClient, server: Server, accept: str) -> None:
    request = {"query": "subscription { count(to: 1) }"}

    response = await client.post(server.url, json=request, headers={"accept": accept})

    assert response.status_code == 400
    assert response.json()["errors"][0]["extensions"] == {"code": "BAD_USER_INPUT"}


async def test_each_operation_has_a_context_of_its_own(client: httpx.AsyncClient, server: Server) -> None:
    for _ in range(3):
        await client.post(server.url, json={"query": "{ hello }"})

    assert (server.people.contexts_entered, server.people.contexts_open) == (3, 0)


@pytest.mark.parametrize(
    ("query", "variables"),
    [
        ("query($v: Int = 1) { leaf(number: $v) { number } }", {"v": None}),
        ("query($v: Int = 1) { box(box: {value: $v}) }", {"v": None}),
    ],
)
async def test_an_argument_that_fails_during_execution_is_the_clients_fault(
    client: httpx.AsyncClient, server: Server, query: str, variables: dict[str, object]
) -> None:
    response = await client.post(server.url, json={"query": query, "variables": variables})

    answer = response.json()
    assert answer["data"] is None
    assert [error["extensions"] for error in answer["errors"]] == [{"code": "BAD_USER_INPUT"}]


async def test_a_result_too_deep_to_say_is_the_clients_fault(client: httpx.AsyncClient) -> None:
    # 150 lists of one object: 300 levels of JSON, of which orjson writes 254.
    query = "{ leaf {" + "listed {" * 150 + "number" + "}" * 150 + "} }"

    async with serving(BOUNDLESS) as server:
        response = await client.post(server.url, json={"query": query})

    assert response.status_code == 200
    answer = response.json()
    assert answer["data"] is None
    assert [error["extensions"] for error in answer["errors"]] == [{"code": "BAD_USER_INPUT"}]


async def test_a_message_does_not_give_a_long_value_back(client: httpx.AsyncClient, server: Server) -> None:
    request = {"query": "query($n: Int!) { leaf(number: $n) { number } }", "variables": {"n": "x" * 500_000}}

    response = await client.post(server.url, json=request)

    assert response.json()["errors"][0]["extensions"] == {"code": "BAD_USER_INPUT"}
    assert len(response.content) < 2000
