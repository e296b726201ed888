"""A version beside each table that processes remember, raised by whatever changes a row of it."""

from alembic import op

revision = "0002"
down_revision = "0001"
branch_labels = None
depends_on = None

STATEMENTS = (
    "create table table_versions (name text constraint pk_table_versions primary key, version bigint not null)",
    "alter table table_versions enable row level security",
    "alter table table_versions force row level security",
    "create policy table_versions_owner on table_versions to coffer_owner using (true) with check (true)",
    "grant select on table_versions to coffer_app",
    "create policy table_versions_select on table_versions for select to coffer_app using (true)",
    "insert into table_versions (name, version) values ('institutions', 0), ('merchant_dictionary', 0)",
    # As the owner: nobody else writes a version.
    """
    create function raise_table_version() returns trigger
    language plpgsql security definer set search_path = public, pg_temp as $$
    begin
        update table_versions set version = version + 1 where name = tg_table_name;
        return null;
    end $$
    """,
    "revoke all on function raise_table_version() from public",
    """
    create trigger institutions_come_and_go after insert or delete on institutions
    for each row execute function raise_table_version()
    """,
    # Each new link writes the institution again, mostly as it was.
    """
    create trigger institutions_change after update on institutions
    for each row when (old.* is distinct from new.*) execute function raise_table_version()
    """,
    # It is replaced as a whole, when it has changed.
    """
    create trigger merchant_dictionary_change after insert or update or delete or truncate on merchant_dictionary
    for each statement execute function raise_table_version()
    """,
)


def upgrade() -> None:
    for statement in STATEMENTS:
        op.execute(statement)


def downgrade() -> None:
    op.execute("drop trigger merchant_dictionary_change on merchant_dictionary")
    op.execute("drop trigger institutions_change on institutions")
    op.execute("drop trigger institutions_come_and_go on institutions")
    op.execute("drop function raise_table_version")
    op.execute("drop table table_versions")
