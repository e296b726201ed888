"""Mails on their way."""

from uuid import UUID

from sqlalchemy import Index, LargeBinary, text
from sqlalchemy.orm import Mapped, mapped_column

from runtime.tables import Instant, Model, Scope


class OutgoingMail(Model):
    """A mail that is to be sent, or was: its text is gone as soon as that is done or given up."""

    __tablename__ = "outgoing_mails"
    __table_args__ = (Index("ix_outgoing_mails_due_at", "due_at", postgresql_where=text("due_at is not null")),)
    scope = Scope.OWN
    app_grants = "insert"
    system_grants = "select, insert, update, delete"

    id: Mapped[UUID] = mapped_column(primary_key=True)
    user_id: Mapped[UUID | None]
    """Who caused it; null where the server did by itself."""
    recipient: Mapped[str]
    subject: Mapped[str]
    key_id: Mapped[str | None]
    """The vault key that the text is sealed with; null where it is plain."""
    content: Mapped[bytes | None] = mapped_column(LargeBinary)
    created_at: Mapped[Instant]
    due_at: Mapped[Instant | None]
    """When it is to be tried next, also after a worker died at it; null once there is nothing left to do."""
    attempts: Mapped[int] = mapped_column(server_default=text("0"))
    sent_at: Mapped[Instant | None]
    problem: Mapped[str | None]
    """Why the last attempt failed."""
