"""Reading what concerns one's own account."""

from collections.abc import Sequence
from datetime import datetime
from typing import Annotated
from uuid import UUID

import strawberry

from api.fields import edge
from api.identity.onboarding import OnboardingOfViewer
from api.identity.security_types import ActiveSession, SecurityEvent
from api.pagination import Connection, page_request
from domain.identity import models
from domain.identity.deletion import deletion_due_by_user
from domain.identity.queries import security_events_by_user, sessions_by_user
from domain.pages import Page
from runtime.reader import Reader

First = Annotated[int | None, strawberry.argument(description="How many, 1 to 100; 50 where left out.")]
After = Annotated[str | None, strawberry.argument(description="The cursor that the page follows.")]


async def sessions(
    reader: Reader, user_ids: Sequence[UUID], first: First = None, after: After = None
) -> dict[UUID, Page[models.Session]]:
    return await sessions_by_user(reader, user_ids, page_request(first, after))


async def security_events(
    reader: Reader, user_ids: Sequence[UUID], first: First = None, after: After = None
) -> dict[UUID, Page[models.SecurityEvent]]:
    return await security_events_by_user(reader, user_ids, page_request(first, after))


@strawberry.type
class IdentityOfViewer(OnboardingOfViewer):
    sessions: Connection[ActiveSession] = edge(
        sessions,
        "user_id",
        description="Where you are signed in, in whatever household, the newest first.",
        scope="person",
    )
    security_events: Connection[SecurityEvent] = edge(
        security_events,
        "user_id",
        description="What happened to your account in the last 400 days, the newest first.",
        scope="person",
    )
    account_deletion_due_at: datetime | None = edge(
        deletion_due_by_user,
        "user_id",
        description="When your account is erased, because you asked for it; null where it stays.",
        scope="person",
    )
