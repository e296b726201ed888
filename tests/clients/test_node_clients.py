"""Stock clients for Node against a running server, each as its own manual uses it."""

import pytest

from tests.api.client import Person
from tests.api.live.socket_client import Address
from tests.clients.nodejs import INSTALL_SECONDS, RELAY_COMPILER, Workshop

pytestmark = pytest.mark.timeout(INSTALL_SECONDS + 120)


@pytest.mark.parametrize("script", ["apollo", "urql", "graphql-ws", "graphql-sse"])
async def test_a_client_reads_changes_and_listens(script: str, served: Address, person: Person, node: Workshop) -> None:
    said = await node.run(f"{script}.mjs", **environment(served, person))

    assert said.status == 0, said.errors


async def test_relay_pages_finds_nodes_changes_and_listens(served: Address, person: Person, node: Workshop) -> None:
    compiled = await node.run(RELAY_COMPILER, "relay.config.json")
    assert compiled.status == 0, compiled.errors + compiled.output

    said = await node.run("relay.mjs", **environment(served, person))

    assert said.status == 0, said.errors


def environment(served: Address, person: Person) -> dict[str, str]:
    return {"COFFER_URL": served.http_url, "COFFER_SOCKET": served.url, "COFFER_TOKEN": str(person.access_token)}
