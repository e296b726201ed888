"""Show how a document is executed: its steps, the columns they read, and the function that shows the rows.

With --as it is executed once for that person, and each statement is shown with the number of its rows. Queries only;
that needs DATABASE_OWNER_URL, to find the person, and what the API needs.
"""

import argparse
import asyncio
import os
import sys
from collections.abc import Iterator, Sequence
from pathlib import Path
from typing import Any

import asyncpg
import orjson

from api.context import Context
from api.errors import format_errors
from api.execution.explain import explained
from api.execution.plan import Unsupported
from api.schema import schema
from api.transport.documents import Refused
from api.transport.operation import Operation, Operations
from api.transport.parameters import read_parameters
from cli.main import Refusal
from domain.mail.address import email_key
from integrations.world import World, open_world
from runtime.reader import Reader
from runtime.rows import Layouts, Row
from runtime.settings import SettingProblem, from_environment
from runtime.viewer import Viewer

_PERSON = """
select m.user_id, m.household_id, m.role
from users u join household_members m on m.user_id = u.id
where u.email_key = $1 order by m.joined_at limit 1
"""


def add_arguments(parser: argparse.ArgumentParser) -> None:
    parser.add_argument("file", type=Path, metavar="FILE.graphql")
    parser.add_argument("--operation", metavar="NAME", help="which operation of the file, where there are several")
    parser.add_argument("--variables", metavar="JSON", default="{}", help="what its variables are")
    parser.add_argument("--as", metavar="EMAIL", dest="person", help="execute it once for this person")


def run(arguments: argparse.Namespace) -> int:
    try:
        for line in asyncio.run(_explained(arguments)):
            print(line)
    except Refused as refused:
        for error in format_errors(refused.errors):
            print(f"coffer: {error['message']}", file=sys.stderr)
        return 1
    except Unsupported as unsupported:
        print(f"graphql-core executes it: {unsupported}")
    except (OSError, orjson.JSONDecodeError, SettingProblem, asyncpg.PostgresError) as error:
        raise Refusal(str(error)) from error
    return 0


async def _explained(arguments: argparse.Namespace) -> list[str]:
    operations = Operations(schema)
    operation = operations.read(
        read_parameters(
            {
                "query": arguments.file.read_text(),
                "operationName": arguments.operation,
                "variables": orjson.loads(arguments.variables),
            }
        )
    )
    variables = operation.executable.variables.read(operation.variables)
    if isinstance(variables, list):
        raise Refused(variables)
    ready = operation.executable.ready(variables)
    if arguments.person is None:
        return list(explained(operation.executable, ready))
    if ready.prepared is None:
        raise Refusal("only queries are executed here")
    async with open_world(from_environment()) as world:
        statements = await _statements(world, operations, operation, await _viewer(arguments.person))
    return [*explained(operation.executable, ready), "", *statements]


async def _statements(world: World, operations: Operations, operation: Operation, viewer: Viewer) -> list[str]:
    async with Context(world, viewer) as context:
        context.read_through(_Recording(world.database, viewer))
        await operations.executed(operation, context)
        reader = context.reader
        return list(_told(reader.sent)) if isinstance(reader, _Recording) else []


def _told(sent: list[tuple[str, int]]) -> Iterator[str]:
    for text, rows in sent:
        yield f"-- {rows} rows"
        yield " ".join(text.split())


class _Recording(Reader):
    """Keeps what it sends, and how many rows came back."""

    __slots__ = ("sent",)

    def __init__(self, *given: Any) -> None:
        super().__init__(*given)
        self.sent: list[tuple[str, int]] = []

    def wanting(self, layouts: Layouts, is_gathered: bool = False) -> Reader:
        view = super().wanting(layouts, is_gathered)
        view.sent = self.sent  # type: ignore[attr-defined]  # it is of this class
        return view

    async def _send(
        self, text: str, arguments: Sequence[object], record: type[Row], is_unsorted: bool = False
    ) -> list[Any]:
        rows = await super()._send(text, arguments, record, is_unsorted)
        if not self._is_gathered:
            self.sent.append((text, len(rows)))
        return rows


async def _viewer(email: str) -> Viewer:
    url = os.environ.get("DATABASE_OWNER_URL")
    if not url:
        raise Refusal("DATABASE_OWNER_URL is not set: it is needed to find the person")
    connection = await asyncpg.connect(url)
    try:
        found = await connection.fetchrow(_PERSON, email_key(email))
    finally:
        await connection.close()
    if found is None:
        raise Refusal(f"nobody here is {email}")
    return Viewer(*found)
