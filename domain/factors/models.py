"""How people prove who they are beside a password: second factors, passkeys, and sign-in at other providers.

What a person may see of them stands in `factors` and `linked_sign_ins`; everything else is out of the reach of `app`.
"""

from uuid import UUID

from sqlalchemy import BigInteger, CheckConstraint, ForeignKey, Index, LargeBinary, UniqueConstraint, text
from sqlalchemy.orm import Mapped, mapped_column

from runtime.tables import Instant, Model, Scope

TOTP, BACKUP_CODES, PASSKEY = "TOTP", "BACKUP_CODES", "PASSKEY"
"""Kinds of factors."""


class Factor(Model):
    """Something that a person has, and can show."""

    __tablename__ = "factors"
    __table_args__ = (
        Index(None, "user_id", "created_at"),
        Index("uq_factors_single", "user_id", "kind", unique=True, postgresql_where=text("kind <> 'PASSKEY'")),
        CheckConstraint("kind in ('TOTP', 'BACKUP_CODES', 'PASSKEY')", name="kind"),
    )
    scope = Scope.OWN
    app_grants = "select"
    system_grants = "select, insert, update, delete"

    id: Mapped[UUID] = mapped_column(primary_key=True)
    user_id: Mapped[UUID] = mapped_column(ForeignKey("users.id", ondelete="cascade"))
    kind: Mapped[str]
    name: Mapped[str]
    created_at: Mapped[Instant]
    confirmed_at: Mapped[Instant | None]
    """When the person showed that they have it; it counts from then on."""
    used_at: Mapped[Instant | None]
    codes_left: Mapped[int | None]
    """Of backup codes: how many are not used yet."""


class TotpSecret(Model):
    """What an authenticator app makes its codes of (RFC 6238)."""

    __tablename__ = "totp_secrets"
    scope = Scope.SYSTEM
    system_grants = "select, insert, update, delete"

    factor_id: Mapped[UUID] = mapped_column(ForeignKey("factors.id", ondelete="cascade"), primary_key=True)
    key_id: Mapped[str]
    secret: Mapped[bytes] = mapped_column(LargeBinary)
    """Sealed with that vault key, bound to the factor."""
    last_step: Mapped[int] = mapped_column(BigInteger)
    """The time-step of the newest code that was used: that one and older ones are good no more."""


class BackupCode(Model):
    """One code, good once; it is deleted when it is used."""

    __tablename__ = "backup_codes"
    scope = Scope.SYSTEM
    system_grants = "select, insert, delete"

    user_id: Mapped[UUID] = mapped_column(ForeignKey("users.id", ondelete="cascade"), primary_key=True)
    code_hash: Mapped[bytes] = mapped_column(LargeBinary, primary_key=True)
    """SHA-256: a code is 80 random bits, so that nothing slower is needed."""


class Passkey(Model):
    """A public key credential (WebAuthn Level 2, 4)."""

    __tablename__ = "passkeys"
    scope = Scope.SYSTEM
    system_grants = "select, insert, update, delete"

    factor_id: Mapped[UUID] = mapped_column(ForeignKey("factors.id", ondelete="cascade"), primary_key=True)
    credential_id: Mapped[bytes] = mapped_column(LargeBinary, unique=True)
    public_key: Mapped[bytes] = mapped_column(LargeBinary)
    """COSE (RFC 9052)."""
    sign_count: Mapped[int] = mapped_column(BigInteger)
    transports: Mapped[list[str]]
    """How its authenticator is reached, as the client said: a hint for browsers."""


class PasskeyCeremony(Model):
    """A challenge that an authenticator is to sign, good once."""

    __tablename__ = "passkey_ceremonies"
    __table_args__ = (Index(None, "expires_at"),)
    scope = Scope.SYSTEM
    system_grants = "select, insert, delete"

    challenge_hash: Mapped[bytes] = mapped_column(LargeBinary, primary_key=True)
    purpose: Mapped[str]
    user_id: Mapped[UUID | None] = mapped_column(ForeignKey("users.id", ondelete="cascade"))
    """Whose passkey it has to be; null where that is what the passkey tells."""
    expires_at: Mapped[Instant]


class SignInChallenge(Model):
    """Somebody who knows the first secret and has yet to show a second factor."""

    __tablename__ = "sign_in_challenges"
    __table_args__ = (Index(None, "user_id"), Index(None, "expires_at"))
    scope = Scope.SYSTEM
    system_grants = "select, insert, update, delete"

    token_hash: Mapped[bytes] = mapped_column(LargeBinary, primary_key=True)
    user_id: Mapped[UUID] = mapped_column(ForeignKey("users.id", ondelete="cascade"))
    expires_at: Mapped[Instant]
    attempts: Mapped[int] = mapped_column(server_default=text("0"))


class FactorAttempts(Model):
    """How often somebody tried a second factor of a person since the last time it was right."""

    __tablename__ = "factor_attempts"
    scope = Scope.SYSTEM
    system_grants = "select, insert, update, delete"

    user_id: Mapped[UUID] = mapped_column(ForeignKey("users.id", ondelete="cascade"), primary_key=True)
    count: Mapped[int]
    tried_at: Mapped[Instant]
    locked_until: Mapped[Instant | None]
    """Null while the next one may come at once."""


class LinkedSignIn(Model):
    """An account at an OpenID provider with which the person signs in here too."""

    __tablename__ = "linked_sign_ins"
    __table_args__ = (UniqueConstraint("issuer", "subject"), Index(None, "user_id", "created_at"))
    scope = Scope.OWN
    app_grants = "select"
    system_grants = "select, insert, update, delete"

    id: Mapped[UUID] = mapped_column(primary_key=True)
    user_id: Mapped[UUID] = mapped_column(ForeignKey("users.id", ondelete="cascade"))
    provider: Mapped[str]
    issuer: Mapped[str]
    subject: Mapped[str]
    """The account's name for the provider alone; its address there may change."""
    email: Mapped[str | None]
    """As the provider knew it when it was linked, for the person to read."""
    created_at: Mapped[Instant]
    used_at: Mapped[Instant | None]


class ProviderAttempt(Model):
    """Somebody who was sent to an OpenID provider and is to come back with its `state`, once."""

    __tablename__ = "provider_attempts"
    __table_args__ = (Index(None, "expires_at"),)
    scope = Scope.SYSTEM
    system_grants = "select, insert, delete"

    state_hash: Mapped[bytes] = mapped_column(LargeBinary, primary_key=True)
    binding_hash: Mapped[bytes] = mapped_column(LargeBinary)
    """Of the secret that only the client has who began: it never travels to the provider."""
    provider: Mapped[str]
    redirect_uri: Mapped[str]
    user_id: Mapped[UUID | None] = mapped_column(ForeignKey("users.id", ondelete="cascade"))
    """Who wants to link the account; null where somebody signs in."""
    expires_at: Mapped[Instant]
