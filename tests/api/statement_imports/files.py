"""A person who imports a file: start, PUT, have it read, look at the result."""

from pathlib import Path
from typing import Any
from uuid import UUID

import asyncpg
import httpx
from sqlalchemy import update

from api import ids
from domain.statement_imports.models import StatementImport
from integrations.world import World
from runtime.ids import new_id
from runtime.settings import Settings
from tests.api.client import Person
from tests.cluster import DatabaseUrls
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
ACCOUNTS = "{ viewer { accounts { id name type currency mask balance { amount } } } }"
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


async def wind(world: World, import_id: str, **columns: Any) -> None:
    """As if time had passed: set columns of the import."""
    async with world.system.system_session() as session:
        statement = update(StatementImport).where(StatementImport.id == uuid_of(import_id))
        await session.execute(statement.values(**columns))


async def accounts(person: Person) -> list[dict[str, Any]]:
    found: list[dict[str, Any]] = (await person.data(ACCOUNTS))["viewer"]["accounts"]
    return found


def kept(settings: Settings, import_id: str) -> list[Path]:
    """What lies in the object store for an import, unfinished pieces included."""
    folders = (settings.data / "objects" / "imports").glob(f"*/{uuid_of(import_id).hex}")
    return [path for folder in folders for path in folder.rglob("*") if path.is_file()]


async def link(database_urls: DatabaseUrls, person: Person, account: str) -> None:
    """As if the account were a bank's."""
    household_id, link_id, institution_id = ids.decode_as("hsh", person.household_id), new_id(), new_id()
    connection = await asyncpg.connect(database_urls.owner)
    try:
        await connection.execute(
            "insert into institutions (id, provider, provider_id, name) values ($1, 'plaid', $2, 'A bank')",
            institution_id,
            str(institution_id),
        )
        await connection.execute(
            """
            insert into bank_links (household_id, id, user_id, institution_id, provider, provider_item_id, status,
                next_sync_at, created_at)
            values ($1, $2, $3, $4, 'plaid', $5, 'ACTIVE', now(), now())
            """,
            household_id,
            link_id,
            ids.decode_as("usr", person.user_id),
            institution_id,
            str(link_id),
        )
        await connection.execute(
            "update accounts set bank_link_id = $1 where id = $2", link_id, ids.decode_as("acc", account)
        )
    finally:
        await connection.close()
