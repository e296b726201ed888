"""Budgets: a limit for a category over periods."""

from datetime import date
from uuid import UUID

from sqlalchemy import CheckConstraint, Computed, ForeignKeyConstraint, func
from sqlalchemy.dialects.postgresql import ExcludeConstraint
from sqlalchemy.orm import Mapped, mapped_column
from sqlalchemy.sql.elements import literal_column

from domain.categories.models import OWN_CATEGORY
from runtime.tables import Amount, Currency, Instant, Model, Scope


class Budget(Model):
    __tablename__ = "budgets"
    __table_args__ = (
        ForeignKeyConstraint(["household_id", "own_category_id"], ["categories.household_id", "categories.id"]),
        ExcludeConstraint(
            ("household_id", "="),
            ("category_id", "="),
            (func.daterange(literal_column("starts_on"), literal_column("ends_on"), literal_column("'[]'")), "&&"),
            name="ex_budgets_one_a_day",
            using="gist",
        ),
        CheckConstraint("period in ('WEEKLY', 'MONTHLY', 'ANNUAL', 'ONCE')", name="period"),
        CheckConstraint("rollover in ('NONE', 'SURPLUS', 'SURPLUS_AND_OVERSPEND')", name="rollover"),
        CheckConstraint("ends_on >= starts_on", name="days"),
    )
    scope = Scope.HOUSEHOLD
    system_grants = "select"

    household_id: Mapped[UUID] = mapped_column(primary_key=True)
    id: Mapped[UUID] = mapped_column(primary_key=True)
    category_id: Mapped[UUID]
    own_category_id: Mapped[UUID | None] = mapped_column(Computed(OWN_CATEGORY, persisted=True))
    period: Mapped[str]
    limit_amount: Mapped[Amount]
    currency: Mapped[Currency]
    rollover: Mapped[str]
    starts_on: Mapped[date]
    ends_on: Mapped[date | None]
    created_at: Mapped[Instant]
