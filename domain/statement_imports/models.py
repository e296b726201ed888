"""Files of banks, from the upload to the rows that came of them."""

from datetime import date
from typing import Any
from uuid import UUID

from sqlalchemy import CheckConstraint, ForeignKeyConstraint, Index, text
from sqlalchemy.dialects.postgresql import JSONB
from sqlalchemy.orm import Mapped, mapped_column

from runtime.tables import Instant, Model, Scope


class StatementImport(Model):
    __tablename__ = "statement_imports"
    __table_args__ = (
        ForeignKeyConstraint(
            ["household_id", "account_id"], ["accounts.household_id", "accounts.id"], ondelete="cascade"
        ),
        Index("ix_statement_imports_newest", "household_id", text("created_at desc"), text("id desc")),
        Index("ix_statement_imports_due", "due_at", postgresql_where=text("due_at is not null")),
        CheckConstraint(
            "status in ('AWAITING_FILE', 'READING', 'AWAITING_REVIEW', 'DONE', 'FAILED', 'UNDONE')", name="status"
        ),
    )
    scope = Scope.ACCOUNT_OR_NONE
    system_grants = "select, update"

    household_id: Mapped[UUID] = mapped_column(primary_key=True)
    id: Mapped[UUID] = mapped_column(primary_key=True)
    user_id: Mapped[UUID]
    account_id: Mapped[UUID | None]
    file_name: Mapped[str]
    review: Mapped[bool]
    status: Mapped[str]
    format: Mapped[str | None]
    upload_until: Mapped[Instant]
    object_key: Mapped[str | None]
    due_at: Mapped[Instant | None]
    """When a job looks at it next: to give up waiting, to read, to read again after a crash, to clear the bytes away;
    null when nothing is left to be done."""
    attempts: Mapped[int] = mapped_column(server_default=text("0"))
    added: Mapped[int] = mapped_column(server_default=text("0"))
    duplicates: Mapped[int] = mapped_column(server_default=text("0"))
    rejected: Mapped[list[dict[str, Any]]] = mapped_column(JSONB, server_default=text("'[]'"))
    problem: Mapped[str | None]
    created_at: Mapped[Instant]
    finished_at: Mapped[Instant | None]


class StatementImportAccount(Model):
    """An account that the file has told of, or that the person chose for it."""

    __tablename__ = "statement_import_accounts"
    __table_args__ = (
        ForeignKeyConstraint(
            ["household_id", "statement_import_id"],
            ["statement_imports.household_id", "statement_imports.id"],
            ondelete="cascade",
        ),
        ForeignKeyConstraint(
            ["household_id", "account_id"], ["accounts.household_id", "accounts.id"], ondelete="cascade"
        ),
        Index(None, "household_id", "account_id"),
    )
    scope = Scope.ACCOUNT

    household_id: Mapped[UUID] = mapped_column(primary_key=True)
    statement_import_id: Mapped[UUID] = mapped_column(primary_key=True)
    account_id: Mapped[UUID] = mapped_column(primary_key=True)
    opened_with_balance_of: Mapped[date | None]
    """The day whose booked balance this file made the account with: older rows were in that balance already."""
