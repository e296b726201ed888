"""The accounts behind a link: found again by the provider's ids, or made."""

from collections.abc import Iterable
from decimal import Decimal
from uuid import UUID

from sqlalchemy import select

from domain.accounts.balances import set_balance
from domain.accounts.models import Account
from domain.bank_links.feed import FeedAccount
from domain.events import AccountOpened
from runtime.ids import new_id
from runtime.unit import Unit


async def match_accounts(unit: Unit, bank_link_id: UUID, given: Iterable[FeedAccount]) -> dict[str, UUID]:
    """Our account for each of the provider's ids; new ones are made with their balance.

    What a person called an account stays, and so does its currency: amounts in another one would be nonsense.
    """
    known = {
        provider_id: id
        for provider_id, id in await unit.session.execute(
            select(Account.provider_account_id, Account.id).where(
                Account.household_id == unit.household_id, Account.bank_link_id == bank_link_id
            )
        )
        if provider_id is not None
    }
    made = {}
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
        known[one.provider_id] = account.id
        made[account.id] = one
    await unit.session.flush()
    for id, one in made.items():
        unit.record(AccountOpened(ids=[id], account_id=id))
        if one.balance is not None:
            await set_balance(unit, id, one.balance, one.available)
    return known


async def take_balances(unit: Unit, bank_link_id: UUID, given: Iterable[FeedAccount]) -> None:
    """What the bank says is on the accounts, in the order in which everybody locks them."""
    said = {one.provider_id: one for one in given}
    rows = await unit.session.execute(
        select(Account.id, Account.provider_account_id, Account.currency)
        .where(Account.household_id == unit.household_id, Account.bank_link_id == bank_link_id)
        .order_by(Account.id)
    )
    for row in rows.all():
        one = said.get(row.provider_account_id or "")
        if one is not None and one.balance is not None and one.currency == row.currency:
            await set_balance(unit, row.id, one.balance, one.available)
