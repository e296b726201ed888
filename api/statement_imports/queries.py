"""The household's imports."""

from collections.abc import Sequence
from typing import Annotated
from uuid import UUID

import strawberry

from api.fields import edge
from api.pagination import Connection, page_request
from api.statement_imports.types import StatementImport
from domain.pages import Page
from domain.statement_imports import models
from domain.statement_imports.queries import statement_imports_by_household
from runtime.reader import Reader

First = Annotated[int | None, strawberry.argument(description="So many from the beginning: 1 to 100, else 50.")]
After = Annotated[str | None, strawberry.argument(description="Only what follows this cursor.")]


async def statement_imports_of_household(
    reader: Reader, ids: Sequence[UUID], first: First = None, after: After = None
) -> dict[UUID, Page[models.StatementImport]]:
    return await statement_imports_by_household(reader, ids, page_request(first, after))


@strawberry.type
class StatementImportsOfViewer:
    statement_imports: Connection[StatementImport] = edge(
        statement_imports_of_household,
        "household_id",
        description="Imports of banks' files, newest first.",
        scope="imports:read",
    )
