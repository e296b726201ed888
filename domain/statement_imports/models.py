"""Files of banks, from the upload to the rows that came of them."""

from typing import Any
from uuid import UUID

from sqlalchemy import CheckConstraint, ForeignKeyConstraint, Index, LargeBinary, text
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
        Index("ix_statement_imports_unread", "next_read_at", postgresql_where=text("status = 'READING'")),
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
    upload_hash: Mapped[bytes | None] = mapped_column(LargeBinary, unique=True)
    """SHA-256 of the one-use secret in `uploadUrl`; null once the file is there or the time is over."""
    upload_until: Mapped[Instant]
    object_key: Mapped[str | None]
    next_read_at: Mapped[Instant]
    attempts: Mapped[int] = mapped_column(server_default=text("0"))
    added: Mapped[int] = mapped_column(server_default=text("0"))
    duplicates: Mapped[int] = mapped_column(server_default=text("0"))
    rejected: Mapped[list[dict[str, Any]]] = mapped_column(JSONB, server_default=text("'[]'"))
    problem: Mapped[str | None]
    created_at: Mapped[Instant]
    finished_at: Mapped[Instant | None]


class StatementImportAccount(Model):
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
    )
    scope = Scope.ACCOUNT

    household_id: Mapped[UUID] = mapped_column(primary_key=True)
    statement_import_id: Mapped[UUID] = mapped_column(primary_key=True)
    account_id: Mapped[UUID] = mapped_column(primary_key=True)
