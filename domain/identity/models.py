"""People, how they prove who they are, and their sessions."""

from uuid import UUID

from sqlalchemy import CheckConstraint, ForeignKey, Index, LargeBinary, text
from sqlalchemy.orm import Mapped, mapped_column

from runtime.tables import Instant, Model, Scope

PERSON, APP, TOKEN = "PERSON", "APP", "TOKEN"
"""Kinds of sessions."""


class User(Model):
    __tablename__ = "users"
    __table_args__ = (
        CheckConstraint("week_starts_on between 1 and 7", name="week_starts_on"),
        CheckConstraint("month_starts_on between 1 and 28", name="month_starts_on"),
        Index("ix_users_deletion_due_at", "deletion_due_at", postgresql_where=text("deletion_due_at is not null")),
    )
    scope = Scope.USERS
    system_grants = "select, insert, update"

    id: Mapped[UUID] = mapped_column(primary_key=True)
    email: Mapped[str]
    email_key: Mapped[str] = mapped_column(unique=True)
    """The address in the form in which it is compared: trimmed, normalised, case-folded."""
    display_name: Mapped[str]
    timezone: Mapped[str]
    locale: Mapped[str]
    created_at: Mapped[Instant]
    email_verified_at: Mapped[Instant | None]
    """When the person showed that mail to this address reaches them."""
    email_owned_at: Mapped[Instant | None]
    """When it was somebody signed in who showed it: what lets them in was set by whose address it is. Null: it may have
    been set by somebody who registered with another person's address."""
    sessions_ended_at: Mapped[Instant | None]
    """When all of the person's sessions were ended together: what began before is good for nothing."""
    week_starts_on: Mapped[int] = mapped_column(server_default=text("1"))
    """1 is Monday, 7 is Sunday (ISO 8601)."""
    month_starts_on: Mapped[int] = mapped_column(server_default=text("1"))
    dismissed_steps: Mapped[list[str]] = mapped_column(server_default=text("'{}'"))
    """Onboarding steps that the person does not want to hear of."""
    deletion_due_at: Mapped[Instant | None]
    """When the account is erased, unless the person changes their mind."""


class Credential(Model):
    """A password's Argon2id hash. Kept apart from `users`, out of the reach of `app`."""

    __tablename__ = "credentials"
    scope = Scope.SYSTEM
    system_grants = "select, insert, update, delete"

    user_id: Mapped[UUID] = mapped_column(ForeignKey("users.id", ondelete="cascade"), primary_key=True)
    password_hash: Mapped[str]
    changed_at: Mapped[Instant]


class Session(Model):
    """One sign-in of one person to one household. It lives as long as its refresh token is renewed.

    A third party that acts for the person has one too, and so has a token that the person made: `kind` tells.
    """

    __tablename__ = "sessions"
    __table_args__ = (
        Index(None, "user_id"),
        Index("ix_sessions_app_id", "app_id", postgresql_where=text("app_id is not null")),
        Index("ix_sessions_pair_until", "pair_until", postgresql_where=text("pair_until is not null")),
        CheckConstraint("kind in ('PERSON', 'APP', 'TOKEN')", name="kind"),
    )
    scope = Scope.OWN
    app_grants = "select, insert, update"
    system_grants = "select, insert, update"

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
    previous_hash: Mapped[bytes | None] = mapped_column(LargeBinary)
    """SHA-256 of the refresh token before this one: for some seconds it may be shown again."""
    pair_key_id: Mapped[str | None]
    pair: Mapped[bytes | None] = mapped_column(LargeBinary)
    """What was given for it, sealed with that vault key, for as long as it may be shown again."""
    pair_until: Mapped[Instant | None]


class AddressRequest(Model):
    """Somebody wants a mail sent to an address. Whether it is anybody's is looked up after they have got their answer,
    so that neither the answer nor its time tells."""

    __tablename__ = "address_requests"
    scope = Scope.SYSTEM
    system_grants = "select, insert, update, delete"

    id: Mapped[UUID] = mapped_column(primary_key=True)
    purpose: Mapped[str]
    email: Mapped[str]
    user_id: Mapped[UUID | None] = mapped_column(ForeignKey("users.id", ondelete="cascade"))
    """Who asks, where that is known."""
    due_at: Mapped[Instant] = mapped_column(index=True)


class MailToken(Model):
    """A secret that was sent to an address, good once and for a short time."""

    __tablename__ = "mail_tokens"
    __table_args__ = (Index(None, "user_id", "purpose"),)
    scope = Scope.SYSTEM
    system_grants = "select, insert, update, delete"

    id: Mapped[UUID] = mapped_column(primary_key=True)
    user_id: Mapped[UUID] = mapped_column(ForeignKey("users.id", ondelete="cascade"))
    purpose: Mapped[str]
    email: Mapped[str]
    """Where it was sent."""
    token_hash: Mapped[bytes] = mapped_column(LargeBinary, unique=True)
    created_at: Mapped[Instant]
    expires_at: Mapped[Instant]
    used_at: Mapped[Instant | None]


class SecurityEvent(Model):
    """Something that happened to a person's account."""

    __tablename__ = "security_events"
    __table_args__ = (Index(None, "user_id", "at", "id"),)
    scope = Scope.OWN
    app_grants = "select, insert"
    system_grants = "select, insert, delete"

    id: Mapped[UUID] = mapped_column(primary_key=True)
    user_id: Mapped[UUID] = mapped_column(ForeignKey("users.id", ondelete="cascade"))
    kind: Mapped[str]
    at: Mapped[Instant]
    network: Mapped[str]
    detail: Mapped[str]


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
