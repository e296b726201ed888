"""The tenant: one person or several, and who is invited to it."""

from uuid import UUID

from sqlalchemy import CheckConstraint, ForeignKey, Index, LargeBinary
from sqlalchemy.orm import Mapped, mapped_column

from runtime.tables import Currency, Instant, Model, Scope


class Household(Model):
    __tablename__ = "households"
    scope = Scope.HOUSEHOLDS
    system_grants = "select, insert"

    id: Mapped[UUID] = mapped_column(primary_key=True)
    name: Mapped[str]
    currency: Mapped[Currency]
    timezone: Mapped[str]
    created_at: Mapped[Instant]


class HouseholdMember(Model):
    __tablename__ = "household_members"
    __table_args__ = (Index(None, "user_id"), CheckConstraint("role in ('OWNER', 'MEMBER', 'VIEWER')", name="role"))
    scope = Scope.MEMBERS
    system_grants = "select, insert"

    household_id: Mapped[UUID] = mapped_column(ForeignKey("households.id", ondelete="cascade"), primary_key=True)
    user_id: Mapped[UUID] = mapped_column(ForeignKey("users.id", ondelete="cascade"), primary_key=True)
    role: Mapped[str]
    joined_at: Mapped[Instant]


class Invitation(Model):
    """To become a member: good once, and until it expires. Open as long as it is neither accepted nor withdrawn."""

    __tablename__ = "invitations"
    __table_args__ = (CheckConstraint("role in ('OWNER', 'MEMBER', 'VIEWER')", name="role"),)
    scope = Scope.OWNERS
    app_grants = "select, insert, update"
    system_grants = "select"

    household_id: Mapped[UUID] = mapped_column(ForeignKey("households.id", ondelete="cascade"), primary_key=True)
    id: Mapped[UUID] = mapped_column(primary_key=True)
    token_hash: Mapped[bytes] = mapped_column(LargeBinary, unique=True)
    """SHA-256 of what the link or the mail holds: it is nowhere else in that form."""
    role: Mapped[str]
    email: Mapped[str | None]
    """Where it was sent to; null for one that whoever has the link may accept."""
    email_key: Mapped[str | None]
    invited_by: Mapped[UUID] = mapped_column(ForeignKey("users.id", ondelete="cascade"))
    created_at: Mapped[Instant]
    expires_at: Mapped[Instant]
    accepted_at: Mapped[Instant | None]
    accepted_by: Mapped[UUID | None]
    withdrawn_at: Mapped[Instant | None]
