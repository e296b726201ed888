"""What is known of links across households, as `system`: whose they are, and which need something done."""

from collections.abc import Sequence
from datetime import timedelta
from uuid import UUID

from sqlalchemy import and_, delete, exists, or_, select, update

from domain.bank_links.attempts import ENDED, MUTATION, OPEN
from domain.bank_links.models import BankLink, LinkAttempt
from domain.bank_links.rules import LEASE_SECONDS
from domain.identity.idempotency import DAYS
from domain.identity.models import IdempotencyKey, Session
from runtime import clock
from runtime.system import SystemDatabase
from runtime.viewer import Viewer

MOST_AT_ONCE = 500
ATTEMPT_MINUTES = 5
REFRESH_HOURS, ACTIVE_DAYS = 24, 30


async def owner_of(system: SystemDatabase, bank_link_id: UUID) -> Viewer | None:
    """The viewer as whom jobs act for a link; None where there is no such link."""
    async with system.system_session() as session:
        found = (
            await session.execute(select(BankLink.household_id, BankLink.user_id).where(BankLink.id == bank_link_id))
        ).first()
    return None if found is None else Viewer.for_job(found.household_id, found.user_id)


async def renew_lease(system: SystemDatabase, bank_link_id: UUID, lease: UUID) -> None:
    async with system.system_session() as session:
        await session.execute(
            update(BankLink)
            .where(BankLink.id == bank_link_id, BankLink.lease == lease)
            .values(leased_until=clock.now() + timedelta(seconds=LEASE_SECONDS))
        )


async def release_lease(system: SystemDatabase, bank_link_id: UUID, lease: UUID) -> None:
    """Let somebody else go on at once, instead of after the lease's end."""
    async with system.system_session() as session:
        await session.execute(
            update(BankLink)
            .where(BankLink.id == bank_link_id, BankLink.lease == lease)
            .values(lease=None, leased_until=None)
        )


async def due_links(system: SystemDatabase) -> Sequence[UUID]:
    """Links with a sync that is due and that nobody is at: their job was lost, or its process died."""
    now = clock.now()
    async with system.system_session() as session:
        return (
            await session.scalars(
                select(BankLink.id)
                .where(
                    BankLink.sync_requested > BankLink.sync_done,
                    BankLink.next_sync_at <= now,
                    BankLink.status != "UNLINKED",
                    or_(BankLink.leased_until.is_(None), BankLink.leased_until < now),
                )
                .order_by(BankLink.next_sync_at)
                .limit(MOST_AT_ONCE)
            )
        ).all()


async def request_stale_syncs(system: SystemDatabase) -> int:
    """Ask for a sync of links that had none for a day, of people active in the last 30 days: webhooks get lost.

    One that failed for good (an item that is gone) counts as well: it is tried once a day, not again at each look.
    """
    now = clock.now()
    is_active = exists().where(
        Session.household_id == BankLink.household_id, Session.refreshed_at > now - timedelta(days=ACTIVE_DAYS)
    )
    async with system.system_session() as session:
        asked = await session.scalars(
            update(BankLink)
            .where(
                BankLink.status.in_(("ACTIVE", "FAILING")),
                BankLink.sync_requested == BankLink.sync_done,
                # Once nothing is due any more, when the last sync ended.
                BankLink.next_sync_at < now - timedelta(hours=REFRESH_HOURS),
                is_active,
            )
            .values(sync_requested=BankLink.sync_requested + 1)
            .returning(BankLink.id)
        )
        return len(asked.all())


async def due_removals(system: SystemDatabase) -> Sequence[UUID]:
    """Links that have ended here and not yet at the provider."""
    async with system.system_session() as session:
        return (
            await session.scalars(select(BankLink.id).where(BankLink.removal_due_at <= clock.now()).limit(MOST_AT_ONCE))
        ).all()


async def end_old_attempts(system: SystemDatabase) -> int:
    """A process died between the provider's answer and ours: no link has come of it, and the person links again."""
    before = clock.now() - timedelta(minutes=ATTEMPT_MINUTES)
    async with system.system_session() as session:
        ended = (
            await session.execute(
                update(LinkAttempt)
                .where(LinkAttempt.state == OPEN, LinkAttempt.started_at < before)
                .values(state=ENDED)
                .returning(LinkAttempt.household_id, LinkAttempt.user_id, LinkAttempt.idempotency_key)
            )
        ).all()
        for attempt in ended:
            if attempt.idempotency_key is not None:
                await session.execute(
                    delete(IdempotencyKey).where(
                        and_(
                            IdempotencyKey.household_id == attempt.household_id,
                            IdempotencyKey.user_id == attempt.user_id,
                            IdempotencyKey.mutation == MUTATION,
                            IdempotencyKey.key == attempt.idempotency_key,
                            IdempotencyKey.object_id.is_(None),
                        )
                    )
                )
        return len(ended)


async def forget_old_keys(system: SystemDatabase) -> None:
    """Idempotency keys live for seven days."""
    async with system.system_session() as session:
        await session.execute(
            delete(IdempotencyKey).where(IdempotencyKey.created_at < clock.now() - timedelta(days=DAYS))
        )
