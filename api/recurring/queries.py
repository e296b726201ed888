"""What comes again and again, as the household sees it."""

from collections.abc import Sequence
from typing import Any
from uuid import UUID

import strawberry

from api.fields import edge
from api.recurring.types import RecurringSeries
from runtime.reader import Reader


async def no_series(reader: Reader, ids: Sequence[UUID]) -> dict[UUID, list[Any]]:
    return {id: [] for id in ids}


@strawberry.type
class RecurringOfViewer:
    recurring: list[RecurringSeries] = edge(
        no_series,
        "household_id",
        description="Payments that come again and again. Nothing finds them yet.",
        scope="recurring:read",
    )
