"""Outgoing webhooks, their secrets and their deliveries."""

from pathlib import Path

from alembic import op

revision = "0011"
down_revision = "0010"
branch_labels = None
depends_on = None

SQL = Path(__file__).parent.parent / "sql" / "0011_outgoing_webhooks.sql"


def upgrade() -> None:
    for statement in SQL.read_text().split(";\n\n"):
        op.get_bind().exec_driver_sql(statement)


def downgrade() -> None:
    for table in ("webhook_deliveries", "webhook_secrets", "webhook_endpoints"):
        op.drop_table(table)
