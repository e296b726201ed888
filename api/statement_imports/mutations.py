"""Starting the import of a bank's file."""

from uuid import UUID

import strawberry

from api.gates import mutation
from api.ids import input_id
from api.statement_imports.types import StatementImportPayload
from domain.statement_imports import commands
from runtime.unit import Unit


@strawberry.input(
    description="Step one of importing a bank's file: where to put its bytes. With `review` the rows wait to be "
    "confirmed."
)
class StartStatementImportInput:
    account_id: strawberry.ID | None = strawberry.field(
        default=None, description="Left out: each account named in the file is matched by its number, or made."
    )
    file_name: str = strawberry.field(description="What the file is called, for people; at most 255 characters.")
    review: bool | None = strawberry.field(
        default=False, description="Whether the rows wait to be confirmed. NOT_ALLOWED for now."
    )
    idempotency_key: str | None = strawberry.field(
        default=None, description="Makes sure that a repeated request starts one import."
    )


async def start_statement_import(unit: Unit, input: StartStatementImportInput) -> UUID:
    return await commands.start_statement_import(
        unit,
        account_id=None if input.account_id is None else input_id("acc", input.account_id, "accountId"),
        file_name=input.file_name,
        review=bool(input.review),
    )


@strawberry.type
class StatementImportMutations:
    start_statement_import: StatementImportPayload | None = mutation(
        start_statement_import,
        description="Get an address for a bank's file. Closed and linked accounts take none: NOT_ALLOWED.",
        scope="imports:write",
    )
