"""The tenant: one person or several."""

from uuid import UUID

from sqlalchemy import CheckConstraint, ForeignKey, Index
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
