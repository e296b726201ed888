"""Accounts, linked or kept by hand, and what was on them on which day."""

from datetime import date
from typing import ClassVar
from uuid import UUID

from sqlalchemy import CheckConstraint, ForeignKeyConstraint, Index, UniqueConstraint, text
from sqlalchemy.orm import Mapped, mapped_column

from runtime.tables import Amount, Currency, Instant, Model, Scope


class Account(Model):
    """`balance` is signed from the owner's point of view: what is owed is negative.

    A linked account's balance is the bank's word; an account kept by hand moves with its transactions.
    """

    __tablename__ = "accounts"
    __table_args__ = (
        ForeignKeyConstraint(["household_id", "bank_link_id"], ["bank_links.household_id", "bank_links.id"]),
        UniqueConstraint("household_id", "bank_link_id", "provider_account_id"),
        Index(
            "uq_accounts_number",
            "household_id",
            "number_hash",
            "currency",
            unique=True,
            postgresql_where=text("number_hash is not null and closed_at is null"),
        ),
        CheckConstraint("currency ~ '^[A-Z]{3}$'", name="currency"),
    )
    scope = Scope.ACCOUNTS
    app_grants: ClassVar[str] = "select, insert, update, delete"

    household_id: Mapped[UUID] = mapped_column(primary_key=True)
    id: Mapped[UUID] = mapped_column(primary_key=True)
    bank_link_id: Mapped[UUID | None]
    provider_account_id: Mapped[str | None]
    number_hash: Mapped[bytes | None]
    """Keyed hash of the number that a bank's files name the account by: files find their account, nobody reads it."""
    name: Mapped[str]
    type: Mapped[str]
    currency: Mapped[Currency]
    balance: Mapped[Amount]
    available: Mapped[Amount | None]
    mask: Mapped[str | None]
    balance_at: Mapped[Instant]
    created_at: Mapped[Instant]
    closed_at: Mapped[Instant | None]


class DailyBalance(Model):
    """The last balance known on a day of the household's zone."""

    __tablename__ = "daily_balances"
    __table_args__ = (
        ForeignKeyConstraint(
            ["household_id", "account_id"], ["accounts.household_id", "accounts.id"], ondelete="cascade"
        ),
    )
    scope = Scope.ACCOUNT

    household_id: Mapped[UUID] = mapped_column(primary_key=True)
    account_id: Mapped[UUID] = mapped_column(primary_key=True)
    day: Mapped[date] = mapped_column(primary_key=True)
    balance: Mapped[Amount]
