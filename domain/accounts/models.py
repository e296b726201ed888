"""Accounts, linked or kept by hand, how they are shared, and what was on them on which day."""

from datetime import date
from typing import ClassVar
from uuid import UUID

from sqlalchemy import CheckConstraint, ForeignKey, ForeignKeyConstraint, Index, UniqueConstraint, text
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


FULL, READ_ONLY, BALANCE_ONLY, PRIVATE = "FULL", "READ_ONLY", "BALANCE_ONLY", "PRIVATE"


class AccountShare(Model):
    """Whose an account is, and what the others of the household get of it. A trigger makes it with the account.

    An account without one is the household's. One that is not shared fully outlives its account: the journal's lines
    about that are no more the others' than before.
    """

    __tablename__ = "account_shares"
    __table_args__ = (
        Index("ix_account_shares_withheld", "household_id", postgresql_where=text("sharing <> 'FULL'")),
        CheckConstraint("sharing in ('FULL', 'READ_ONLY', 'BALANCE_ONLY', 'PRIVATE')", name="sharing"),
    )
    scope = Scope.ACCOUNT_SHARES
    system_grants = "select"

    household_id: Mapped[UUID] = mapped_column(ForeignKey("households.id", ondelete="cascade"), primary_key=True)
    account_id: Mapped[UUID] = mapped_column(primary_key=True)
    owner_user_id: Mapped[UUID] = mapped_column(ForeignKey("users.id", ondelete="cascade"))
    bank_link_id: Mapped[UUID | None]
    """The account's: a link is withheld with its accounts."""
    sharing: Mapped[str] = mapped_column(server_default=FULL)


class DailyBalance(Model):
    """The last balance known on a day of the household's zone."""

    __tablename__ = "daily_balances"
    __table_args__ = (
        ForeignKeyConstraint(
            ["household_id", "account_id"], ["accounts.household_id", "accounts.id"], ondelete="cascade"
        ),
    )
    scope = Scope.ACCOUNT_BALANCE

    household_id: Mapped[UUID] = mapped_column(primary_key=True)
    account_id: Mapped[UUID] = mapped_column(primary_key=True)
    day: Mapped[date] = mapped_column(primary_key=True)
    balance: Mapped[Amount]
