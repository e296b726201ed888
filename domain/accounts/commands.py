"""Opening, changing and closing accounts that are kept by hand, and finding one to change."""

from decimal import Decimal
from uuid import UUID

from sqlalchemy import select

from domain import text
from domain.accounts.balances import set_balance
from domain.accounts.models import Account
from domain.events import AccountClosed, AccountOpened, AccountUpdated
from domain.mistakes import UserMistake, invalid_at, not_allowed, not_found
from domain.money import amount_of
from runtime.ids import new_id
from runtime.unit import Unit

LONGEST_NAME = 100


async def create_account(unit: Unit, *, name: str, type: str, currency: str, balance: Decimal) -> UUID:
    """An account kept by hand. What is on it at first is nobody's income."""
    name = text.line(name, "input", "name", most=LONGEST_NAME)
    with invalid_at("input", "balance"):
        opening = amount_of(balance, currency)
    account = Account(
        household_id=unit.household_id,
        id=new_id(),
        name=name,
        type=type,
        currency=currency,
        balance=Decimal(0),
        balance_at=unit.at,
        created_at=unit.at,
    )
    unit.session.add(account)
    await unit.session.flush()
    unit.record(AccountOpened(ids=[account.id], account_id=account.id))
    await set_balance(unit, account.id, opening.amount)
    return account.id


async def update_account(unit: Unit, account_id: UUID, *, name: str | None = None, type: str | None = None) -> UUID:
    """Null leaves a value as it is."""
    account = await locked_account(unit, account_id, "input", "accountId")
    given = {"name": None if name is None else text.line(name, "input", "name", most=LONGEST_NAME), "type": type}
    changed = {
        column: {"before": getattr(account, column), "after": value}
        for column, value in given.items()
        if value is not None and value != getattr(account, column)
    }
    for column, change in changed.items():
        setattr(account, column, change["after"])
    if changed:
        unit.record(AccountUpdated(ids=[account.id], account_id=account.id, data=changed))
        await unit.session.flush()
    return account.id


async def close_account(unit: Unit, account_id: UUID) -> UUID:
    """What was booked stays; nothing more can be. Closing it again changes nothing.

    NOT_ALLOWED for a linked account: unlinking its bank closes it.
    """
    account = await locked_account(unit, account_id, "input", "accountId")
    if account.bank_link_id is not None:
        raise not_allowed("A linked account is closed by unlinking its bank.", "input", "accountId")
    if account.closed_at is None:
        account.closed_at = unit.at
        unit.record(AccountClosed(ids=[account.id], account_id=account.id))
    return account.id


async def locked_account(unit: Unit, account_id: UUID, *path: str) -> Account:
    """The account, which nobody else changes until the unit ends. NOT_FOUND at `path`, NOT_ALLOWED for one that is not
    shared to be changed.

    Where transactions are to be locked as well, they come after their account: syncs do it in this order.
    """
    account = (
        await unit.session.scalars(
            select(Account)
            .where(Account.household_id == unit.household_id, Account.id == account_id)
            .with_for_update(key_share=True)
            .execution_options(populate_existing=True)
        )
    ).one_or_none()
    if account is None:
        raise await _why_not(unit, account_id, *path)
    return account


async def _why_not(unit: Unit, account_id: UUID, *path: str) -> UserMistake:
    """The row policy locks nothing that may only be looked at, and shows nothing that may not even be."""
    seen = select(Account.id).where(Account.household_id == unit.household_id, Account.id == account_id)
    if await unit.session.scalar(seen) is None:
        return not_found("There is no such account.", *path)
    return not_allowed("This account is shared with you to look at, not to change.", *path)
