"""Categories of the system, a household's own, and its rules.

A category is one `category_id` everywhere. Those of the system lie in a reserved range of UUIDs; beside each
`category_id` a stored generated column `own_category_id`, null for them, carries the foreign key to a household's own.
"""

from uuid import UUID

from sqlalchemy import CheckConstraint, ForeignKeyConstraint, Index, true
from sqlalchemy.orm import Mapped, column_property, mapped_column

from runtime.tables import Instant, Model, Scope

SYSTEM_CATEGORIES_BEGIN = "00000000-0000-7000-8000-000000000000"
SYSTEM_CATEGORIES_END = "00000000-0000-7000-8000-ffffffffffff"
OWN_CATEGORY = (
    f"case when category_id between '{SYSTEM_CATEGORIES_BEGIN}'::uuid and '{SYSTEM_CATEGORIES_END}'::uuid "
    "then null else category_id end"
)


class SystemCategory(Model):
    __tablename__ = "system_categories"
    scope = Scope.REFERENCE
    system_grants = "select"

    id: Mapped[UUID] = mapped_column(primary_key=True)
    code: Mapped[str] = mapped_column(unique=True)
    name: Mapped[str]
    kind: Mapped[str]
    parent_id: Mapped[UUID | None]


class OwnCategory(Model):
    """A category that a household made."""

    __tablename__ = "categories"
    __table_args__ = (CheckConstraint("kind in ('INCOME', 'EXPENSE', 'TRANSFER')", name="kind"),)
    scope = Scope.HOUSEHOLD

    household_id: Mapped[UUID] = mapped_column(primary_key=True)
    id: Mapped[UUID] = mapped_column(primary_key=True)
    name: Mapped[str]
    kind: Mapped[str]
    parent_id: Mapped[UUID | None]
    created_at: Mapped[Instant]
    is_own: Mapped[bool] = column_property(true())
    """What tells its rows from the system's."""


class CategoryRule(Model):
    __tablename__ = "category_rules"
    __table_args__ = (
        ForeignKeyConstraint(["household_id", "merchant_id"], ["merchants.household_id", "merchants.id"]),
        CheckConstraint("(merchant_id is null) <> (words is null)", name="one_condition"),
        Index("uq_category_rules_merchant", "household_id", "merchant_id", unique=True),
        Index("uq_category_rules_words", "household_id", "words", unique=True),
    )
    scope = Scope.HOUSEHOLD

    household_id: Mapped[UUID] = mapped_column(primary_key=True)
    id: Mapped[UUID] = mapped_column(primary_key=True)
    position: Mapped[int]
    """Rules run from the lowest up; the newest is put first."""
    merchant_id: Mapped[UUID | None]
    words: Mapped[str | None]
    category_id: Mapped[UUID]
    created_at: Mapped[Instant]
