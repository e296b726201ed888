"""Goals: what a household saves towards."""

from datetime import date
from uuid import UUID

from sqlalchemy import CheckConstraint, ForeignKeyConstraint, Index, text
from sqlalchemy.orm import Mapped, mapped_column

from runtime.tables import Amount, Currency, Instant, Model, Scope


class Goal(Model):
    __tablename__ = "goals"
    __table_args__ = (CheckConstraint("saved >= 0", name="saved"),)
    scope = Scope.HOUSEHOLD

    household_id: Mapped[UUID] = mapped_column(primary_key=True)
    id: Mapped[UUID] = mapped_column(primary_key=True)
    name: Mapped[str]
    target: Mapped[Amount]
    currency: Mapped[Currency]
    target_date: Mapped[date | None]
    saved: Mapped[Amount]
    """The sum of its contributions, moved by one atomic statement with each."""
    created_at: Mapped[Instant]
    archived_at: Mapped[Instant | None]


class GoalContribution(Model):
    __tablename__ = "goal_contributions"
    __table_args__ = (
        ForeignKeyConstraint(["household_id", "goal_id"], ["goals.household_id", "goals.id"], ondelete="cascade"),
        ForeignKeyConstraint(
            ["household_id", "transaction_id"],
            ["transactions.household_id", "transactions.id"],
            ondelete="SET NULL (transaction_id)",
        ),
        Index("ix_goal_contributions_newest", "household_id", "goal_id", text("at desc"), text("id desc")),
        Index(
            "uq_goal_contributions_transaction",
            "household_id",
            "transaction_id",
            unique=True,
            postgresql_where=text("transaction_id is not null"),
        ),
    )
    scope = Scope.HOUSEHOLD

    household_id: Mapped[UUID] = mapped_column(primary_key=True)
    id: Mapped[UUID] = mapped_column(primary_key=True)
    goal_id: Mapped[UUID]
    user_id: Mapped[UUID]
    amount: Mapped[Amount]
    currency: Mapped[Currency]
    """The goal's, which never changes."""
    at: Mapped[Instant]
    transaction_id: Mapped[UUID | None]
    note: Mapped[str | None]
