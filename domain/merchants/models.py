"""A household's merchants, and the dictionary that everyone shares."""

from uuid import UUID

from sqlalchemy import UniqueConstraint
from sqlalchemy.orm import Mapped, mapped_column

from runtime.tables import Model, Scope


class Merchant(Model):
    """Whom a household pays or is paid by, as it calls them."""

    __tablename__ = "merchants"
    __table_args__ = (UniqueConstraint("household_id", "key"),)
    scope = Scope.HOUSEHOLD

    household_id: Mapped[UUID] = mapped_column(primary_key=True)
    id: Mapped[UUID] = mapped_column(primary_key=True)
    key: Mapped[str]
    """The name as it is compared (domain/merchants/rules.py)."""
    name: Mapped[str]


class DictionaryEntry(Model):
    """A known merchant and the category of what it sells. `country` is '' where the entry holds everywhere."""

    __tablename__ = "merchant_dictionary"
    scope = Scope.REFERENCE
    system_grants = "select"

    key: Mapped[str] = mapped_column(primary_key=True)
    country: Mapped[str] = mapped_column(primary_key=True)
    name: Mapped[str]
    category_id: Mapped[UUID]
