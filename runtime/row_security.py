"""Row-level security: one uniform policy per scope, made here and nowhere else.

Enabled *and* forced, so that the table's owner is held as well; the roles `owner` and `system` get policies of their
own instead of BYPASSRLS. The form of the conditions decides between 0.16 and 23 ms a page (docs/decisions/0003):
keep it.
"""

from runtime.tables import Model, Scope

OWNER, APP, SYSTEM = "coffer_owner", "coffer_app", "coffer_system"

USER = "nullif(current_setting('app.user_id', true), '')::uuid"
HOUSEHOLD = "nullif(current_setting('app.household_id', true), '')::uuid"
MAY_WRITE = "current_setting('app.role', true) in ('OWNER', 'MEMBER')"
MY_GROUPS = "(select group_id from group_memberships)"

_ACCOUNT_IDS = "current_setting('app.account_ids', true)"
_ALL_ACCOUNTS = f"(select {_ACCOUNT_IDS} = '*')"
_ALLOWED = f"any ((select string_to_array(nullif(nullif({_ACCOUNT_IDS}, ''), '*'), ',')::uuid[])::uuid[])"


def _account(column: str) -> str:
    return f"case when {_ALL_ACCOUNTS} then true else {column} = {_ALLOWED} end"


def _account_or_null(column: str) -> str:
    return f"case when {_ALL_ACCOUNTS} then true when {column} is null then true else {column} = {_ALLOWED} end"


_SAME_HOUSEHOLD = f"household_id = {HOUSEHOLD}"

_ROWS: dict[Scope, str] = {
    Scope.HOUSEHOLD: _SAME_HOUSEHOLD,
    Scope.ACCOUNT: f"{_SAME_HOUSEHOLD} and {_account('account_id')}",
    Scope.ACCOUNT_OR_NONE: f"{_SAME_HOUSEHOLD} and {_account_or_null('account_id')}",
    Scope.ACCOUNTS: f"{_SAME_HOUSEHOLD} and {_account('id')}",
    Scope.PERSON: f"{_SAME_HOUSEHOLD} and user_id = {USER}",
    Scope.OWN: f"user_id = {USER}",
    Scope.ADDRESSED: f"{_SAME_HOUSEHOLD} and user_id = {USER}",
    Scope.GROUP: f"group_id in {MY_GROUPS}",
    Scope.STREAM: (
        f"case when stream_id = {HOUSEHOLD} then {_account_or_null('account_id')} else stream_id in {MY_GROUPS} end"
    ),
    Scope.STREAM_HEAD: f"stream_id = {HOUSEHOLD} or stream_id in {MY_GROUPS}",
    Scope.STREAM_OUTBOX: f"stream_id = {HOUSEHOLD} or stream_id in {MY_GROUPS}",
    # Oneself first: most people who are read are, and then nobody's memberships are looked through.
    Scope.USERS: f"case when id = {USER} then true else id in (select user_id from household_members) end",
    Scope.HOUSEHOLDS: "id in (select household_id from household_members)",
    Scope.MEMBERS: f"household_id = {HOUSEHOLD} or user_id = {USER}",
    Scope.REFERENCE: "true",
}

# Where what may be written is narrower than what may be read, or is not a matter of the role.
_WRITES: dict[Scope, str] = {
    Scope.PERSON: _ROWS[Scope.PERSON],
    Scope.OWN: _ROWS[Scope.OWN],
    Scope.ADDRESSED: _ROWS[Scope.ADDRESSED],
    Scope.USERS: f"id = {USER}",
    Scope.HOUSEHOLDS: f"id = {HOUSEHOLD} and current_setting('app.role', true) = 'OWNER'",
    Scope.MEMBERS: "false",
    Scope.STREAM: _ROWS[Scope.STREAM],
    Scope.STREAM_HEAD: _ROWS[Scope.STREAM_HEAD],
    Scope.STREAM_OUTBOX: _ROWS[Scope.STREAM_OUTBOX],
}

# Where what may be inserted is not what may be changed afterwards.
_INSERTS: dict[Scope, str] = {
    Scope.ADDRESSED: (
        f"{_SAME_HOUSEHOLD} and {MAY_WRITE} "
        f"and user_id in (select user_id from household_members where {_SAME_HOUSEHOLD})"
    ),
}

_GRANTS: dict[Scope, str] = {
    Scope.REFERENCE: "select",
    Scope.STREAM: "select, insert",
    Scope.STREAM_HEAD: "select, update",
    Scope.USERS: "select, update",
    Scope.HOUSEHOLDS: "select, update",
    Scope.MEMBERS: "select",
}


def statements(model: type[Model]) -> list[str]:
    """The DDL that puts a model's table under its policy, with the grants of all three roles."""
    table, scope = model.__tablename__, model.scope
    made = [
        f"alter table {table} enable row level security",
        f"alter table {table} force row level security",
        f"create policy {table}_owner on {table} to {OWNER} using (true) with check (true)",
    ]
    if scope is not Scope.SYSTEM:
        rows = _ROWS[scope]
        writes = _WRITES.get(scope, f"{rows} and {MAY_WRITE}")
        grants = model.app_grants or _GRANTS.get(scope, "select, insert, update, delete")
        made.append(f"grant {grants} on {table} to {APP}")
        conditions = {
            "select": f"using ({rows})",
            "insert": f"with check ({_INSERTS.get(scope, writes)})",
            "update": f"using ({writes}) with check ({writes})",
            "delete": f"using ({writes})",
        }
        made += [
            f"create policy {table}_{action} on {table} for {action} to {APP} {conditions[action]}"
            for action in grants.replace(" ", "").split(",")
        ]
    if model.system_grants:
        made.append(f"grant {model.system_grants} on {table} to {SYSTEM}")
        made.append(f"create policy {table}_system on {table} to {SYSTEM} using (true) with check (true)")
    return made
