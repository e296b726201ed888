"""The graphql-transport-ws protocol, as it is meant to be used."""

import pytest

from tests.api.transport.people import ADA, BEARER
from tests.api.transport.schema import SECRET
from tests.api.transport.server import Server, eventually
from tests.api.transport.socket_client import SIGNED_IN, acknowledged, connected


async def test_a_subscription_runs_to_its_end(server: Server) -> None:
    async with acknowledged(server) as client:
        await client.subscribe(
            "a", "subscription($to: Int!) { leaves(to: $to) { number double } }", variables={"to": 2}
        )

        payloads = await client.receive_until_complete("a")

    assert payloads == [
        {"data": {"leaves": {"number": 1, "double": 2}}},
        {"data": {"leaves": {"number": 2, "double": 4}}},
    ]


async def test_each_event_has_a_context_of_its_own(server: Server) -> None:
    async with acknowledged(server) as client:
        await client.subscribe("a", "subscription { count(to: 3) }")

        await client.receive_until_complete("a")

    # One for the source, one for each of the three events.
    assert (server.people.contexts_entered, server.people.contexts_open) == (4, 0)


async def test_no_context_is_open_while_a_stream_waits(server: Server) -> None:
    async with acknowledged(server) as client:
        await client.subscribe("a", "subscription { ticks }")
        await client.receive()

        assert server.people.contexts_open == 0


async def test_queries_and_mutations_are_answered_over_the_socket(server: Server) -> None:
    async with acknowledged(server) as client:
        await client.subscribe("q", "{ hello }")
        answered = await client.receive_until_complete("q")
        await client.subscribe("m", "mutation { increment }")
        changed = await client.receive_until_complete("m")

    assert answered == [{"data": {"hello": "Hello world"}}]
    assert changed == [{"data": {"increment": 1}}]


async def test_the_token_in_the_init_payload_makes_the_viewer(server: Server) -> None:
    async with acknowledged(server, SIGNED_IN) as client:
        await client.subscribe("a", "{ person }")

        assert await client.receive_until_complete("a") == [{"data": {"person": str(ADA)}}]


async def test_the_token_of_the_upgrade_makes_the_viewer(server: Server) -> None:
    async with connected(server, headers={"Authorization": BEARER}) as client:
        await client.init()
        await client.subscribe("a", "{ person }")

        assert await client.receive_until_complete("a") == [{"data": {"person": str(ADA)}}]


async def test_a_socket_without_a_token_has_no_viewer(server: Server) -> None:
    async with acknowledged(server) as client:
        await client.subscribe("a", "{ person }")

        assert await client.receive_until_complete("a") == [{"data": {"person": None}}]


async def test_the_new_subprotocol_is_chosen_among_several(server: Server) -> None:
    async with connected(server, ("graphql-ws", "graphql-transport-ws")) as client:
        assert client.connection.subprotocol == "graphql-transport-ws"

        await client.init()


async def test_many_operations_share_a_socket(server: Server) -> None:
    async with acknowledged(server) as client:
        await client.subscribe("waits", "subscription { ticks }")
        first = await client.receive()
        await client.subscribe("q", "{ hello }")
        between = await client.receive_until_complete("q")
        server.state.tick.set()
        rest = await client.receive_until_complete("waits")

    assert first == {"id": "waits", "type": "next", "payload": {"data": {"ticks": 1}}}
    assert between == [{"data": {"hello": "Hello world"}}]
    assert rest == [{"data": {"ticks": 2}}]


async def test_complete_from_the_client_stops_the_source(server: Server) -> None:
    async with acknowledged(server) as client:
        await client.subscribe("a", "subscription { ticks }")
        await client.receive()

        await client.send({"type": "complete", "id": "a"})

        await eventually(lambda: server.state.sources_open == 0)


async def test_an_id_is_free_again_once_completed(server: Server) -> None:
    async with acknowledged(server) as client:
        await client.subscribe("a", "subscription { ticks }")
        await client.receive()
        await client.send({"type": "complete", "id": "a"})

        await client.subscribe("a", "{ hello }")

        assert await client.receive_until_complete("a") == [{"data": {"hello": "Hello world"}}]


async def test_complete_stops_a_running_query(server: Server) -> None:
    async with acknowledged(server) as client:
        await client.subscribe("a", "{ never }")
        await eventually(lambda: server.state.sources_open == 1)

        await client.send({"type": "complete", "id": "a"})

        await eventually(lambda: server.state.sources_open == 0)


async def test_a_client_that_goes_stops_its_sources(server: Server) -> None:
    async with acknowledged(server) as client:
        await client.subscribe("a", "subscription { ticks }")
        await client.receive()

    await eventually(lambda: server.state.sources_open == 0)


async def test_complete_for_an_unknown_id_is_ignored(server: Server) -> None:
    async with acknowledged(server) as client:
        await client.send({"type": "complete", "id": "never was"})
        await client.subscribe("a", "{ hello }")

        assert await client.receive_until_complete("a") == [{"data": {"hello": "Hello world"}}]


@pytest.mark.parametrize("payload", [None, {"n": 1}])
async def test_ping_is_answered_with_its_payload(server: Server, payload: dict[str, int] | None) -> None:
    message: dict[str, object] = {"type": "ping"} if payload is None else {"type": "ping", "payload": payload}
    async with connected(server) as client:
        await client.send(message)

        assert await client.receive() == {**message, "type": "pong"}


async def test_a_pong_needs_no_answer(server: Server) -> None:
    async with connected(server) as client:
        await client.send({"type": "pong"})

        await client.init()


@pytest.mark.parametrize(
    "query", ["{", "{ unknown }", "query A { hello } query B { hello }", "subscription { count }", ""]
)
async def test_what_cannot_start_is_an_error_message(server: Server, query: str) -> None:
    async with acknowledged(server) as client:
        await client.subscribe("a", query)
        refusal = await client.receive()
        # No `complete` follows an `error`, and the id is free.
        await client.subscribe("a", "{ hello }")
        after = await client.receive_until_complete("a")

    assert (refusal["type"], refusal["id"]) == ("error", "a")
    assert {error["extensions"]["code"] for error in refusal["payload"]} == {"BAD_USER_INPUT"}
    assert after == [{"data": {"hello": "Hello world"}}]


async def test_variables_that_do_not_fit_are_an_error_message(server: Server) -> None:
    async with acknowledged(server) as client:
        query = "subscription($to: Int!) { count(to: $to) }"
        await client.subscribe("a", query, variables={"to": "many"})

        refusal = await client.receive()

    assert (refusal["type"], refusal["payload"][0]["extensions"]) == ("error", {"code": "BAD_USER_INPUT"})


async def test_a_stream_that_ends_on_a_client_error_says_so_last(server: Server) -> None:
    async with acknowledged(server) as client:
        await client.subscribe("a", "subscription { fallsBehind }")

        payloads = await client.receive_until_complete("a")

    lagging = {"message": "Resume after the last position", "extensions": {"code": "LAGGING"}}
    assert payloads == [{"data": {"fallsBehind": 1}}, {"data": None, "errors": [lagging]}]


async def test_a_stream_that_breaks_is_masked(server: Server) -> None:
    async with acknowledged(server) as client:
        await client.subscribe("a", "subscription { breaks }")

        first, last = await client.receive_until_complete("a")

    assert first == {"data": {"breaks": 1}}
    assert last["errors"][0]["extensions"]["code"] == "INTERNAL"
    assert SECRET not in str(last)


async def test_a_stream_ends_where_an_event_has_no_data(server: Server) -> None:
    async with acknowledged(server) as client:
        await client.subscribe("a", "subscription { badEvent }")

        payloads = await client.receive_until_complete("a")

    # The third event must not come: a client that resumes after the first position then misses nothing.
    assert [payload["data"] for payload in payloads] == [{"badEvent": 1}, None]


async def test_a_source_that_refuses_says_so_and_completes(server: Server) -> None:
    async with acknowledged(server) as client:
        await client.subscribe("a", "subscription { closedToYou }")

        [payload] = await client.receive_until_complete("a")

    assert payload["errors"][0]["extensions"] == {"code": "FORBIDDEN"}
