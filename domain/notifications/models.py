"""What the server tells a person of its own accord."""

from uuid import UUID

from sqlalchemy import CheckConstraint, Index, UniqueConstraint, text
from sqlalchemy.orm import Mapped, mapped_column

from runtime.tables import Instant, Model, Scope


class Notification(Model):
    __tablename__ = "notifications"
    __table_args__ = (
        UniqueConstraint("household_id", "user_id", "once_key"),
        Index("ix_notifications_newest", "household_id", "user_id", text("at desc"), text("id desc")),
        CheckConstraint("kind in ('BUDGET_NEARING', 'BUDGET_EXCEEDED', 'SYNC_TROUBLE')", name="kind"),
    )
    scope = Scope.ADDRESSED
    app_grants = "select, insert, update"

    household_id: Mapped[UUID] = mapped_column(primary_key=True)
    id: Mapped[UUID] = mapped_column(primary_key=True)
    user_id: Mapped[UUID]
    kind: Mapped[str]
    title: Mapped[str]
    body: Mapped[str]
    once_key: Mapped[str]
    """What it is told once for, such as "BUDGET_EXCEEDED:<budget>:2026-11-01"."""
    subject: Mapped[str | None]
    subject_id: Mapped[UUID | None]
    at: Mapped[Instant]
    read_at: Mapped[Instant | None]
