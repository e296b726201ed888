"""Invitations, how accounts are shared, and what crosses the bounds of a household: founding, joining, parting.

The policies of what belongs to accounts and bank links ask what is withheld from the viewer as well.
"""

from pathlib import Path

from alembic import op

revision = "0007"
down_revision = "0006"
branch_labels = None
depends_on = None

SQL = Path(__file__).parent.parent / "sql"
OLD_POLICIES = SQL / "0001_policies.sql"
TRIGGERS = (("accounts_are_somebodys", "accounts"), ("accounts_go", "accounts"), ("members_go", "household_members"))
FUNCTIONS = (
    *("share_new_account", "forget_share", "end_sessions_of_member", "found_household", "accept_invitation"),
    *("part_from_household", "move_bank_links", "move_accounts", "copied_columns"),
)
HELD = (
    *("journal", "bank_links", "accounts", "syncs", "daily_balances", "spending", "statement_imports", "transactions"),
    "statement_import_accounts",
)


def upgrade() -> None:
    for name in ("households", "functions"):
        for statement in (SQL / f"0007_{name}.sql").read_text().split(";\n\n"):
            op.get_bind().exec_driver_sql(statement)


def downgrade() -> None:
    for trigger, table in TRIGGERS:
        op.execute(f"drop trigger {trigger} on {table}")
    for function in FUNCTIONS:
        op.execute(f"drop function {function}")
    op.execute("drop policy household_members_update on household_members")
    op.execute("revoke update (role) on household_members from coffer_app")
    for statement in OLD_POLICIES.read_text().split(";\n\n"):
        words = statement.split()
        if words[:2] == ["create", "policy"] and words[4] in HELD and "to coffer_app" in statement:
            op.execute(f"drop policy {words[2]} on {words[4]}")
            op.get_bind().exec_driver_sql(statement)
    op.drop_table("invitations")
    op.drop_table("account_shares")
