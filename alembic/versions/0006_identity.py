"""People's proofs: mails, secrets in mails, security events; what a refresh gave, for some seconds; preferences.

A person's sessions are theirs in whatever household they are, so that one is not forgotten where it is not looked for.
"""

from pathlib import Path

from alembic import op

revision = "0006"
down_revision = "0005"
branch_labels = None
depends_on = None

SQL = Path(__file__).parent.parent / "sql" / "0006_identity.sql"
ONE = "user_id = nullif(current_setting('app.user_id', true), '')::uuid"
HOME = f"household_id = nullif(current_setting('app.household_id', true), '')::uuid and {ONE}"
OF_USERS = (
    *("email_verified_at", "email_owned_at", "sessions_ended_at"),
    *("week_starts_on", "month_starts_on", "dismissed_steps", "deletion_due_at"),
)
OF_SESSIONS = ("previous_hash", "pair_key_id", "pair", "pair_until")


def upgrade() -> None:
    for statement in SQL.read_text().split(";\n\n"):
        op.get_bind().exec_driver_sql(statement)


def downgrade() -> None:
    op.execute(f"alter policy sessions_update on sessions using ({HOME}) with check ({HOME})")
    op.execute(f"alter policy sessions_insert on sessions with check ({HOME})")
    op.execute(f"alter policy sessions_select on sessions using ({HOME})")
    op.execute("revoke update on users from coffer_system")
    op.execute("revoke delete on credentials from coffer_system")
    for name in reversed(OF_SESSIONS):
        op.drop_column("sessions", name)
    for name in reversed(OF_USERS):
        op.drop_column("users", name)
    for table in ("security_events", "mail_tokens", "address_requests", "outgoing_mails"):
        op.drop_table(table)
