"""The household's accounts."""

from collections.abc import Sequence
from typing import Annotated
from uuid import UUID

import strawberry

from api.accounts.types import Account
from api.fields import edge
from domain.accounts import models
from domain.accounts.queries import accounts_by_household
from runtime.reader import Reader

Closed = Annotated[bool | None, strawberry.argument(description="Whether closed ones are wanted too.")]


async def accounts_of_household(
    reader: Reader,
    ids: Sequence[UUID],
    include_closed: Closed = False,
) -> dict[UUID, list[models.Account]]:
    return await accounts_by_household(reader, ids, include_closed=bool(include_closed))


@strawberry.type
class AccountsOfViewer:
    accounts: list[Account] = edge(
        accounts_of_household,
        "household_id",
        description="The household's accounts, as they were made.",
        scope="accounts:read",
    )
