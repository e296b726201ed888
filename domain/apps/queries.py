"""A person's apps, and who may act for them."""

from collections.abc import Sequence
from uuid import UUID

from sqlalchemy import select

from domain.accounts.models import Account
from domain.apps.models import App
from domain.identity.models import APP, TOKEN, Session
from domain.rows import OneByKey
from runtime import clock
from runtime.reader import Reader

apps_by_ids = OneByKey[App](App, App.id)


async def apps_by_user(reader: Reader, ids: Sequence[UUID]) -> dict[UUID, list[App]]:
    """As they were made."""
    found = await reader.all(select(App).where(App.user_id.in_(ids)).order_by(App.created_at, App.id))
    return {id: [app for app in found if app.user_id == id] for id in ids}


async def grants_by_user(reader: Reader, ids: Sequence[UUID]) -> dict[UUID, list[Session]]:
    """Apps that may act for the person in this household now, as they were allowed."""
    return await _alive(reader, ids, APP)


async def tokens_by_user(reader: Reader, ids: Sequence[UUID]) -> dict[UUID, list[Session]]:
    """Personal tokens of this household that are good now, as they were made."""
    return await _alive(reader, ids, TOKEN)


async def third_parties_by_ids(reader: Reader, ids: Sequence[UUID]) -> dict[UUID, Session]:
    found = await reader.all(select(Session).where(Session.id.in_(ids), Session.kind.in_([APP, TOKEN])))
    return {session.id: session for session in found}


async def accounts_by_third_party(reader: Reader, ids: Sequence[UUID]) -> dict[UUID, list[Account]]:
    """The accounts that each is narrowed to, those that are still there; nothing where it is not narrowed."""
    sessions = await reader.all(select(Session).where(Session.id.in_(ids), Session.account_ids.is_not(None)))
    wanted = {id for session in sessions for id in session.account_ids or ()}
    accounts = await reader.all(select(Account).where(Account.id.in_(wanted)).order_by(Account.created_at, Account.id))
    return {session.id: [one for one in accounts if one.id in (session.account_ids or ())] for session in sessions}


async def _alive(reader: Reader, ids: Sequence[UUID], kind: str) -> dict[UUID, list[Session]]:
    found = await reader.all(
        select(Session)
        .where(
            Session.user_id.in_(ids),
            Session.household_id == reader.viewer.household_id,
            Session.kind == kind,
            Session.ended_at.is_(None),
            Session.expires_at > clock.now(),
        )
        .order_by(Session.created_at, Session.id)
    )
    return {id: [session for session in found if session.user_id == id] for id in ids}
