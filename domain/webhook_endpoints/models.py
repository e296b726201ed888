"""Where changes are told to third parties' servers, with which secrets, and how that went."""

from uuid import UUID

from sqlalchemy import (
    BigInteger,
    CheckConstraint,
    ForeignKey,
    ForeignKeyConstraint,
    Index,
    LargeBinary,
    UniqueConstraint,
    text,
)
from sqlalchemy.orm import Mapped, mapped_column

from runtime.tables import Instant, Model, Scope

ACTIVE, DISABLED = "ACTIVE", "DISABLED"
CHANGES, PING = "CHANGES", "PING"
PENDING, DELIVERED, DEAD, WITHDRAWN = "PENDING", "DELIVERED", "DEAD", "WITHDRAWN"


class WebhookEndpoint(Model):
    """An address that a person or a third party of theirs had made. `next_seq` is the first line of the household's
    journal that it has not been told of: nothing else decides what is sent."""

    __tablename__ = "webhook_endpoints"
    __table_args__ = (
        UniqueConstraint("id", "household_id", "user_id"),
        Index(None, "household_id", "user_id"),
        Index("ix_webhook_endpoints_active", "household_id", postgresql_where=text("status = 'ACTIVE'")),
        CheckConstraint("status in ('ACTIVE', 'DISABLED')", name="status"),
    )
    scope = Scope.PERSON
    system_grants = "select, update"

    id: Mapped[UUID] = mapped_column(primary_key=True)
    household_id: Mapped[UUID] = mapped_column(ForeignKey("households.id", ondelete="cascade"))
    user_id: Mapped[UUID] = mapped_column(ForeignKey("users.id", ondelete="cascade"))
    app_id: Mapped[UUID | None]
    """The third party that made it; null for a person's own client and for a token that they made."""
    session_id: Mapped[UUID | None]
    """The grant or the token that made it: the endpoint sees what that may, as long as it may. Null where the person
    made it: then it sees what they may, as long as they belong to the household and end not all of their sessions."""
    url: Mapped[str]
    description: Mapped[str]
    types: Mapped[list[str] | None]
    """Names of types of the schema; null for all."""
    include_values: Mapped[bool]
    status: Mapped[str]
    problem: Mapped[str | None]
    """Why it was disabled, in words."""
    next_seq: Mapped[int] = mapped_column(BigInteger)
    dead_in_a_row: Mapped[int] = mapped_column(server_default=text("0"))
    lease: Mapped[UUID | None]
    """Who delivers to it just now. A process that dies leaves its lease behind: it ends at `leased_until`."""
    leased_until: Mapped[Instant | None]
    created_at: Mapped[Instant]
    allowed_at: Mapped[Instant]
    """When it was made, or enabled last: one of the person's own ends when all sessions are ended after that."""


class WebhookSecret(Model):
    """What deliveries are signed with. The newest is the good one, the one before it for a day longer; `app` puts them
    in and cannot read them."""

    __tablename__ = "webhook_secrets"
    __table_args__ = (
        Index(None, "endpoint_id", "created_at"),
        ForeignKeyConstraint(
            ["endpoint_id", "household_id", "user_id"],
            ["webhook_endpoints.id", "webhook_endpoints.household_id", "webhook_endpoints.user_id"],
            ondelete="cascade",
        ),
    )
    scope = Scope.PERSON
    app_grants = "insert"
    system_grants = "select"

    id: Mapped[UUID] = mapped_column(primary_key=True)
    endpoint_id: Mapped[UUID]
    household_id: Mapped[UUID]
    user_id: Mapped[UUID]
    key_id: Mapped[str]
    secret: Mapped[bytes] = mapped_column(LargeBinary)
    """AES-256-GCM under that vault key, bound to the row's id."""
    created_at: Mapped[Instant]


class WebhookDelivery(Model):
    """One message, whatever number of tries it takes: its id is the `webhook-id`. Written before it is sent.

    What it says is read from the journal anew for each try: only which lines it is about stands here.
    """

    __tablename__ = "webhook_deliveries"
    __table_args__ = (
        ForeignKeyConstraint(
            ["endpoint_id", "household_id", "user_id"],
            ["webhook_endpoints.id", "webhook_endpoints.household_id", "webhook_endpoints.user_id"],
            ondelete="cascade",
        ),
        Index("ix_webhook_deliveries_newest", "endpoint_id", text("id desc")),
        Index(
            "uq_webhook_deliveries_pending",
            "endpoint_id",
            "kind",
            unique=True,
            postgresql_where=text("status = 'PENDING'"),
        ),
        Index(None, "created_at"),
        CheckConstraint("kind in ('CHANGES', 'PING')", name="kind"),
        CheckConstraint("status in ('PENDING', 'DELIVERED', 'DEAD', 'WITHDRAWN')", name="status"),
    )
    scope = Scope.PERSON
    app_grants = "select, insert, update (status)"
    system_grants = "select, insert, update, delete"

    id: Mapped[UUID] = mapped_column(primary_key=True)
    endpoint_id: Mapped[UUID]
    household_id: Mapped[UUID]
    user_id: Mapped[UUID]
    kind: Mapped[str]
    status: Mapped[str]
    first_seq: Mapped[int | None] = mapped_column(BigInteger)
    last_seq: Mapped[int | None] = mapped_column(BigInteger)
    """It is about these lines, both included, as far as they may be seen; null for a ping."""
    attempts: Mapped[int] = mapped_column(server_default=text("0"))
    created_at: Mapped[Instant]
    attempted_at: Mapped[Instant | None]
    next_attempt_at: Mapped[Instant | None]
    """Null once nothing more is tried."""
    response_status: Mapped[int | None]
    response_text: Mapped[str | None]
    """The beginning of what was answered, where it was no success."""
    duration_ms: Mapped[int | None]
    problem: Mapped[str | None]
    """Why the last try failed, in words."""
