"""How balances change: to what the bank says, or by what was booked. Each change is a fact, and the day's balance."""

from decimal import Decimal
from uuid import UUID

from sqlalchemy import select, update
from sqlalchemy.dialects.postgresql import insert
from sqlalchemy.exc import DBAPIError

from domain.accounts.models import Account, DailyBalance
from domain.events import BalanceChanged
from domain.households.today import household_today
from domain.mistakes import invalid
from domain.money import Money, format_amount
from runtime.unit import Unit, sqlstate

OUT_OF_RANGE = "22003"


async def set_balance(unit: Unit, account_id: UUID, balance: Decimal, available: Decimal | None = None) -> None:
    """The balance as somebody outside says it is. Locks the account; nothing is recorded where nothing differs.

    The day's balance is kept even then: it was known that day.
    """
    account = (
        await unit.session.execute(
            select(Account.balance, Account.available, Account.currency)
            .where(Account.household_id == unit.household_id, Account.id == account_id)
            .with_for_update(key_share=True)
        )
    ).one()
    await unit.session.execute(
        update(Account)
        .where(Account.household_id == unit.household_id, Account.id == account_id)
        .values(balance=balance, available=available, balance_at=unit.at)
        .execution_options(synchronize_session=False)
    )
    await _keep_day(unit, account_id, balance)
    if (account.balance, account.available) != (balance, available):
        _record(unit, account_id, balance, account.currency)


async def move_balance(unit: Unit, account_id: UUID, delta: Decimal) -> None:
    """An account kept by hand moves with its transactions, in one atomic statement.

    INVALID where the balance would become larger than an amount can be.
    """
    if not delta:
        return
    try:
        moved = (
            await unit.session.execute(
                update(Account)
                .where(Account.household_id == unit.household_id, Account.id == account_id)
                .values(balance=Account.balance + delta, balance_at=unit.at)
                .returning(Account.balance, Account.currency)
                .execution_options(synchronize_session=False)
            )
        ).one()
    except DBAPIError as error:
        if sqlstate(error) == OUT_OF_RANGE:
            raise invalid("The account's balance would become too large.", "input", "amount") from None
        raise
    await _keep_day(unit, account_id, moved.balance)
    _record(unit, account_id, moved.balance, moved.currency)


async def _keep_day(unit: Unit, account_id: UUID, balance: Decimal) -> None:
    kept = insert(DailyBalance).values(
        household_id=unit.household_id, account_id=account_id, day=await household_today(unit), balance=balance
    )
    await unit.session.execute(
        kept.on_conflict_do_update(
            index_elements=[DailyBalance.household_id, DailyBalance.account_id, DailyBalance.day],
            set_={"balance": kept.excluded.balance},
        )
    )


def _record(unit: Unit, account_id: UUID, balance: Decimal, currency: str) -> None:
    data = {"balance": format_amount(Money(balance, currency)), "currency": currency}
    unit.record(BalanceChanged(ids=[account_id], account_id=account_id, data=data))
