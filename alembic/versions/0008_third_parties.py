"""Apps, what they hold while they ask for a person's consent, and what `system` needs to open their sessions."""

from pathlib import Path

from alembic import op

revision = "0008"
down_revision = "0007"
branch_labels = None
depends_on = None

SQL = Path(__file__).parent.parent / "sql" / "0008_third_parties.sql"


def upgrade() -> None:
    for statement in SQL.read_text().split(";\n\n"):
        op.get_bind().exec_driver_sql(statement)


def downgrade() -> None:
    op.drop_index("ix_sessions_app_id", "sessions")
    op.execute("revoke insert on sessions from coffer_system")
    for table in ("device_codes", "authorization_codes", "app_secrets", "apps"):
        op.drop_table(table)
