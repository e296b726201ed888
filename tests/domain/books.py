"""Accounts and transactions put straight into the tables, and what their sums must then be."""

from datetime import UTC, date, datetime
from decimal import Decimal
from typing import Any
from uuid import UUID

from sqlalchemy import Date, cast, func, select

from domain.accounts.models import Account
from domain.categories.system import by_code
from domain.spending.commands import SpendingDelta, change_spending
from domain.spending.models import Spending
from domain.transactions.models import Transaction
from runtime.database import Database
from runtime.ids import new_id
from runtime.reader import Reader
from runtime.unit import Unit, in_unit
from runtime.viewer import Viewer

GROCERIES = by_code("FOOD_AND_DRINK_GROCERIES").id
RENT = by_code("RENT_AND_UTILITIES_RENT").id
WAGES = by_code("INCOME_SALARY").id
THEN = datetime(2026, 11, 1, tzinfo=UTC)

Sums = dict[tuple[UUID, UUID, str, date], tuple[Decimal, int]]


async def open_account(database: Database, viewer: Viewer, **given: Any) -> UUID:
    """An account in USD without a balance; `given` replaces its columns."""
    account = Account(
        **{
            "household_id": viewer.household_id,
            "id": new_id(),
            "name": "Everyday",
            "type": "CHECKING",
            "currency": "USD",
            "balance": Decimal(0),
            "balance_at": THEN,
            "created_at": THEN,
            **given,
        }
    )

    async def work(unit: Unit) -> None:
        unit.session.add(account)

    await in_unit(database, viewer, work)
    return account.id


def booked(viewer: Viewer, account_id: UUID, day: date, amount: str, category_id: UUID, **given: Any) -> Transaction:
    """A posted transaction as it stands in the table; `given` replaces its columns."""
    return Transaction(
        **{
            "household_id": viewer.household_id,
            "id": new_id(),
            "account_id": account_id,
            "date": day,
            "amount": Decimal(amount),
            "currency": "USD",
            "status": "POSTED",
            "description": "Something",
            "original_description": "SOMETHING",
            "category_id": category_id,
            "categorized_by": "PROVIDER",
            "created_at": THEN,
            **given,
        }
    )


async def book(database: Database, viewer: Viewer, *transactions: Transaction) -> None:
    """Put them in, and move the sums as every command does."""

    async def work(unit: Unit) -> None:
        unit.session.add_all(transactions)
        change_spending(
            unit,
            [
                SpendingDelta(one.account_id, one.category_id, one.currency, one.date, one.amount, 1)
                for one in transactions
                if not one.is_excluded
            ],
        )

    await in_unit(database, viewer, work)


async def sums_kept(database: Database, viewer: Viewer) -> Sums:
    """The aggregate, without rows that say nothing."""
    async with Reader(database, viewer) as reader:
        rows = await reader.all(select(Spending).where((Spending.amount != 0) | (Spending.count != 0)))
    return {(row.account_id, row.category_id, row.currency, row.month): (row.amount, row.count) for row in rows}


async def sums_counted(database: Database, viewer: Viewer) -> Sums:
    """The same, counted from the transactions themselves."""
    month = cast(func.date_trunc("month", Transaction.date), Date)
    statement = (
        select(
            Transaction.account_id,
            Transaction.category_id,
            Transaction.currency,
            month,
            func.sum(Transaction.amount),
            func.count(),
        )
        .where(Transaction.counts)
        .group_by(Transaction.account_id, Transaction.category_id, Transaction.currency, month)
    )
    async with Reader(database, viewer) as reader:
        rows = await reader.execute(statement)
    return {
        (account, category, currency, at): (amount, count) for account, category, currency, at, amount, count in rows
    }
