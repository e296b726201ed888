"""The accounts behind a link: found again by the provider's ids, or made."""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from decimal import Decimal
from uuid import UUID

from sqlalchemy import select

from domain.accounts.balances import set_balance
from domain.accounts.models import Account
from domain.bank_links.feed import FeedAccount
from domain.events import AccountOpened
from runtime.ids import new_id
from runtime.unit import Unit


@dataclass(frozen=True, slots=True)
class Known:
    """Our account behind one of the provider's, with what we know to be on it."""

    id: UUID
    currency: str
    balance: Decimal
    available: Decimal | None


async def match_accounts(unit: Unit, bank_link_id: UUID, given: Iterable[FeedAccount]) -> dict[str, Known]:
    """Our account for each of the provider's ids; new ones are made, with nothing on them yet.

    What a person called an account stays, and so does its currency: amounts in another one would be nonsense.
    """
    rows = await unit.session.execute(
        select(Account.provider_account_id, Account.id, Account.currency, Account.balance, Account.available).where(
            Account.household_id == unit.household_id, Account.bank_link_id == bank_link_id
        )
    )
    known = {
        row.provider_account_id: Known(row.id, row.currency, row.balance, row.available)
        for row in rows
        if row.provider_account_id is not None
    }
    made = []
    for one in given:
        if one.provider_id in known:
            continue
        account = Account(
            household_id=unit.household_id,
            id=new_id(),
            bank_link_id=bank_link_id,
            provider_account_id=one.provider_id,
            name=one.name,
            type=one.type,
            currency=one.currency,
            balance=Decimal(0),
            mask=one.mask,
            balance_at=unit.at,
            created_at=unit.at,
        )
        unit.session.add(account)
        known[one.provider_id] = Known(account.id, account.currency, account.balance, None)
        made.append(AccountOpened(ids=[account.id], account_id=account.id))
    if made:
        await unit.session.flush()
        unit.record(*made)
    return known


async def take_balances(unit: Unit, known: Mapping[str, Known], given: Iterable[FeedAccount]) -> None:
    """What the bank says is on the accounts, in the order in which everybody locks them.

    Only syncs write these balances, and a link has one at a time: what is as it was need not be written.
    """
    said = {one.provider_id: one for one in given}
    for provider_id, account in sorted(known.items(), key=lambda item: item[1].id):
        one = said.get(provider_id)
        if one is None or one.balance is None or one.currency != account.currency:
            continue
        if (one.balance, one.available) != (account.balance, account.available):
            await set_balance(unit, account.id, one.balance, one.available)
