"""A person who imports a file: start, PUT, have it read, look at the result."""

from typing import Any
from uuid import UUID

import httpx

from api import ids
from integrations.world import World
from tests.api.client import Person
from workers.statement_imports import attend_statement_import

START = """
mutation Start($input: StartStatementImportInput!) {
  startStatementImport(input: $input) {
    statementImport { id status format uploadUrl accounts { id } added duplicates rejected { line } problem }
    userErrors { code message path }
  }
}
"""
RESULT = """
query Result($id: ID!) {
  node(id: $id) {
    ... on StatementImport {
      status format uploadUrl added duplicates problem
      rejected { line reason text }
      accounts { id name type currency mask balance { amount currency } }
    }
  }
}
"""
TRANSACTIONS = """
query Transactions {
  viewer {
    transactions(first: 100) {
      nodes { date amount { amount currency } description originalDescription account { id } }
    }
  }
}
"""


async def start(person: Person, file_name: str = "statement.ofx", **given: Any) -> dict[str, Any]:
    """A new import, which awaits its file."""
    payload = await person.change(START, input={"fileName": file_name, **given})
    started: dict[str, Any] = payload["statementImport"]
    return started


async def put(http: httpx.AsyncClient, started: dict[str, Any], content: Any) -> httpx.Response:
    """Send the bytes, without credentials."""
    return await http.put(started["uploadUrl"], content=content)


async def attend(world: World, person: Person, import_id: str) -> None:
    """What a worker does when the job comes to it."""
    await attend_statement_import(
        world,
        household_id=ids.decode_as("hsh", person.household_id),
        statement_import_id=ids.decode_as("imp", import_id),
    )


async def result(person: Person, import_id: str) -> dict[str, Any]:
    """How the import stands."""
    found: dict[str, Any] = (await person.data(RESULT, id=import_id))["node"]
    return found


async def import_file(world: World, person: Person, content: bytes, **given: Any) -> dict[str, Any]:
    """The result of a whole import."""
    started = await start(person, **given)
    answer = await put(person.http, started, content)
    assert answer.status_code == 204, answer.text
    await attend(world, person, started["id"])
    return await result(person, started["id"])


async def transactions(person: Person) -> list[dict[str, Any]]:
    """The newest hundred."""
    found: list[dict[str, Any]] = (await person.data(TRANSACTIONS))["viewer"]["transactions"]["nodes"]
    return found


def uuid_of(import_id: str) -> UUID:
    return ids.decode_as("imp", import_id)
