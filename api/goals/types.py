"""Goals and what was put into them."""

from collections.abc import Sequence
from datetime import date, datetime
from enum import Enum
from typing import Annotated
from uuid import UUID

import strawberry

from api.fields import column, edge
from api.gates import Payload
from api.money import Money, money_of
from api.node import Node, node_type
from api.pagination import Connection, page_request
from api.scopes import requires
from api.transactions.types import Transaction
from domain.goals import models
from domain.goals.queries import (
    contributions_by_goal,
    contributions_by_ids,
    goals_by_ids,
    needed_by_standing,
    pace_by_standing,
)
from domain.pages import Page
from domain.transactions.queries import transactions_by_ids
from runtime.reader import Reader

STANDING = ("target", "saved", "currency", "created_at", "target_date")


@strawberry.enum(
    description=(
        "How the saved amount stands to what was to be expected by now, growing evenly by days from nothing to the "
        "target on its date; 2 % of the target either way is ON_TRACK."
    )
)
class GoalPace(Enum):
    AHEAD = strawberry.enum_value("AHEAD", description="More is saved than was to be expected.")
    ON_TRACK = strawberry.enum_value("ON_TRACK", description="About as much is saved as was to be expected.")
    BEHIND = strawberry.enum_value("BEHIND", description="Less is saved than was to be expected.")
    REACHED = strawberry.enum_value("REACHED", description="The target is saved.")
    NO_DATE = strawberry.enum_value("NO_DATE", description="There is no date, and so nothing to be expected.")


@requires("goals:read")
@node_type(
    "gcn",
    models.GoalContribution,
    by_ids=contributions_by_ids,
    description="Money put into a goal, or taken back from it.",
)
class GoalContribution(Node):
    amount: Money = money_of("Negative where it was taken back.", "amount", "currency")
    at: datetime = column("When it was contributed.")
    transaction: Transaction | None = edge(
        transactions_by_ids,
        "transaction_id",
        description="The transaction that it came with; null where none was named, or where it is gone.",
    )
    note: str | None = column("A person's words on it.")


async def contributions_of_goal(
    reader: Reader,
    ids: Sequence[UUID],
    first: Annotated[int | None, strawberry.argument(description="How many, 1 to 100; 50 where left out.")] = None,
    after: Annotated[str | None, strawberry.argument(description="The cursor that the page follows.")] = None,
) -> dict[UUID, Page[models.GoalContribution]]:
    return await contributions_by_goal(reader, ids, request=page_request(first, after))


@requires("goals:read")
@node_type("goa", models.Goal, by_ids=goals_by_ids, description="Something that the household saves towards.")
class Goal(Node):
    name: str = column("What it is for.")
    target: Money = money_of("How much it needs.", "target", "currency")
    saved: Money = money_of("The sum of its contributions.", "saved", "currency")
    target_date: date | None = column("The day by which it is to be reached; null where there is none.")
    monthly_needed: Money | None = edge(
        needed_by_standing,
        *STANDING,
        description="What has to be saved each month from now to arrive in time; null without a target date.",
    )
    pace: GoalPace = edge(pace_by_standing, *STANDING, description="How it stands today.")
    contributions: Connection[GoalContribution] = edge(
        contributions_of_goal, "id", description="What was put in and taken back, newest first."
    )
    archived_at: datetime | None = column("When it was archived; null while it is not.")


@strawberry.type(description="A goal that was made or changed.")
class GoalPayload(Payload):
    goal: Goal | None = edge(goals_by_ids, "object_id", description="The goal; null where it was refused.")
