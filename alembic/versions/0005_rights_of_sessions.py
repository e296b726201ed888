"""What a session may do, where it is used, and whom it stands for: a person, a third party, or a token of a person."""

import sqlalchemy as sa
from sqlalchemy.dialects.postgresql import ARRAY, UUID

from alembic import op

revision = "0005"
down_revision = "0004"
branch_labels = None
depends_on = None

NAMES = ("kind", "app_id", "label", "network", "used_at", "proved_at", "scopes", "account_ids")


def upgrade() -> None:
    for column in (
        sa.Column("kind", sa.Text, nullable=False, server_default="PERSON"),
        sa.Column("app_id", UUID),
        sa.Column("label", sa.Text, nullable=False, server_default=""),
        sa.Column("network", sa.Text, nullable=False, server_default=""),
        sa.Column("used_at", sa.DateTime(timezone=True)),
        sa.Column("proved_at", sa.DateTime(timezone=True)),
        sa.Column("scopes", ARRAY(sa.Text)),
        sa.Column("account_ids", ARRAY(UUID)),
    ):
        op.add_column("sessions", column)
    op.create_check_constraint("kind", "sessions", "kind in ('PERSON', 'APP', 'TOKEN')")


def downgrade() -> None:
    for name in reversed(NAMES):
        op.drop_column("sessions", name)
