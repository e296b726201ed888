"""Setting the balance of an account kept by hand: a transaction that is neither income nor spending."""

from decimal import Decimal
from uuid import UUID

from domain.accounts.commands import locked_account
from domain.categories.source import CategorySource
from domain.categories.system import BALANCE_ADJUSTMENT
from domain.events import TransactionsAdded
from domain.households.today import household_today
from domain.mistakes import invalid_at, not_allowed
from domain.money import Money, amount_of
from domain.transactions.booking import Booked, move_kept_balance, move_spending
from domain.transactions.models import Transaction
from runtime.ids import new_id
from runtime.unit import Unit


async def adjust_balance(unit: Unit, account_id: UUID, balance: Decimal | None) -> UUID | None:
    """Book what is missing to `balance`, today. Null, or what the balance is already, books nothing.

    NOT_ALLOWED for a linked or a closed account.
    """
    if balance is None:
        return None
    account = await locked_account(unit, account_id, "input", "accountId")
    if account.bank_link_id is not None:
        raise not_allowed("The balance of a linked account is the bank's word.", "input", "balance")
    if account.closed_at is not None:
        raise not_allowed("The account is closed.", "input", "balance")
    with invalid_at("input", "balance"):
        wanted = amount_of(balance, account.currency)
        missing = amount_of((wanted - Money(account.balance, account.currency)).amount, account.currency)
    if not missing.amount:
        return None
    row = Transaction(
        household_id=unit.household_id,
        id=new_id(),
        account_id=account.id,
        date=await household_today(unit),
        amount=missing.amount,
        currency=account.currency,
        status="POSTED",
        description=BALANCE_ADJUSTMENT.name,
        original_description=BALANCE_ADJUSTMENT.name,
        category_id=BALANCE_ADJUSTMENT.id,
        categorized_by=CategorySource.PERSON.value,
        tags=[],
        is_excluded=False,
        created_at=unit.at,
    )
    unit.session.add(row)
    await unit.session.flush()
    move_spending(unit, None, Booked.of(row))
    unit.record(TransactionsAdded(ids=[row.id], account_id=account.id))
    await move_kept_balance(unit, account, row.amount)
    return row.id
