"""Imports of banks' files."""

from datetime import datetime
from enum import Enum
from typing import Any
from uuid import UUID

import strawberry

from api.accounts.types import Account
from api.fields import column, edge, value, world_value
from api.gates import Payload
from api.node import Node, node_type
from api.scalars import URL
from api.scopes import requires
from api.uploads import upload_url
from domain.statement_imports import models
from domain.statement_imports.queries import (
    accounts_by_statement_import,
    statement_imports_by_ids,
)
from domain.statement_imports.statement import RejectedLine
from domain.statement_imports.upload import awaits_file
from integrations.world import World


@strawberry.enum(description="Where an import stands.")
class StatementImportStatus(Enum):
    AWAITING_FILE = strawberry.enum_value("AWAITING_FILE", description="The file's bytes have not come yet.")
    READING = strawberry.enum_value("READING", description="The file is there and is being read.")
    AWAITING_REVIEW = strawberry.enum_value("AWAITING_REVIEW", description="Its rows wait to be confirmed.")
    DONE = strawberry.enum_value("DONE", description="Its rows are transactions now.")
    FAILED = strawberry.enum_value("FAILED", description="Nothing of it was kept; `problem` says why.")
    UNDONE = strawberry.enum_value("UNDONE", description="Its rows were taken back.")


@strawberry.enum(description="What a bank's file is written in.")
class StatementFormat(Enum):
    OFX = strawberry.enum_value("OFX", description="Open Financial Exchange, 1.x and 2.x.")
    QFX = strawberry.enum_value("QFX", description="OFX as Quicken takes it.")
    QIF = strawberry.enum_value("QIF", description="Quicken Interchange Format; not read yet.")
    CSV = strawberry.enum_value("CSV", description="A table of text; not read yet.")
    CAMT053 = strawberry.enum_value("CAMT053", description="ISO 20022 bank statement; not read yet.")
    MT940 = strawberry.enum_value("MT940", description="SWIFT customer statement; not read yet.")


@requires("imports:read")
@strawberry.type(description="A part of a file that could not be read.")
class RejectedRow:
    line: int | None = column("Line of the file, counted from 1.")
    reason: str = column("Why it was left out.")
    text: str | None = column("What stands there; at most 200 characters.")


def _rejected(stored: list[dict[str, Any]]) -> list[RejectedLine]:
    return [RejectedLine(**line) for line in stored]


def _upload_url(world: World, household_id: UUID, id: UUID, status: str, upload_until: datetime) -> str | None:
    return upload_url(world, household_id, id) if awaits_file(status, upload_until) else None


@requires("imports:read")
@node_type(
    "imp",
    models.StatementImport,
    by_ids=statement_imports_by_ids,
    description="A bank's file on its way to transactions. The bytes are PUT to `uploadUrl` (one use, short-lived, no "
    "further credentials); reading starts by itself.",
)
class StatementImport(Node):
    status: StatementImportStatus = column("Where it stands.")
    format: StatementFormat | None = column("What the file is written in; null until it was read.")
    upload_url: URL | None = world_value(
        "Where to PUT the file's bytes, at most 20 MiB, within an hour; null once they are there or the time is over.",
        _upload_url,
        "household_id",
        "id",
        "status",
        "upload_until",
    )
    accounts: list[Account] = edge(
        accounts_by_statement_import,
        "id",
        description="The accounts that the file tells of; before it was read, the one that was chosen for it.",
    )
    added: int = column("How many transactions came of it.")
    duplicates: int = column("How many rows were there already.")
    rejected: list[RejectedRow] = value("The rows that could not be read.", _rejected, "rejected")
    problem: str | None = column("What a person can do about a file that failed as a whole; null for others.")


@strawberry.type(description="An import that was started.")
class StatementImportPayload(Payload):
    statement_import: StatementImport | None = edge(
        statement_imports_by_ids, "object_id", description="The import; null where it was refused."
    )
