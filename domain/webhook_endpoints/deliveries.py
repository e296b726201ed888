"""Deliveries: written before they are sent, and what came of each try, with the place that the endpoint has reached."""

from datetime import timedelta
from typing import Any

from sqlalchemy import delete, select, update
from sqlalchemy.ext.asyncio import AsyncSession

from domain.identity.security import SecurityEventKind, note
from domain.webhook_endpoints.messages import Batch
from domain.webhook_endpoints.messenger import Answer
from domain.webhook_endpoints.models import (
    CHANGES,
    DEAD,
    DELIVERED,
    DISABLED,
    PENDING,
    PING,
    WITHDRAWN,
    WebhookDelivery,
    WebhookEndpoint,
)
from domain.webhook_endpoints.rules import MOST_DEAD, next_attempt
from domain.webhook_endpoints.target import host_of
from runtime import clock
from runtime.ids import new_id
from runtime.system import SystemDatabase

KEPT_DAYS = 30
_UNANSWERED = f"{MOST_DEAD} deliveries in a row were tried for 3 days each without success."
_GONE = "The receiver answered 410: it wants nothing more."


async def pending_delivery(system: SystemDatabase, endpoint: WebhookEndpoint) -> WebhookDelivery | None:
    """A ping, which waits for nothing, or else the one that everything behind it waits for."""
    pending = (
        select(WebhookDelivery)
        .where(WebhookDelivery.endpoint_id == endpoint.id, WebhookDelivery.status == PENDING)
        .order_by(WebhookDelivery.kind.desc())
        .limit(1)
    )
    async with system.system_session() as session:
        return (await session.scalars(pending)).one_or_none()


async def write_delivery(system: SystemDatabase, endpoint: WebhookEndpoint, batch: Batch) -> None:
    """Nothing happens where the endpoint was sent back to another position meanwhile."""
    at = clock.now()
    async with system.system_session() as session:
        mine = await _locked(session, endpoint)
        if mine is not None and mine.next_seq == endpoint.next_seq:
            session.add(
                WebhookDelivery(
                    id=new_id(),
                    endpoint_id=mine.id,
                    household_id=mine.household_id,
                    user_id=mine.user_id,
                    kind=CHANGES,
                    status=PENDING,
                    first_seq=mine.next_seq,
                    last_seq=batch.last_seq,
                    created_at=at,
                    next_attempt_at=at,
                )
            )


async def pass_over(system: SystemDatabase, endpoint: WebhookEndpoint, batch: Batch) -> None:
    """Of what follows nothing is for this endpoint."""
    async with system.system_session() as session:
        mine = await _locked(session, endpoint)
        if mine is not None and mine.next_seq == endpoint.next_seq:
            mine.next_seq = batch.last_seq + 1


async def begin_attempt(
    system: SystemDatabase, delivery: WebhookDelivery, last_seq: int | None
) -> WebhookDelivery | None:
    """Counted before it is made, so that those that a worker died at count. None where it was withdrawn meanwhile."""
    begun = (
        update(WebhookDelivery)
        .where(WebhookDelivery.id == delivery.id, WebhookDelivery.status == PENDING)
        .values(attempts=WebhookDelivery.attempts + 1, attempted_at=clock.now(), last_seq=last_seq)
        .returning(WebhookDelivery)
        .execution_options(synchronize_session=False)
    )
    async with system.system_session() as session:
        return (await session.scalars(begun)).one_or_none()


async def withdraw(system: SystemDatabase, endpoint: WebhookEndpoint, delivery: WebhookDelivery) -> None:
    """Nothing of it may be seen any more."""
    async with system.system_session() as session:
        mine, pending = await _locked(session, endpoint), await _still_pending(session, delivery)
        if mine is not None and pending is not None:
            pending.status, pending.next_attempt_at = WITHDRAWN, None
            if pending.last_seq is not None:
                mine.next_seq = pending.last_seq + 1


async def keep_answer(
    system: SystemDatabase, endpoint: WebhookEndpoint, delivery: WebhookDelivery, answer: Answer
) -> None:
    """What came of a try. Nothing happens where the endpoint was taken by another worker meanwhile, which tries the
    same delivery again, or where the delivery was withdrawn."""
    async with system.system_session() as session:
        mine, tried = await _locked(session, endpoint), await _still_pending(session, delivery)
        if mine is None or tried is None:
            return
        tried.response_status, tried.response_text = answer.status, answer.text
        tried.duration_ms, tried.problem = answer.duration_ms, answer.problem
        tried.next_attempt_at = None
        if answer.is_success:
            tried.status = DELIVERED
            _go_on(mine, tried)
            if tried.kind == CHANGES:
                mine.dead_in_a_row = 0
        elif answer.is_gone:
            # The place stays where it is: should the endpoint be enabled again, nothing is missed.
            tried.status = DEAD
            await _disable(session, mine, _GONE)
        elif tried.kind == PING:
            tried.status = DEAD
        else:
            await _try_again(session, mine, tried, answer.retry_after)


async def disable(system: SystemDatabase, endpoint: WebhookEndpoint, problem: str) -> None:
    async with system.system_session() as session:
        mine = await _locked(session, endpoint)
        if mine is not None:
            mine.status, mine.problem = DISABLED, problem


async def forget_old_deliveries(system: SystemDatabase) -> None:
    before = clock.now() - timedelta(days=KEPT_DAYS)
    async with system.system_session() as session:
        await session.execute(
            delete(WebhookDelivery).where(WebhookDelivery.created_at < before, WebhookDelivery.status != PENDING)
        )


async def _try_again(
    session: AsyncSession, mine: WebhookEndpoint, tried: WebhookDelivery, retry_after: timedelta | None
) -> None:
    tried.next_attempt_at = next_attempt(
        created_at=tried.created_at, attempts=tried.attempts, at=clock.now(), retry_after=retry_after
    )
    if tried.next_attempt_at is None:
        tried.status = DEAD
        _go_on(mine, tried)
        mine.dead_in_a_row += 1
        if mine.dead_in_a_row >= MOST_DEAD:
            await _disable(session, mine, _UNANSWERED)


def _go_on(mine: WebhookEndpoint, tried: WebhookDelivery) -> None:
    if tried.last_seq is not None:
        mine.next_seq = tried.last_seq + 1


async def _disable(session: AsyncSession, mine: WebhookEndpoint, problem: str) -> None:
    mine.status, mine.problem = DISABLED, problem
    await note(session, mine.user_id, SecurityEventKind.WEBHOOK_DISABLED, detail=host_of(mine.url))


async def _locked(session: AsyncSession, endpoint: WebhookEndpoint) -> WebhookEndpoint | None:
    """None where it is not ours any more. Locked before its deliveries, here and in what people do with it."""
    locked = (
        select(WebhookEndpoint)
        .where(WebhookEndpoint.id == endpoint.id, WebhookEndpoint.lease == endpoint.lease)
        .with_for_update()
    )
    return (await session.scalars(locked)).one_or_none()


async def _still_pending(session: AsyncSession, delivery: WebhookDelivery) -> WebhookDelivery | None:
    pending: Any = (
        select(WebhookDelivery)
        .where(WebhookDelivery.id == delivery.id, WebhookDelivery.status == PENDING)
        .with_for_update()
    )
    return (await session.scalars(pending)).one_or_none()
