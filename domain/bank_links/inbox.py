"""What providers' webhooks said: stored before they are answered, acted on once."""

import hashlib
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import timedelta
from typing import Any
from uuid import UUID

from sqlalchemy import delete, select, update
from sqlalchemy.dialects.postgresql import insert

from domain.bank_links.feed import BankFeed, NoticeKind, WebhookRefused
from domain.bank_links.models import BankLink, WebhookDelivery
from runtime import clock
from runtime.ids import new_id
from runtime.system import SystemDatabase
from runtime.viewer import Viewer

MOST_ATTEMPTS = 10
GRACE_SECONDS = 5
KEPT_DAYS = 14
MOST_AT_ONCE = 500


@dataclass(frozen=True)
class Asked:
    """A link that is to be synchronised, and as whom."""

    bank_link_id: UUID
    viewer: Viewer


def digest_of(signature: str, body: bytes) -> bytes:
    """The same delivery twice has the same signature; the same news, told again later, has another."""
    return hashlib.sha256(signature.encode("utf-8", "surrogateescape") + b"\0" + body).digest()


async def keep_webhook(system: SystemDatabase, provider: str, digest: bytes, body: dict[str, Any]) -> UUID | None:
    """The delivery's id; None where it is there already."""
    row = insert(WebhookDelivery).values(
        id=new_id(), provider=provider, digest=digest, body=body, received_at=clock.now(), attempts=0
    )
    async with system.system_session() as session:
        return await session.scalar(row.on_conflict_do_nothing().returning(WebhookDelivery.id))


async def handle_webhook(system: SystemDatabase, feed: BankFeed, webhook_id: UUID) -> Asked | None:
    """Act on a delivery, once. The link whose synchronisation it asks for, if any: items that are not ours, ended
    ones and news that we do not act on ask for none."""
    async with system.system_session() as session:
        delivery = (
            await session.scalars(
                select(WebhookDelivery)
                .where(WebhookDelivery.id == webhook_id, WebhookDelivery.handled_at.is_(None))
                .with_for_update(skip_locked=True)
            )
        ).one_or_none()
        if delivery is None:
            return None
        delivery.attempts += 1
        delivery.handled_at = clock.now()
        try:
            notice = feed.read_notice(delivery.body)
        except WebhookRefused as refusal:
            delivery.problem = str(refusal)
            return None
        if notice.kind is NoticeKind.NOTHING:
            return None
        link = (
            await session.execute(
                update(BankLink)
                .where(
                    BankLink.provider == delivery.provider,
                    BankLink.provider_item_id == notice.item_id,
                    BankLink.status != "UNLINKED",
                )
                .values(sync_requested=BankLink.sync_requested + 1)
                .returning(BankLink.id, BankLink.household_id, BankLink.user_id)
            )
        ).first()
    return None if link is None else Asked(link.id, Viewer.for_job(link.household_id, link.user_id))


async def unhandled_webhooks(system: SystemDatabase) -> Sequence[UUID]:
    """Deliveries whose job was lost, oldest first; one that failed again and again is given up."""
    before = clock.now() - timedelta(seconds=GRACE_SECONDS)
    is_open = WebhookDelivery.handled_at.is_(None)
    async with system.system_session() as session:
        await session.execute(
            update(WebhookDelivery)
            .where(is_open, WebhookDelivery.attempts >= MOST_ATTEMPTS)
            .values(handled_at=clock.now(), problem="given up")
        )
        return (
            await session.scalars(
                update(WebhookDelivery)
                .where(
                    WebhookDelivery.id.in_(
                        select(WebhookDelivery.id)
                        .where(is_open, WebhookDelivery.received_at < before)
                        .order_by(WebhookDelivery.received_at)
                        .limit(MOST_AT_ONCE)
                    )
                )
                # Counted here, because an attempt that fails rolls its own count back.
                .values(attempts=WebhookDelivery.attempts + 1)
                .returning(WebhookDelivery.id)
            )
        ).all()


async def forget_old_webhooks(system: SystemDatabase) -> None:
    async with system.system_session() as session:
        await session.execute(
            delete(WebhookDelivery).where(
                WebhookDelivery.handled_at.is_not(None),
                WebhookDelivery.received_at < clock.now() - timedelta(days=KEPT_DAYS),
            )
        )
