"""The household's goals."""

from collections.abc import Sequence
from typing import Annotated
from uuid import UUID

import strawberry

from api.fields import edge
from api.goals.types import Goal
from domain.goals import models
from domain.goals.queries import goals_by_household
from runtime.reader import Reader


async def goals(
    reader: Reader,
    ids: Sequence[UUID],
    include_archived: Annotated[
        bool | None, strawberry.argument(description="Whether archived ones are wanted too.")
    ] = False,
) -> dict[UUID, list[models.Goal]]:
    return await goals_by_household(reader, ids, include_archived=bool(include_archived))


@strawberry.type
class GoalsOfViewer:
    goals: list[Goal] = edge(
        goals, "household_id", description="What the household saves towards, as it was made.", scope="goals:read"
    )
