"""People, how they prove who they are, and their sessions."""

from uuid import UUID

from sqlalchemy import CheckConstraint, ForeignKey, Index, LargeBinary
from sqlalchemy.orm import Mapped, mapped_column

from runtime.tables import Instant, Model, Scope

PERSON, APP, TOKEN = "PERSON", "APP", "TOKEN"
"""Kinds of sessions."""


class User(Model):
    __tablename__ = "users"
    scope = Scope.USERS
    system_grants = "select, insert"

    id: Mapped[UUID] = mapped_column(primary_key=True)
    email: Mapped[str]
    email_key: Mapped[str] = mapped_column(unique=True)
    """The address in the form in which it is compared: trimmed, normalised, case-folded."""
    display_name: Mapped[str]
    timezone: Mapped[str]
    locale: Mapped[str]
    created_at: Mapped[Instant]


class Credential(Model):
    """A password's Argon2id hash. Kept apart from `users`, out of the reach of `app`."""

    __tablename__ = "credentials"
    scope = Scope.SYSTEM
    system_grants = "select, insert, update"

    user_id: Mapped[UUID] = mapped_column(ForeignKey("users.id", ondelete="cascade"), primary_key=True)
    password_hash: Mapped[str]
    changed_at: Mapped[Instant]


class Session(Model):
    """One sign-in of one person to one household. It lives as long as its refresh token is renewed.

    A third party that acts for the person has one too, and so has a token that the person made: `kind` tells.
    """

    __tablename__ = "sessions"
    __table_args__ = (Index(None, "user_id"), CheckConstraint("kind in ('PERSON', 'APP', 'TOKEN')", name="kind"))
    scope = Scope.PERSON
    app_grants = "select, insert, update"
    system_grants = "select, update"

    id: Mapped[UUID] = mapped_column(primary_key=True)
    user_id: Mapped[UUID] = mapped_column(ForeignKey("users.id", ondelete="cascade"))
    household_id: Mapped[UUID] = mapped_column(ForeignKey("households.id", ondelete="cascade"))
    family_hash: Mapped[bytes] = mapped_column(LargeBinary, unique=True)
    """SHA-256 of what all refresh tokens of this session have in common: by it an older one is known again."""
    refresh_hash: Mapped[bytes] = mapped_column(LargeBinary)
    """SHA-256 of the one refresh token that is good now."""
    created_at: Mapped[Instant]
    refreshed_at: Mapped[Instant]
    expires_at: Mapped[Instant]
    ended_at: Mapped[Instant | None]
    kind: Mapped[str] = mapped_column(server_default=PERSON)
    app_id: Mapped[UUID | None]
    """The third party; null where a person acts, and for a token that a person made."""
    label: Mapped[str] = mapped_column(server_default="")
    """The device, the third party or the token, as people would call it."""
    network: Mapped[str] = mapped_column(server_default="")
    """Where it was used last, as coarse as the network: 203.0.113.0/24, 2001:db8::/48."""
    used_at: Mapped[Instant | None]
    proved_at: Mapped[Instant | None]
    """When the person last proved who they are."""
    scopes: Mapped[list[str] | None]
    """What a third party may do; null where a person acts: everything."""
    account_ids: Mapped[list[UUID] | None]
    """The accounts that it is narrowed to; null for all that the person may see."""


class IdempotencyKey(Model):
    """The first effect of a mutation under a client's key. Inserted first in the effect's own transaction."""

    __tablename__ = "idempotency_keys"
    __table_args__ = (Index(None, "created_at"),)
    scope = Scope.PERSON
    app_grants = "select, insert, update, delete"
    system_grants = "select, delete"

    household_id: Mapped[UUID] = mapped_column(primary_key=True)
    user_id: Mapped[UUID] = mapped_column(primary_key=True)
    mutation: Mapped[str] = mapped_column(primary_key=True)
    key: Mapped[str] = mapped_column(primary_key=True)
    input_hash: Mapped[bytes] = mapped_column(LargeBinary)
    object_id: Mapped[UUID | None]
    created_at: Mapped[Instant]


class KeyFingerprint(Model):
    """Which keys this database's data were made with: a server with others refuses to start."""

    __tablename__ = "key_fingerprints"
    scope = Scope.SYSTEM
    system_grants = "select, insert"

    name: Mapped[str] = mapped_column(primary_key=True)
    key_id: Mapped[str] = mapped_column(primary_key=True)
    first_seen_at: Mapped[Instant]
