"""Third parties: apps, and what they hold while they ask for a person's consent. What they were given is a session."""

from uuid import UUID

from sqlalchemy import ForeignKey, ForeignKeyConstraint, Index, LargeBinary, UniqueConstraint
from sqlalchemy.orm import Mapped, mapped_column

from runtime.tables import Instant, Model, Scope


class App(Model):
    """A third party's software, as its maker registered it: a client in the words of OAuth."""

    __tablename__ = "apps"
    __table_args__ = (Index(None, "user_id"), UniqueConstraint("id", "user_id"))
    scope = Scope.OWN
    system_grants = "select, delete"

    id: Mapped[UUID] = mapped_column(primary_key=True)
    user_id: Mapped[UUID] = mapped_column(ForeignKey("users.id", ondelete="cascade"))
    """Who made it."""
    name: Mapped[str]
    homepage: Mapped[str | None]
    redirect_uris: Mapped[list[str]]
    is_confidential: Mapped[bool]
    """Whether it runs where it can keep a secret (RFC 6749, 2.1)."""
    created_at: Mapped[Instant]


class AppSecret(Model):
    """What a confidential app proves itself with; the newest is the good one. The role `app` cannot read them."""

    __tablename__ = "app_secrets"
    __table_args__ = (
        Index(None, "app_id", "created_at"),
        # Of one's own apps alone, whatever the code above it forgets.
        ForeignKeyConstraint(["app_id", "user_id"], ["apps.id", "apps.user_id"], ondelete="cascade"),
    )
    scope = Scope.OWN
    app_grants = "insert"
    system_grants = "select"

    id: Mapped[UUID] = mapped_column(primary_key=True)
    app_id: Mapped[UUID]
    user_id: Mapped[UUID]
    secret_hash: Mapped[bytes] = mapped_column(LargeBinary)
    """SHA-256: it is random, so that nothing slower is needed."""
    created_at: Mapped[Instant]


class AuthorizationCode(Model):
    """What a consent is worth for a minute, once. Kept for a while after its use, so that a second one is noticed."""

    __tablename__ = "authorization_codes"
    __table_args__ = (Index(None, "expires_at"),)
    scope = Scope.SYSTEM
    system_grants = "select, insert, update, delete"

    code_hash: Mapped[bytes] = mapped_column(LargeBinary, primary_key=True)
    app_id: Mapped[UUID] = mapped_column(ForeignKey("apps.id", ondelete="cascade"))
    user_id: Mapped[UUID] = mapped_column(ForeignKey("users.id", ondelete="cascade"))
    household_id: Mapped[UUID] = mapped_column(ForeignKey("households.id", ondelete="cascade"))
    redirect_uri: Mapped[str]
    challenge: Mapped[str]
    """PKCE, S256 (RFC 7636)."""
    scopes: Mapped[list[str]]
    account_ids: Mapped[list[UUID] | None]
    expires_at: Mapped[Instant]
    used_at: Mapped[Instant | None]
    session_id: Mapped[UUID]
    """The session that it opens, and that a second use ends."""


class DeviceCode(Model):
    """A tool without a browser that waits for a person's consent elsewhere (RFC 8628)."""

    __tablename__ = "device_codes"
    __table_args__ = (Index(None, "expires_at"),)
    scope = Scope.SYSTEM
    system_grants = "select, insert, update, delete"

    device_hash: Mapped[bytes] = mapped_column(LargeBinary, primary_key=True)
    user_code_hash: Mapped[bytes] = mapped_column(LargeBinary, unique=True)
    app_id: Mapped[UUID] = mapped_column(ForeignKey("apps.id", ondelete="cascade"))
    scopes: Mapped[list[str]]
    expires_at: Mapped[Instant]
    polled_at: Mapped[Instant | None]
    decided_at: Mapped[Instant | None]
    user_id: Mapped[UUID | None] = mapped_column(ForeignKey("users.id", ondelete="cascade"))
    """Who consented; null until somebody did, and where it was denied."""
    household_id: Mapped[UUID | None] = mapped_column(ForeignKey("households.id", ondelete="cascade"))
    account_ids: Mapped[list[UUID] | None]
    used_at: Mapped[Instant | None]
