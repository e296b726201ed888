"""Tables, row policies and functions of the first release.

The policies are what runtime/row_security.py made of the models then; `coffer migrations --check` compares.
"""

import re
from pathlib import Path

from alembic import op
from runtime.row_security import SYSTEM

revision = "0001"
down_revision = None
branch_labels = None
depends_on = None

SQL = Path(__file__).parent.parent / "sql"
TABLES = re.findall(r"^CREATE TABLE (\w+)", (SQL / "0001_tables.sql").read_text(), re.MULTILINE)


def upgrade() -> None:
    for name in ("text", "tables", "policies", "functions"):
        for statement in (SQL / f"0001_{name}.sql").read_text().split(";\n\n"):
            op.get_bind().exec_driver_sql(statement)
    # `/ready` compares it with the code.
    op.execute(f"grant select on alembic_version to {SYSTEM}")


def downgrade() -> None:
    for function in ("found_savings_group", "join_savings_group"):
        op.execute(f"drop function {function}")
    for table in reversed(TABLES):
        op.execute(f"drop table {table} cascade")
    op.execute("drop function search_words")
    for extension in ("unaccent", "btree_gist"):
        op.execute(f"drop extension {extension}")
