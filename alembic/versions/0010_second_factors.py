"""Second factors, passkeys, and sign-in at other providers."""

from pathlib import Path

from alembic import op

revision = "0010"
down_revision = "0009"
branch_labels = None
depends_on = None

SQL = Path(__file__).parent.parent / "sql" / "0010_second_factors.sql"
TABLES = (
    *("provider_attempts", "linked_sign_ins", "factor_attempts", "sign_in_challenges", "passkey_ceremonies"),
    *("passkeys", "backup_codes", "totp_secrets", "factors"),
)


def upgrade() -> None:
    for statement in SQL.read_text().split(";\n\n"):
        op.get_bind().exec_driver_sql(statement)


def downgrade() -> None:
    for table in TABLES:
        op.drop_table(table)
