"""Links to institutions, their synchronisations, and what providers' webhooks said."""

from typing import Any
from uuid import UUID

from sqlalchemy import CheckConstraint, ForeignKey, ForeignKeyConstraint, Identity, Index, LargeBinary, text
from sqlalchemy.orm import Mapped, mapped_column

from runtime.tables import Instant, Model, Scope


class Institution(Model):
    __tablename__ = "institutions"
    scope = Scope.REFERENCE
    system_grants = "select, insert, update"

    id: Mapped[UUID] = mapped_column(primary_key=True)
    provider: Mapped[str]
    provider_id: Mapped[str]
    name: Mapped[str]
    url: Mapped[str | None]

    __table_args__ = (Index("uq_institutions_provider", "provider", "provider_id", unique=True),)


class BankLink(Model):
    """`sync_requested > sync_done` is what makes a sync due: jobs only carry the link's id, and lost ones are swept."""

    __tablename__ = "bank_links"
    __table_args__ = (
        ForeignKeyConstraint(["institution_id"], ["institutions.id"]),
        Index("uq_bank_links_provider_item", "provider", "provider_item_id", unique=True),
        Index("ix_bank_links_due", "next_sync_at", postgresql_where=text("sync_requested > sync_done")),
        Index("ix_bank_links_removal", "removal_due_at", postgresql_where=text("removal_due_at is not null")),
        CheckConstraint("status in ('ACTIVE', 'SYNCING', 'NEEDS_SIGN_IN', 'FAILING', 'UNLINKED')", name="status"),
    )
    scope = Scope.BANK_LINKS
    system_grants = "select, update"

    household_id: Mapped[UUID] = mapped_column(ForeignKey("households.id", ondelete="cascade"), primary_key=True)
    id: Mapped[UUID] = mapped_column(primary_key=True)
    user_id: Mapped[UUID]
    institution_id: Mapped[UUID]
    provider: Mapped[str]
    provider_item_id: Mapped[str]
    token: Mapped[bytes | None] = mapped_column(LargeBinary)
    """The provider's access token, AES-256-GCM under `token_key_id`; null once it is removed at the provider."""
    token_key_id: Mapped[str | None]
    cursor: Mapped[str | None]
    status: Mapped[str]
    problem: Mapped[str | None]
    sync_requested: Mapped[int] = mapped_column(server_default=text("0"))
    sync_done: Mapped[int] = mapped_column(server_default=text("0"))
    failures: Mapped[int] = mapped_column(server_default=text("0"))
    """Failed syncs in a row; the wait before the next grows with it."""
    next_sync_at: Mapped[Instant]
    """Not before this."""
    lease: Mapped[UUID | None]
    """Who synchronises it just now. A process that dies leaves its lease behind: it ends at `leased_until`."""
    leased_until: Mapped[Instant | None]
    last_synced_at: Mapped[Instant | None]
    created_at: Mapped[Instant]
    unlinked_at: Mapped[Instant | None]
    removal_due_at: Mapped[Instant | None]
    """When the provider is next asked to forget the item; null when it need not be."""


class LinkAttempt(Model):
    """The intent to link, committed before the provider is asked, so that a crash between leaves a trace."""

    __tablename__ = "link_attempts"
    __table_args__ = (
        Index("ix_link_attempts_open", "started_at", postgresql_where=text("state = 'OPEN'")),
        CheckConstraint("state in ('OPEN', 'DONE', 'ENDED')", name="state"),
    )
    scope = Scope.PERSON
    system_grants = "select, update"

    household_id: Mapped[UUID] = mapped_column(primary_key=True)
    id: Mapped[UUID] = mapped_column(primary_key=True)
    user_id: Mapped[UUID]
    state: Mapped[str]
    idempotency_key: Mapped[str | None]
    """The client's key: given free again where no link has come of the attempt."""
    bank_link_id: Mapped[UUID | None]
    started_at: Mapped[Instant]


class Sync(Model):
    """RUNNING from the moment it is asked for; a job that died leaves it so, and the next one goes on with it."""

    __tablename__ = "syncs"
    __table_args__ = (
        ForeignKeyConstraint(
            ["household_id", "bank_link_id"], ["bank_links.household_id", "bank_links.id"], ondelete="cascade"
        ),
        Index("ix_syncs_link", "household_id", "bank_link_id", text("started_at desc"), text("id desc")),
        Index(
            "uq_syncs_running", "household_id", "bank_link_id", unique=True, postgresql_where=text("status = 'RUNNING'")
        ),
        CheckConstraint("status in ('RUNNING', 'SUCCEEDED', 'FAILED')", name="status"),
    )
    scope = Scope.BANK_LINK
    system_grants = "select, update"

    household_id: Mapped[UUID] = mapped_column(primary_key=True)
    id: Mapped[UUID] = mapped_column(primary_key=True)
    bank_link_id: Mapped[UUID]
    status: Mapped[str]
    started_at: Mapped[Instant]
    finished_at: Mapped[Instant | None]
    added: Mapped[int] = mapped_column(server_default=text("0"))
    modified: Mapped[int] = mapped_column(server_default=text("0"))
    removed: Mapped[int] = mapped_column(server_default=text("0"))
    problem: Mapped[str | None]


class WebhookDelivery(Model):
    """The inbox: what a provider said, verified and stored before it is answered, handled once."""

    __tablename__ = "webhook_inbox"
    __table_args__ = (
        Index("ix_webhook_inbox_open", "received_at", postgresql_where=text("handled_at is null")),
        Index("uq_webhook_inbox_digest", "provider", "digest", unique=True),
    )
    scope = Scope.SYSTEM
    system_grants = "select, insert, update, delete"

    id: Mapped[UUID] = mapped_column(primary_key=True)
    number: Mapped[int] = mapped_column(Identity())
    provider: Mapped[str]
    digest: Mapped[bytes] = mapped_column(LargeBinary)
    """SHA-256 of the signature header and the exact bytes: the same delivery twice is one row."""
    body: Mapped[dict[str, Any]]
    received_at: Mapped[Instant]
    handled_at: Mapped[Instant | None]
    attempts: Mapped[int] = mapped_column(server_default=text("0"))
    problem: Mapped[str | None]
