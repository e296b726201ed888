"""Jobs and chores of bank links."""

from uuid import UUID

from domain.bank_links import directory, inbox
from domain.bank_links.syncing import synchronize
from domain.bank_links.unlinking import remove_at_provider
from integrations.world import World
from workers.jobs import every, job

SWEEP_SECONDS = 10
# Long enough for a first synchronisation of hundreds of thousands of transactions.
SYNC_SECONDS = 1800


@job(seconds=SYNC_SECONDS)
async def sync_bank_link(world: World, *, bank_link_id: UUID) -> None:
    await synchronize(world.banking, bank_link_id)


@job(seconds=SYNC_SECONDS)
async def handle_webhook(world: World, *, webhook_id: UUID) -> None:
    """Synchronises at once, without another turn through the queue: somebody is looking at the screen."""
    asked = await inbox.handle_webhook(world.system, world.banking.feed, webhook_id)
    if asked is not None:
        await synchronize(world.banking, asked.bank_link_id, asked.viewer)


@job()
async def remove_bank_link(world: World, *, bank_link_id: UUID) -> None:
    await remove_at_provider(world.banking, bank_link_id)


@every(seconds=SWEEP_SECONDS)
async def sweep_bank_links(world: World) -> None:
    """What a lost queue, a lost webhook or a killed process left undone."""
    for bank_link_id in await directory.due_links(world.system):
        await world.jobs.enqueue("sync_bank_link", bank_link_id=bank_link_id)
    for webhook_id in await inbox.unhandled_webhooks(world.system):
        await world.jobs.enqueue("handle_webhook", webhook_id=webhook_id)
    for bank_link_id in await directory.due_removals(world.system):
        await world.jobs.enqueue("remove_bank_link", bank_link_id=bank_link_id)
    await directory.end_old_attempts(world.system)


@every(seconds=600)
async def refresh_bank_links(world: World) -> None:
    """The sweep then finds what is due."""
    await directory.request_stale_syncs(world.system)


@every(seconds=3600)
async def forget_old_rows(world: World) -> None:
    await directory.forget_old_keys(world.system)
    await inbox.forget_old_webhooks(world.system)
