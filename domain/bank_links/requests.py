"""Asking for a synchronisation. The request is a number in the link's row: no lost job or process forgets it."""

from uuid import UUID

from sqlalchemy import select, update
from sqlalchemy.dialects.postgresql import insert

from domain.bank_links.banking import Banking
from domain.bank_links.models import BankLink, Sync
from domain.events import SyncStarted
from domain.mistakes import UserMistake, not_allowed, not_found
from runtime.ids import new_id
from runtime.unit import Unit, in_unit
from runtime.viewer import Viewer


async def sync_bank_link(banking: Banking, viewer: Viewer, bank_link_id: UUID) -> UUID:
    """Have the link synchronised now; the sync's id. It completes a repair, too."""
    sync_id = await in_unit(banking.database, viewer, lambda unit: request_sync(unit, bank_link_id))
    await banking.jobs.enqueue("sync_bank_link", bank_link_id=bank_link_id)
    return sync_id


async def request_sync(unit: Unit, bank_link_id: UUID) -> UUID:
    """NOT_FOUND, and NOT_ALLOWED for a link that has ended, or that is somebody's who withholds accounts of it."""
    link = (
        await unit.session.scalars(
            select(BankLink)
            .where(BankLink.household_id == unit.household_id, BankLink.id == bank_link_id)
            .with_for_update(key_share=True)
        )
    ).one_or_none()
    if link is None:
        raise await why_not(unit, bank_link_id)
    if link.status == "UNLINKED":
        raise not_allowed("This link has ended: link the bank again.", "input", "bankLinkId")
    await unit.session.execute(
        update(BankLink)
        .where(BankLink.household_id == unit.household_id, BankLink.id == bank_link_id)
        .values(sync_requested=BankLink.sync_requested + 1, next_sync_at=unit.at)
        .execution_options(synchronize_session=False)
    )
    return await open_sync(unit, bank_link_id)


async def why_not(unit: Unit, bank_link_id: UUID) -> UserMistake:
    """Of a link that cannot be locked: the row policy locks none with accounts that are withheld."""
    seen = select(BankLink.id).where(BankLink.household_id == unit.household_id, BankLink.id == bank_link_id)
    if await unit.session.scalar(seen) is None:
        return not_found("There is no such link.", "input", "bankLinkId")
    return not_allowed("Some of its accounts are not shared to be changed.", "input", "bankLinkId")


async def open_sync(unit: Unit, bank_link_id: UUID) -> UUID:
    """The link's sync that is under way, or a new one. The link must be locked, or the unit's own."""
    sync_id = new_id()
    made = (
        await unit.session.execute(
            insert(Sync)
            .values(
                household_id=unit.household_id,
                id=sync_id,
                bank_link_id=bank_link_id,
                status="RUNNING",
                started_at=unit.at,
            )
            .on_conflict_do_nothing()
            .returning(Sync.id)
        )
    ).first()
    if made is not None:
        unit.record(SyncStarted(ids=[sync_id], account_id=bank_link_id, data={"bank_link": str(bank_link_id)}))
        return sync_id
    return (
        await unit.session.scalars(
            select(Sync.id).where(
                Sync.household_id == unit.household_id, Sync.bank_link_id == bank_link_id, Sync.status == "RUNNING"
            )
        )
    ).one()
