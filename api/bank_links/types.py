"""Links to banks, and how their synchronisation goes."""

from collections.abc import Sequence
from datetime import datetime
from enum import Enum
from typing import TYPE_CHECKING, Annotated
from uuid import UUID

import strawberry

from api.fields import column, edge
from api.gates import Payload
from api.node import Node, node_type
from api.pagination import Connection, page_request
from api.scalars import URL
from api.scopes import requires
from domain.bank_links import models
from domain.bank_links.queries import (
    accounts_by_bank_link,
    bank_links_by_ids,
    institutions_by_ids,
    syncs_by_bank_link,
    syncs_by_ids,
)
from domain.pages import Page
from runtime.reader import Reader

if TYPE_CHECKING:
    from api.accounts.types import Account

First = Annotated[int | None, strawberry.argument(description="So many from the beginning: 1 to 100, else 50.")]
After = Annotated[str | None, strawberry.argument(description="Only what follows this cursor.")]


@strawberry.enum(description="How it stands with a link.")
class BankLinkStatus(Enum):
    ACTIVE = strawberry.enum_value("ACTIVE", description="It works.")
    SYNCING = strawberry.enum_value("SYNCING", description="It is being synchronised just now.")
    NEEDS_SIGN_IN = strawberry.enum_value(
        "NEEDS_SIGN_IN",
        description="The bank wants to see the person again: repair it with `createLinkToken`, then `syncBankLink`.",
    )
    FAILING = strawberry.enum_value(
        "FAILING", description="It has failed several times in a row; see the newest sync's `problem`."
    )
    UNLINKED = strawberry.enum_value("UNLINKED", description="It has ended.")


@strawberry.enum(description="How a synchronisation went.")
class SyncStatus(Enum):
    RUNNING = strawberry.enum_value("RUNNING", description="It is under way, or about to begin.")
    SUCCEEDED = strawberry.enum_value("SUCCEEDED", description="Everything that the bank had is here.")
    FAILED = strawberry.enum_value("FAILED", description="Nothing of it was applied; `problem` says why.")


@requires("bank_links:read")
@node_type("ins", models.Institution, by_ids=institutions_by_ids, description="A bank or the like.")
class Institution(Node):
    name: str = column("How it calls itself.")
    url: URL | None = column("Its page for people; null where it is not known.")


@requires("bank_links:read")
@node_type("syn", models.Sync, by_ids=syncs_by_ids, description="One synchronisation of a link.")
class Sync(Node):
    status: SyncStatus = column("How it went.")
    started_at: datetime = column("When it was asked for, or began by itself.")
    finished_at: datetime | None = column("When it ended; null while it runs.")
    added: int = column("How many transactions came.")
    modified: int = column("How many transactions changed.")
    removed: int = column("How many transactions the bank took back.")
    problem: str | None = column("What went wrong in words a person can act on; null where nothing did.")


async def syncs_of_bank_link(
    reader: Reader, ids: Sequence[UUID], first: First = None, after: After = None
) -> dict[UUID, Page[models.Sync]]:
    return await syncs_by_bank_link(reader, ids, page_request(first, after))


@requires("bank_links:read")
@node_type(
    "bnk",
    models.BankLink,
    by_ids=bank_links_by_ids,
    description="One person's connection to one institution, and the state of its synchronisation.",
)
class BankLink(Node):
    institution: Institution = edge(institutions_by_ids, "institution_id", description="The bank.")
    status: BankLinkStatus = column("How it stands with the link.")
    last_synced_at: datetime | None = column("When a synchronisation succeeded last; null before the first one.")
    accounts: list[Annotated["Account", strawberry.lazy("api.accounts.types")]] = edge(
        accounts_by_bank_link, "id", description="Its accounts as they were made, closed ones included."
    )
    syncs: Connection[Sync] = edge(syncs_of_bank_link, "id", description="Its synchronisations, newest first.")


@strawberry.type(description="A link that was made or ended.")
class BankLinkPayload(Payload):
    bank_link: BankLink | None = edge(
        bank_links_by_ids, "object_id", description="The link; null where it was refused."
    )


@strawberry.type(description="A synchronisation that was asked for.")
class SyncBankLinkPayload(Payload):
    sync: Sync | None = edge(syncs_by_ids, "object_id", description="The synchronisation; null where it was refused.")


@strawberry.type(description="What the provider's link dialogue is opened with.")
class CreateLinkTokenPayload(Payload):
    link_token: str | None = column("For the dialogue; null where it was refused.")
    expires_at: datetime | None = column("Until when the dialogue can be opened with it.")
