"""Transactions: what was booked on accounts, by whatever way it came in."""

from datetime import date
from decimal import Decimal
from uuid import UUID

from sqlalchemy import CheckConstraint, Computed, ForeignKeyConstraint, Index, Numeric, Text, text
from sqlalchemy.dialects.postgresql import ARRAY
from sqlalchemy.orm import Mapped, mapped_column

from domain.categories.models import OWN_CATEGORY
from runtime.tables import Amount, Currency, Instant, Model, Scope


class Transaction(Model):
    __tablename__ = "transactions"
    __table_args__ = (
        ForeignKeyConstraint(
            ["household_id", "account_id"], ["accounts.household_id", "accounts.id"], ondelete="cascade"
        ),
        ForeignKeyConstraint(["household_id", "merchant_id"], ["merchants.household_id", "merchants.id"]),
        ForeignKeyConstraint(["household_id", "own_category_id"], ["categories.household_id", "categories.id"]),
        Index("ix_transactions_newest", "household_id", text("date desc"), text("id desc")),
        # The amounts are in it, so that what was booked on an account is summed without reading its rows.
        Index(
            "ix_transactions_account",
            "household_id",
            "account_id",
            text("date desc"),
            text("id desc"),
            postgresql_include=["amount"],
        ),
        Index(
            "ix_transactions_merchant", "household_id", "merchant_id", postgresql_where=text("merchant_id is not null")
        ),
        Index(
            "ix_transactions_own_category",
            "household_id",
            "own_category_id",
            postgresql_where=text("own_category_id is not null"),
        ),
        Index(
            "uq_transactions_source",
            "household_id",
            "account_id",
            "source_id",
            unique=True,
            postgresql_where=text("source_id is not null"),
        ),
        CheckConstraint("status in ('PENDING', 'POSTED')", name="status"),
    )
    scope = Scope.ACCOUNT

    household_id: Mapped[UUID] = mapped_column(primary_key=True)
    id: Mapped[UUID] = mapped_column(primary_key=True)
    account_id: Mapped[UUID]
    source_id: Mapped[str | None]
    """Who gave it and under which id: "plaid:…", "ofx:…"; null where a person typed it, "adjustment" rows included."""
    pending_source_id: Mapped[str | None]
    """The source_id of the pending transaction that this posted one took over from."""
    date: Mapped[date]
    amount: Mapped[Amount]
    """Money out is negative."""
    currency: Mapped[Currency]
    status: Mapped[str]
    description: Mapped[str]
    original_description: Mapped[str]
    merchant_id: Mapped[UUID | None]
    category_id: Mapped[UUID]
    own_category_id: Mapped[UUID | None] = mapped_column(Computed(OWN_CATEGORY, persisted=True))
    categorized_by: Mapped[str]
    confidence: Mapped[Decimal | None] = mapped_column(Numeric(3, 2))
    notes: Mapped[str | None]
    tags: Mapped[list[str]] = mapped_column(ARRAY(Text), server_default=text("'{}'"))
    described_by_person: Mapped[bool] = mapped_column(server_default=text("false"))
    """A person wrote `description`: no sync changes it."""
    is_excluded: Mapped[bool] = mapped_column(server_default=text("false"))
    counts: Mapped[bool] = mapped_column(Computed("not is_excluded", persisted=True))
    """Whether sums take it: false where it is excluded."""
    search: Mapped[str] = mapped_column(
        Computed("search_words(description || ' ' || coalesce(notes, ''))", persisted=True), deferred=True
    )
    """The folded words that a search looks through."""
    created_at: Mapped[Instant]
