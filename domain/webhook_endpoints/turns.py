"""Whose turn it is: endpoints with something due, taken by one worker at a time.

Whoever takes one holds its lease and renews it before each try, so that a worker that dies at it leaves it to the next.
"""

from collections.abc import Sequence
from datetime import timedelta
from uuid import UUID

from sqlalchemy import func, or_, select, update
from sqlalchemy.orm import aliased

from domain.webhook_endpoints.models import ACTIVE, WebhookEndpoint
from runtime import clock
from runtime.ids import new_id
from runtime.system import SystemDatabase

LEASE_SECONDS = 40
"""Longer than a try can take."""
MOST_OF_ONE = 3
"""Of one person at a time, so that slow receivers of theirs leave room for other people's."""
MOST_DUE = 200

_DUE = f"""
select endpoint.id
from webhook_endpoints endpoint
join streams on streams.stream_id = endpoint.household_id
left join webhook_deliveries pending
    on pending.endpoint_id = endpoint.id and pending.kind = 'CHANGES' and pending.status = 'PENDING'
where endpoint.status = 'ACTIVE' and (endpoint.leased_until is null or endpoint.leased_until <= $1)
    and {{whose}} and (
        pending.next_attempt_at <= $1 or (pending.id is null and streams.head_seq >= endpoint.next_seq)
        or exists (
            select from webhook_deliveries ping
            where ping.endpoint_id = endpoint.id and ping.kind = 'PING' and ping.status = 'PENDING'
        )
    )
order by pending.next_attempt_at nulls first, endpoint.id
limit {MOST_DUE}
"""
DUE = _DUE.format(whose="true")
"""At the instant $1: messages that are new, then those that wait for their next try."""
DUE_OF_HOUSEHOLDS = _DUE.format(whose="endpoint.household_id = any ($2::uuid[])")
"""Of the households $2."""

ENDED = "What allowed this endpoint has ended, its person has ended all sessions, or they have left the household."

_END = """
update webhook_endpoints endpoint set status = 'DISABLED', problem = $2
where status = 'ACTIVE' and (
    (session_id is not null and not exists (
        select from sessions where sessions.id = endpoint.session_id and ended_at is null and expires_at > $1
            and sessions.household_id = endpoint.household_id
    ))
    or (session_id is null and exists (
        select from users where users.id = endpoint.user_id and users.sessions_ended_at >= endpoint.allowed_at
    ))
    or not exists (
        select from household_members members
        where members.household_id = endpoint.household_id and members.user_id = endpoint.user_id
    )
)
returning endpoint.id
"""


async def due_endpoints(system: SystemDatabase) -> Sequence[UUID]:
    return [row["id"] for row in await system.system_rows(DUE, clock.now())]


async def claim_endpoint(system: SystemDatabase, endpoint_id: UUID) -> WebhookEndpoint | None:
    """None where it is somebody else's turn, or nobody's."""
    at = clock.now()
    other = aliased(WebhookEndpoint)
    under_way = (
        select(func.count()).where(other.user_id == WebhookEndpoint.user_id, other.leased_until > at).scalar_subquery()
    )
    claim = (
        update(WebhookEndpoint)
        .where(WebhookEndpoint.id == endpoint_id, WebhookEndpoint.status == ACTIVE, under_way < MOST_OF_ONE)
        .where(or_(WebhookEndpoint.leased_until.is_(None), WebhookEndpoint.leased_until <= at))
        .values(lease=new_id(), leased_until=at + timedelta(seconds=LEASE_SECONDS))
        .returning(WebhookEndpoint)
        .execution_options(synchronize_session=False)
    )
    async with system.system_session() as session:
        return (await session.scalars(claim)).one_or_none()


async def renew_claim(system: SystemDatabase, claimed: WebhookEndpoint) -> WebhookEndpoint | None:
    """The endpoint as it is now; None where it was disabled or deleted meanwhile, or is somebody else's by now."""
    renewed = (
        update(WebhookEndpoint)
        .where(WebhookEndpoint.id == claimed.id, WebhookEndpoint.lease == claimed.lease)
        .where(WebhookEndpoint.status == ACTIVE)
        .values(leased_until=clock.now() + timedelta(seconds=LEASE_SECONDS))
        .returning(WebhookEndpoint)
        .execution_options(synchronize_session=False)
    )
    async with system.system_session() as session:
        return (await session.scalars(renewed)).one_or_none()


async def release_endpoint(system: SystemDatabase, claimed: WebhookEndpoint) -> None:
    """Whoever released it looks once more whether something is due: who came meanwhile found it taken."""
    async with system.system_session() as session:
        await session.execute(
            update(WebhookEndpoint)
            .where(WebhookEndpoint.id == claimed.id, WebhookEndpoint.lease == claimed.lease)
            .values(lease=None, leased_until=None)
        )


async def end_endpoints(system: SystemDatabase) -> None:
    """Disable those that nothing allows any more. Nothing is sent for them before either: each try asks."""
    await system.system_rows(_END, clock.now(), ENDED)
