"""Ending a link: here at once, at the provider as soon as it answers."""

import logging
import random
from collections.abc import Sequence
from datetime import timedelta
from uuid import UUID

from sqlalchemy import delete, select, update

from domain.accounts.models import Account
from domain.bank_links.banking import Banking
from domain.bank_links.feed import FeedProblem
from domain.bank_links.models import BankLink, Sync
from domain.bank_links.requests import why_not
from domain.bank_links.rules import wait_seconds
from domain.bank_links.spool import clear_left_behind
from domain.bank_links.vault import open_token
from domain.events import AccountClosed, AccountDeleted, BankUnlinked, SyncFinished, TransactionsRemoved
from domain.transactions.models import Transaction
from runtime import clock
from runtime.keys import KeyProblem
from runtime.unit import Unit, in_unit
from runtime.viewer import Viewer

ENDED = "The link was ended."
# A second asker in this time would only ask for the same.
ASKING_SECONDS = 40

log = logging.getLogger("coffer.bank_links")


async def unlink_bank(banking: Banking, viewer: Viewer, bank_link_id: UUID, *, keep_history: bool) -> UUID:
    """The link's id. Its accounts are closed, or deleted with everything on them; unlinking twice changes nothing.

    NOT_FOUND where there is no such link, NOT_ALLOWED where accounts of it are withheld.
    """
    await in_unit(banking.database, viewer, lambda unit: end_link(unit, bank_link_id, keep_history=keep_history))
    await banking.jobs.enqueue("remove_bank_link", bank_link_id=bank_link_id)
    return bank_link_id


async def end_link(unit: Unit, bank_link_id: UUID, *, keep_history: bool) -> None:
    """A sync under way notices at its end, and applies nothing."""
    # Accounts before the link: in the order in which a sync locks them.
    await _locked_accounts(unit, bank_link_id)
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
        return
    link.status, link.unlinked_at, link.removal_due_at = "UNLINKED", unit.at, unit.at
    link.problem, link.cursor, link.failures = None, None, 0
    unit.record(BankUnlinked(ids=[link.id], account_id=link.id, data={"keep_history": keep_history}))
    await _end_syncs(unit, bank_link_id)
    # Once more: a sync that was waited for may have opened some.
    for account in await _locked_accounts(unit, bank_link_id):
        if keep_history:
            if account.closed_at is None:
                account.closed_at = unit.at
                unit.record(AccountClosed(ids=[account.id], account_id=account.id))
        else:
            await _delete(unit, account.id)
    await unit.session.flush()


async def _locked_accounts(unit: Unit, bank_link_id: UUID) -> Sequence[Account]:
    of_link = (Account.household_id == unit.household_id, Account.bank_link_id == bank_link_id)
    return (await unit.session.scalars(select(Account).where(*of_link).order_by(Account.id).with_for_update())).all()


async def _end_syncs(unit: Unit, bank_link_id: UUID) -> None:
    ended = await unit.session.scalars(
        update(Sync)
        .where(Sync.household_id == unit.household_id, Sync.bank_link_id == bank_link_id, Sync.status == "RUNNING")
        .values(status="FAILED", finished_at=unit.at, problem=ENDED)
        .returning(Sync.id)
        .execution_options(synchronize_session=False)
    )
    unit.record(
        SyncFinished(
            ids=list(ended.all()), account_id=bank_link_id, data={"bank_link": str(bank_link_id), "status": "FAILED"}
        )
    )


async def _delete(unit: Unit, account_id: UUID) -> None:
    """The account with its transactions; sums and daily balances go with its row."""
    gone = await unit.session.scalars(
        delete(Transaction)
        .where(Transaction.household_id == unit.household_id, Transaction.account_id == account_id)
        .returning(Transaction.id)
        .execution_options(synchronize_session=False)
    )
    unit.record(TransactionsRemoved(ids=sorted(gone.all()), account_id=account_id))
    await unit.session.execute(
        delete(Account)
        .where(Account.household_id == unit.household_id, Account.id == account_id)
        .execution_options(synchronize_session=False)
    )
    unit.record(AccountDeleted(ids=[account_id], account_id=account_id))


async def remove_at_provider(banking: Banking, bank_link_id: UUID) -> None:
    """Have the provider forget the item, and forget its token. Tried again by the sweep until it holds."""
    now = clock.now()
    async with banking.system.system_session() as session:
        link = (
            await session.scalars(
                select(BankLink)
                .where(BankLink.id == bank_link_id, BankLink.removal_due_at <= now)
                .with_for_update(skip_locked=True)
            )
        ).one_or_none()
        if link is None:
            return
        link.failures += 1
        wait = wait_seconds(link.failures, random.random(), least=ASKING_SECONDS)  # noqa: S311 (jitter)
        link.removal_due_at = now + timedelta(seconds=wait)
    if link.token is not None:
        try:
            await banking.feed.remove(open_token(banking.keys, link))
        except (FeedProblem, KeyProblem) as problem:
            log.warning("link %s is not removed at the provider yet: %s", bank_link_id, type(problem).__name__)
            return
    await clear_left_behind(banking.objects, bank_link_id)
    async with banking.system.system_session() as session:
        await session.execute(
            update(BankLink)
            .where(BankLink.id == bank_link_id, BankLink.status == "UNLINKED")
            .values(token=None, token_key_id=None, removal_due_at=None, failures=0)
        )
