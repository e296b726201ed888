"""Linking a bank: the provider is asked between two units, never inside one."""

import asyncio
import logging
from collections.abc import Awaitable, Callable, Sequence
from typing import TypeVar
from uuid import UUID

from sqlalchemy.exc import IntegrityError

from domain.bank_links.attempts import DONE, MUTATION, Begun, ClientKey, begin_attempt, end_attempt, open_attempt
from domain.bank_links.banking import Banking
from domain.bank_links.feed import (
    BadPublicToken,
    Exchanged,
    FeedAccount,
    FeedInstitution,
    FeedProblem,
    LinkGone,
    LinkToken,
    NeedsSignIn,
)
from domain.bank_links.institutions import keep_institution
from domain.bank_links.models import BankLink, Institution
from domain.bank_links.provider_accounts import match_accounts, take_balances
from domain.bank_links.queries import bank_links_by_ids
from domain.bank_links.requests import open_sync
from domain.bank_links.vault import open_token, seal_token
from domain.events import BankLinked
from domain.identity.idempotency import keep_effect
from domain.mistakes import UserMistake, conflict, invalid, not_allowed, not_found, unavailable
from runtime.ids import new_id
from runtime.reader import Reader
from runtime.unit import Unit, in_unit, violated
from runtime.viewer import Viewer

T = TypeVar("T")

TWIN_SECONDS, LOOK_SECONDS = 10.0, 0.1
TRIES, PAUSE_SECONDS = 3, 0.3
LONGEST_TOKEN = 500

log = logging.getLogger("coffer.bank_links")


async def create_link_token(banking: Banking, viewer: Viewer, bank_link_id: UUID | None) -> LinkToken:
    """For the provider's dialogue; with a link, to repair it.

    NOT_FOUND, NOT_ALLOWED for one that has ended, UNAVAILABLE where the provider does not answer.
    """
    access_token = None
    if bank_link_id is not None:
        async with Reader(banking.database, viewer) as reader:
            link = (await bank_links_by_ids(reader, [bank_link_id])).get(bank_link_id)
        if link is None:
            raise not_found("There is no such link.", "input", "bankLinkId")
        if viewer.withheld is not None and bank_link_id in viewer.withheld.locked:
            raise not_allowed("Some of its accounts are not shared to be changed.", "input", "bankLinkId")
        if link.status == "UNLINKED" or link.token is None:
            raise not_allowed("This link has ended: link the bank again.", "input", "bankLinkId")
        access_token = open_token(banking.keys, link)
    try:
        return await banking.feed.create_link_token(
            person=str(viewer.user_id), webhook=banking.webhook_url, access_token=access_token
        )
    except LinkGone as problem:
        raise not_allowed(problem.words, "input", "bankLinkId") from None
    except FeedProblem as problem:
        raise _unavailable(problem) from None


async def link_bank(banking: Banking, viewer: Viewer, public_token: str, key: ClientKey | None) -> UUID:
    """The id of the link that came of a public token, the first one's where the same was wished before.

    INVALID for a token that is none; CONFLICT where the key was used with another input, or the bank is linked
    already; UNAVAILABLE where the provider does not answer, or a twin is still at it.
    """
    if not 0 < len(public_token) <= LONGEST_TOKEN:
        raise invalid(BadPublicToken.words, "input", "publicToken")
    begun = await _begin(banking, viewer, key)
    if begun.attempt_id is None:
        if begun.bank_link_id is None:
            raise unavailable("The same request is still being worked on.", "input", "idempotencyKey")
        return begun.bank_link_id
    attempt_id = begun.attempt_id
    try:
        link_id = await _link(banking, viewer, public_token, attempt_id, key)
    except UserMistake:
        await in_unit(banking.database, viewer, lambda unit: end_attempt(unit, attempt_id))
        raise
    await banking.jobs.enqueue("sync_bank_link", bank_link_id=link_id)
    return link_id


async def _begin(banking: Banking, viewer: Viewer, key: ClientKey | None) -> Begun:
    """A new attempt, or what came of the twin's, which is waited for."""
    deadline = asyncio.get_running_loop().time() + TWIN_SECONDS
    while True:
        begun = await in_unit(banking.database, viewer, lambda unit: begin_attempt(unit, key))
        settled = begun.attempt_id is not None or begun.bank_link_id is not None
        if settled or asyncio.get_running_loop().time() > deadline:
            return begun
        await asyncio.sleep(LOOK_SECONDS)


async def _link(banking: Banking, viewer: Viewer, public_token: str, attempt_id: UUID, key: ClientKey | None) -> UUID:
    feed = banking.feed
    try:
        exchanged = await feed.exchange(public_token)
    except BadPublicToken as problem:
        raise invalid(problem.words, "input", "publicToken") from None
    except FeedProblem as problem:
        raise _unavailable(problem) from None
    try:
        institution, accounts = await asyncio.gather(
            _patiently(lambda: _institution(banking, exchanged.access_token)),
            _accounts(banking, exchanged.access_token),
        )
        institution_id = await keep_institution(banking.system, feed.name, institution)
        await banking.news.changed(Institution.__tablename__)
    except FeedProblem as problem:
        # The token is used up: what came of it must not live on at the provider without us.
        await _forget(banking, exchanged)
        raise _unavailable(problem) from None

    async def work(unit: Unit) -> UUID | None:
        return await _complete(unit, banking, attempt_id, exchanged, institution_id, accounts, key)

    try:
        link_id = await in_unit(banking.database, viewer, work, actor=f"person:{viewer.user_id}")
    except IntegrityError as error:
        if violated(error) != "uq_bank_links_provider_item":
            raise
        raise conflict("This bank is linked already.", "input", "publicToken") from None
    if link_id is None:
        await _forget(banking, exchanged)
        raise unavailable("This took too long: link the bank again.", "input")
    return link_id


async def _complete(
    unit: Unit,
    banking: Banking,
    attempt_id: UUID,
    exchanged: Exchanged,
    institution_id: UUID,
    accounts: Sequence[FeedAccount],
    key: ClientKey | None,
) -> UUID | None:
    """The outcome; None where the attempt was ended meanwhile."""
    attempt = await open_attempt(unit, attempt_id)
    if attempt is None:
        return None
    link = BankLink(
        household_id=unit.household_id,
        id=new_id(),
        user_id=unit.viewer.user_id,
        institution_id=institution_id,
        provider=banking.feed.name,
        provider_item_id=exchanged.item_id,
        status="SYNCING",
        sync_requested=1,
        sync_done=0,
        failures=0,
        next_sync_at=unit.at,
        created_at=unit.at,
    )
    seal_token(banking.keys, link, exchanged.access_token)
    unit.session.add(link)
    await unit.session.flush()
    unit.record(BankLinked(ids=[link.id], account_id=link.id))
    await take_balances(unit, await match_accounts(unit, link.id, accounts), accounts)
    await open_sync(unit, link.id)
    attempt.state, attempt.bank_link_id = DONE, link.id
    if key is not None:
        await keep_effect(unit, MUTATION, key.key, link.id)
    return link.id


async def _institution(banking: Banking, access_token: str) -> FeedInstitution:
    """Setting the webhook says whose item it is; the directory, where it knows the bank, says more."""
    found = await banking.feed.set_webhook(access_token, banking.webhook_url)
    try:
        return await banking.feed.institution(found.provider_id)
    except FeedProblem:
        return found


async def _accounts(banking: Banking, access_token: str) -> Sequence[FeedAccount]:
    try:
        return await banking.feed.accounts(access_token)
    except FeedProblem:
        # The first synchronisation brings them.
        return ()


async def _patiently(ask: Callable[[], Awaitable[T]]) -> T:
    for attempt in range(1, TRIES):
        try:
            return await ask()
        except (NeedsSignIn, LinkGone):
            raise
        except FeedProblem:
            await asyncio.sleep(PAUSE_SECONDS * attempt)
    return await ask()


async def _forget(banking: Banking, exchanged: Exchanged) -> None:
    try:
        await banking.feed.remove(exchanged.access_token)
    except FeedProblem as problem:
        log.warning("an item without a link stays at the provider: %s", problem)


def _unavailable(problem: FeedProblem) -> UserMistake:
    log.warning("the provider refused: %s %s", type(problem).__name__, problem)
    return unavailable("The bank's data provider does not answer at the moment: try again later.", "input")
