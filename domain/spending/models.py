"""Sums kept beside the transactions, changed in the same transaction as every change of those."""

from datetime import date
from decimal import Decimal
from uuid import UUID

from sqlalchemy import ForeignKeyConstraint, Index, Numeric
from sqlalchemy.orm import Mapped, mapped_column

from runtime.tables import Currency, Model, Scope


class Spending(Model):
    """The signed sum and number of the counting transactions of one (account, category, currency, month).

    Per account, because what a person may see is cut by account.
    """

    __tablename__ = "spending"
    __table_args__ = (
        ForeignKeyConstraint(
            ["household_id", "account_id"], ["accounts.household_id", "accounts.id"], ondelete="cascade"
        ),
        Index("ix_spending_month", "household_id", "month"),
    )
    scope = Scope.ACCOUNT

    household_id: Mapped[UUID] = mapped_column(primary_key=True)
    account_id: Mapped[UUID] = mapped_column(primary_key=True)
    category_id: Mapped[UUID] = mapped_column(primary_key=True)
    currency: Mapped[Currency] = mapped_column(primary_key=True)
    month: Mapped[date] = mapped_column(primary_key=True)
    amount: Mapped[Decimal] = mapped_column(Numeric(28, 4))
    """Wider than a single amount: a sum may pass the bound of those."""
    count: Mapped[int]
