"""graphql-http's audit of the GraphQL-over-HTTP specification: MUST, SHOULD and MAY."""

import json

import pytest

from tests.api.client import Person
from tests.api.live.socket_client import Address
from tests.clients.nodejs import INSTALL_SECONDS, Workshop

AUDITS = 61


@pytest.mark.timeout(INSTALL_SECONDS + 120)
async def test_every_audit_is_passed_signed_in(served: Address, person: Person, node: Workshop) -> None:
    said = await node.run("audit.mjs", COFFER_URL=served.http_url, COFFER_TOKEN=str(person.access_token))

    assert said.status == 0, said.errors
    assert json.loads(said.output) == {"total": AUDITS, "ok": AUDITS, "findings": []}
