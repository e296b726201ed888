"""Savings groups: the second kind of tenant. `group_id` leads their tables.

`group_memberships` says which people may see a group (by household and person); what members see of each other
stands in
`group_members`, so that no policy recurses. `app` cannot insert a membership: two functions of the owner do.
"""

from datetime import date
from uuid import UUID

from sqlalchemy import CheckConstraint, ForeignKey, ForeignKeyConstraint, Index, text
from sqlalchemy.orm import Mapped, mapped_column

from runtime.tables import Amount, Currency, Instant, Model, Scope


class SavingsGroup(Model):
    __tablename__ = "savings_groups"
    __table_args__ = (CheckConstraint("saved >= 0", name="saved"), CheckConstraint("target > 0", name="target"))
    scope = Scope.GROUP
    app_grants = "select, update"

    group_id: Mapped[UUID] = mapped_column(primary_key=True)
    name: Mapped[str]
    target: Mapped[Amount]
    currency: Mapped[Currency]
    target_date: Mapped[date | None]
    saved: Mapped[Amount]
    milestone: Mapped[int] = mapped_column(server_default=text("0"))
    """The highest of 25, 50, 75 and 100 per cent that was ever reached."""
    invite_code: Mapped[str] = mapped_column(unique=True)
    created_at: Mapped[Instant]


class GroupMember(Model):
    """A member as the others see them."""

    __tablename__ = "group_members"
    scope = Scope.GROUP
    app_grants = "select, update"

    group_id: Mapped[UUID] = mapped_column(ForeignKey("savings_groups.group_id", ondelete="cascade"), primary_key=True)
    id: Mapped[UUID] = mapped_column(primary_key=True)
    display_name: Mapped[str]
    contributed: Mapped[Amount]
    joined_at: Mapped[Instant]
    left_at: Mapped[Instant | None]


class GroupMembership(Model):
    """That a person, in one household, belongs to a group."""

    __tablename__ = "group_memberships"
    __table_args__ = (
        Index("uq_group_memberships_person", "group_id", "user_id", unique=True),
        ForeignKeyConstraint(["group_id", "member_id"], ["group_members.group_id", "group_members.id"]),
    )
    scope = Scope.PERSON
    app_grants = "select, delete"
    system_grants = "select"

    household_id: Mapped[UUID] = mapped_column(ForeignKey("households.id", ondelete="cascade"), primary_key=True)
    user_id: Mapped[UUID] = mapped_column(ForeignKey("users.id", ondelete="cascade"), primary_key=True)
    group_id: Mapped[UUID] = mapped_column(primary_key=True)
    member_id: Mapped[UUID]


class GroupPerson(Model):
    """Who a member is or was. Nobody's to read but the owner's, who must find a person to erase them."""

    __tablename__ = "group_people"
    __table_args__ = (
        ForeignKeyConstraint(
            ["group_id", "member_id"], ["group_members.group_id", "group_members.id"], ondelete="cascade"
        ),
        Index(None, "user_id"),
    )
    scope = Scope.SYSTEM

    group_id: Mapped[UUID] = mapped_column(primary_key=True)
    member_id: Mapped[UUID] = mapped_column(primary_key=True)
    user_id: Mapped[UUID] = mapped_column(ForeignKey("users.id", ondelete="cascade"))


class GroupContribution(Model):
    __tablename__ = "group_contributions"
    __table_args__ = (
        ForeignKeyConstraint(["group_id", "member_id"], ["group_members.group_id", "group_members.id"]),
        Index("ix_group_contributions_newest", "group_id", text("at desc"), text("id desc")),
    )
    scope = Scope.GROUP
    app_grants = "select, insert"

    group_id: Mapped[UUID] = mapped_column(primary_key=True)
    id: Mapped[UUID] = mapped_column(primary_key=True)
    member_id: Mapped[UUID]
    amount: Mapped[Amount]
    currency: Mapped[Currency]
    message: Mapped[str | None]
    at: Mapped[Instant]
