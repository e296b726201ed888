"""One link's synchronisation from end to end (docs/architecture.md): fetch, spool, apply as a whole.

Safe to run twice and at the same time: what is due is decided by the link's row.
"""

import asyncio
import logging
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager, suppress
from uuid import UUID

from sqlalchemy.exc import SQLAlchemyError

from domain.bank_links.banking import Banking
from domain.bank_links.directory import owner_of, release_lease, renew_lease
from domain.bank_links.feed import FeedProblem, PagesChanged
from domain.bank_links.rules import LEASE_SECONDS
from domain.bank_links.spool import Spool, clear_left_behind
from domain.bank_links.syncs import LeaseLost, Started, apply_sync, fail_sync, start_sync
from domain.bank_links.vault import open_token, resealed
from runtime.tasks import to_the_end
from runtime.unit import in_unit
from runtime.viewer import Viewer

JOB = "job:sync"
MOST_RESTARTS = 5

log = logging.getLogger("coffer.syncs")


async def synchronize(banking: Banking, bank_link_id: UUID, viewer: Viewer | None = None) -> None:
    """Synchronise until nothing is due any more; a failed one is asked for again when its wait is over.

    `viewer` is as whom, where the caller knows it.
    """
    viewer = viewer or await owner_of(banking.system, bank_link_id)
    if viewer is None:
        return
    while await _once(banking, viewer, bank_link_id):
        pass


async def _once(banking: Banking, viewer: Viewer, bank_link_id: UUID) -> bool:
    """Whether another one is due at once."""
    started = await in_unit(banking.database, viewer, lambda unit: start_sync(unit, bank_link_id), actor=JOB)
    if started is None:
        return False
    try:
        async with _lease_kept(banking, started):
            return await _fetch_and_apply(banking, viewer, started)
    except asyncio.CancelledError:
        with suppress(SQLAlchemyError, OSError):
            await to_the_end(release_lease(banking.system, bank_link_id, started.lease))
        raise
    except LeaseLost:
        log.info("link %s was taken from a sync under way", bank_link_id)
        return False
    except Exception as problem:
        if not isinstance(problem, FeedProblem):
            log.exception("sync %s failed", started.sync_id)
        await _fail(banking, viewer, started, problem)
        return False


async def _fetch_and_apply(banking: Banking, viewer: Viewer, started: Started) -> bool:
    access_token = open_token(banking.keys, started.link)
    rotated = resealed(banking.keys, started.link, access_token)
    spool = await _fetch(banking, started, access_token)
    try:
        if spool.strangers - {account.provider_id for account in spool.accounts}:
            spool.describe(await banking.feed.accounts(access_token))
        return await in_unit(
            banking.database,
            viewer,
            lambda unit: apply_sync(unit, started, spool, **rotated),
            actor=f"provider:{banking.feed.name}",
        )
    finally:
        await spool.clear()


async def _fetch(banking: Banking, started: Started, access_token: str) -> Spool:
    """The whole pagination, from its first cursor again where the provider says that it changed underneath."""
    await clear_left_behind(banking.objects, started.link.id)
    for _ in range(MOST_RESTARTS):
        spool = Spool(banking.objects, banking.feed, started.link.id, started.lease)
        cursor = started.link.cursor
        try:
            while True:
                page = await spool.add(await banking.feed.fetch_page(access_token, cursor))
                cursor = page.next_cursor
                if not page.has_more:
                    return spool
        except PagesChanged:
            await spool.clear()
        except BaseException:
            await to_the_end(spool.clear())
            raise
    raise PagesChanged("the pages changed again and again")


async def _fail(banking: Banking, viewer: Viewer, started: Started, problem: Exception) -> None:
    try:
        wait = await in_unit(banking.database, viewer, lambda unit: fail_sync(unit, started, problem), actor=JOB)
    except LeaseLost:
        return
    log.warning("sync %s of link %s failed: %s", started.sync_id, started.link.id, type(problem).__name__)
    if wait is not None:
        await banking.jobs.enqueue("sync_bank_link", after_seconds=wait, bank_link_id=started.link.id)


@asynccontextmanager
async def _lease_kept(banking: Banking, started: Started) -> AsyncIterator[None]:
    async def keep() -> None:
        while True:
            await asyncio.sleep(LEASE_SECONDS / 4)
            with suppress(SQLAlchemyError, OSError):
                await renew_lease(banking.system, started.link.id, started.lease)

    task = asyncio.create_task(keep())
    try:
        yield
    finally:
        task.cancel()
        with suppress(asyncio.CancelledError):
            await task
