"""What a person is asked, and what they answered."""

from collections.abc import Sequence
from dataclasses import dataclass
from uuid import UUID

from sqlalchemy import select

from api import ids
from api.oauth.form import Form
from domain.accounts.models import Account
from domain.apps.grants import Consent
from domain.apps.rules import check_scopes
from domain.mistakes import Problem
from integrations.world import World
from runtime.reader import Reader
from runtime.scopes import BEYOND_ACCOUNTS, WORDS
from runtime.viewer import Viewer


@dataclass(frozen=True)
class ShownScope:
    name: str
    words: str
    reaches_all_accounts: bool


@dataclass(frozen=True)
class ShownAccount:
    id: str
    name: str


def shown_scopes(scopes: Sequence[str]) -> list[ShownScope]:
    return [ShownScope(name, WORDS[name], name in BEYOND_ACCOUNTS) for name in scopes]


async def shown_accounts(world: World, viewer: Viewer) -> list[ShownAccount]:
    """All that the person may see, as they were made."""
    async with Reader(world.database, viewer) as reader:
        found = await reader.all(select(Account).order_by(Account.created_at, Account.id))
    return [ShownAccount(ids.encode("acc", account.id), account.name) for account in found]


def read_consent(form: Form, viewer: Viewer, asked: Sequence[str], accounts: Sequence[ShownAccount]) -> Consent:
    """What was chosen of what was asked. Raises Problem for anything that was not on the page, and for nothing."""
    scopes = form.lists.get("scope", [])
    if set(scopes) - set(asked):
        raise Problem("Something was chosen that the app did not ask for.")
    account_ids = _chosen(form, accounts)
    if account_ids is not None:
        scopes = [name for name in scopes if name not in BEYOND_ACCOUNTS]
    if not scopes:
        raise Problem("Choose at least one thing that the app may do, or deny it everything.")
    granted = check_scopes(scopes, narrowed=account_ids is not None)
    return Consent(viewer.user_id, viewer.household_id, granted, account_ids, viewer.session_id)


def _chosen(form: Form, accounts: Sequence[ShownAccount]) -> list[UUID] | None:
    """None for all accounts, those of the future included: where that was said, and not where nothing was."""
    answer = form.lists.get("accounts", [])
    if answer == ["all"]:
        return None
    if answer != ["some"]:
        raise Problem("Choose whether it is for all accounts or for some.")
    chosen = form.lists.get("account", [])
    if set(chosen) - {account.id for account in accounts}:
        raise Problem("An account was chosen that is not there.")
    if not chosen:
        raise Problem("Choose at least one account, or all of them.")
    return [ids.decode_as("acc", id) for id in dict.fromkeys(chosen)]
