"""The units of one synchronisation: it starts, and it succeeds or fails. The provider is asked between them.

A lease in the link's row keeps two workers apart; whoever lost it changes nothing any more.
"""

import random
from dataclasses import dataclass
from datetime import timedelta
from uuid import UUID

from sqlalchemy import or_, update

from domain.bank_links.feed import FeedProblem, LinkGone, NeedsSignIn, ProviderDown
from domain.bank_links.models import BankLink, Sync
from domain.bank_links.provider_accounts import match_accounts, take_balances
from domain.bank_links.requests import open_sync
from domain.bank_links.rules import LEASE_SECONDS, TROUBLE_AFTER, wait_seconds
from domain.bank_links.spool import Spool
from domain.events import BankLinkChanged, SyncFinished
from domain.notifications.commands import notify
from domain.transactions.ingest import apply_rows
from runtime import clock
from runtime.ids import new_id
from runtime.unit import Unit


class LeaseLost(Exception):
    """The link was unlinked, or somebody else synchronises it: nothing of this sync may be applied."""


@dataclass(frozen=True)
class Started:
    """`link` as it was read when the sync started; `requested` is what it fulfils."""

    link: BankLink
    lease: UUID
    sync_id: UUID
    requested: int


async def start_sync(unit: Unit, bank_link_id: UUID) -> Started | None:
    """Take the lease. None where nothing is due, or somebody else is at it."""
    lease = new_id()
    link = (
        await unit.session.scalars(
            update(BankLink)
            .where(
                BankLink.household_id == unit.household_id,
                BankLink.id == bank_link_id,
                BankLink.status != "UNLINKED",
                BankLink.token.is_not(None),
                BankLink.sync_requested > BankLink.sync_done,
                BankLink.next_sync_at <= unit.at,
                or_(BankLink.leased_until.is_(None), BankLink.leased_until < unit.at),
            )
            .values(status="SYNCING", lease=lease, leased_until=unit.at + timedelta(seconds=LEASE_SECONDS))
            .returning(BankLink)
            .execution_options(synchronize_session=False)
        )
    ).one_or_none()
    if link is None:
        return None
    unit.record(BankLinkChanged(ids=[link.id], account_id=link.id))
    return Started(link, lease, await open_sync(unit, link.id), link.sync_requested)


async def apply_sync(unit: Unit, started: Started, spool: Spool, **of_link: object) -> bool:
    """Everything that came, its cursor and the sync's end, or nothing. Whether another sync is due already.

    `of_link` are further columns of the link. Raises LeaseLost.
    """
    known = await match_accounts(unit, started.link.id, spool.accounts)
    ours = {provider_id: account.id for provider_id, account in known.items()}
    applied = await apply_rows(unit, spool.rows(ours), spool.removed(ours))
    await take_balances(unit, known, spool.accounts)
    # Last, so that whoever asks for the next sync does not wait for this one's rows.
    due = await _finish(
        unit,
        started,
        cursor=spool.cursor,
        status="ACTIVE",
        problem=None,
        failures=0,
        last_synced_at=unit.at,
        next_sync_at=unit.at,
        sync_done=started.requested,
        **of_link,
    )
    left_out = len(spool.unreadable)
    await _end_sync(
        unit,
        started,
        status="SUCCEEDED",
        added=applied.added,
        modified=applied.modified,
        removed=applied.removed,
        problem=f"{left_out} account(s) in units that are no currency were left out." if left_out else None,
    )
    unit.record(BankLinkChanged(ids=[started.link.id], account_id=started.link.id))
    return due


async def fail_sync(unit: Unit, started: Started, problem: Exception) -> float | None:
    """Nothing was applied. Seconds until the next try; None where only the person can help. Raises LeaseLost."""
    link = started.link
    words = problem.words if isinstance(problem, FeedProblem) else FeedProblem.words
    hopeless = isinstance(problem, NeedsSignIn | LinkGone)
    failures = link.failures + 1
    least = problem.wait_seconds if isinstance(problem, ProviderDown) else 0
    wait = wait_seconds(failures, random.random(), least=least)  # noqa: S311 (jitter)
    is_trouble = hopeless or failures >= TROUBLE_AFTER
    status = "NEEDS_SIGN_IN" if isinstance(problem, NeedsSignIn) else "FAILING" if is_trouble else "ACTIVE"
    ending = {"status": status, "failures": failures, "problem": words if is_trouble else None}
    if hopeless:
        ending["sync_done"] = started.requested
    await _finish(unit, started, next_sync_at=unit.at + timedelta(seconds=0 if hopeless else wait), **ending)
    await _end_sync(unit, started, status="FAILED", problem=words)
    unit.record(BankLinkChanged(ids=[link.id], account_id=link.id))
    if is_trouble and link.problem != words:
        await notify(
            unit,
            kind="SYNC_TROUBLE",
            title="A bank is out of reach",
            body=words,
            once_key=f"SYNC_TROUBLE:{link.id}:{started.sync_id}",
            subject="BankLink",
            subject_id=link.id,
            user_ids=[link.user_id],
        )
    return None if hopeless else wait


async def _finish(unit: Unit, started: Started, **values: object) -> bool:
    row = (
        await unit.session.execute(
            update(BankLink)
            .where(
                BankLink.household_id == unit.household_id,
                BankLink.id == started.link.id,
                BankLink.lease == started.lease,
                BankLink.status != "UNLINKED",
            )
            .values(lease=None, leased_until=None, **values)
            .returning(BankLink.sync_requested > BankLink.sync_done)
            .execution_options(synchronize_session=False)
        )
    ).first()
    if row is None:
        raise LeaseLost
    return bool(row[0])


async def _end_sync(unit: Unit, started: Started, **values: object) -> None:
    await unit.session.execute(
        update(Sync)
        .where(Sync.household_id == unit.household_id, Sync.id == started.sync_id)
        .values(finished_at=clock.now(), **values)
        .execution_options(synchronize_session=False)
    )
    unit.record(
        SyncFinished(
            ids=[started.sync_id],
            account_id=started.link.id,
            data={"bank_link": str(started.link.id), **_plain(values)},
        )
    )


def _plain(values: dict[str, object]) -> dict[str, object]:
    return {name: value for name, value in values.items() if value is not None}
