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

IS_OWNER = "current_setting('app.role', true) = 'OWNER'"

# "*" is everything, "-" everything but what is withheld, else a list (runtime/beginning.py). What is withheld are lists
# of accounts and bank links, each in the next: private, closed, locked.
_ACCOUNT_IDS = "current_setting('app.account_ids', true)"
_ALL_ACCOUNTS = f"(select {_ACCOUNT_IDS} = '*')"
_ALL_BUT = f"(select {_ACCOUNT_IDS} = '-')"
_ALLOWED = f"any ((select string_to_array(nullif(nullif(nullif({_ACCOUNT_IDS}, ''), '*'), '-'), ',')::uuid[])::uuid[])"
_PRIVATE, _CLOSED, _LOCKED = (
    f"any ((select string_to_array(nullif(current_setting('app.{name}_ids', true), ''), ',')::uuid[])::uuid[])"
    for name in ("private", "closed", "locked")
)


def _open(column: str, withheld: str, *first: str) -> str:
    """Where nothing is withheld, only the first test is made. `first` are tests that come before the withheld."""
    cases = (*first, f"when {column} = {withheld} then false", f"when {_ALL_BUT} then true")
    return f"case when {_ALL_ACCOUNTS} then true {' '.join(cases)} else {column} = {_ALLOWED} end"


def _line(withheld: str) -> str:
    """A journal line about an account itself is open where the account is, one of what is on it where the details are.

    `account_id` may be a bank link's.
    """
    if withheld is _LOCKED:
        return _open("account_id", withheld, _IF_NONE)
    return _open("account_id", withheld, _IF_NONE, f"when subject = 'Account' then {_open('account_id', _PRIVATE)}")


_SAME_HOUSEHOLD = f"household_id = {HOUSEHOLD}"
_IF_NONE = "when account_id is null then true"
_OWN_IF_NONE = f"when account_id is null then user_id = {USER}"


def _stream(withheld: str) -> str:
    return f"case when stream_id = {HOUSEHOLD} then {_line(withheld)} else stream_id in {MY_GROUPS} end"


_ROWS: dict[Scope, str] = {
    Scope.HOUSEHOLD: _SAME_HOUSEHOLD,
    Scope.ACCOUNT: f"{_SAME_HOUSEHOLD} and {_open('account_id', _CLOSED)}",
    Scope.ACCOUNT_OR_NONE: f"{_SAME_HOUSEHOLD} and {_open('account_id', _CLOSED, _OWN_IF_NONE)}",
    Scope.ACCOUNTS: f"{_SAME_HOUSEHOLD} and {_open('id', _PRIVATE)}",
    Scope.ACCOUNT_BALANCE: f"{_SAME_HOUSEHOLD} and {_open('account_id', _PRIVATE)}",
    Scope.ACCOUNT_SHARES: f"{_SAME_HOUSEHOLD} and {_open('account_id', _PRIVATE)}",
    Scope.BANK_LINKS: f"{_SAME_HOUSEHOLD} and {_open('id', _PRIVATE)}",
    Scope.BANK_LINK: f"{_SAME_HOUSEHOLD} and {_open('bank_link_id', _PRIVATE)}",
    Scope.PERSON: f"{_SAME_HOUSEHOLD} and user_id = {USER}",
    Scope.OWN: f"user_id = {USER}",
    Scope.ADDRESSED: f"{_SAME_HOUSEHOLD} and user_id = {USER}",
    Scope.GROUP: f"group_id in {MY_GROUPS}",
    Scope.STREAM: _stream(_CLOSED),
    Scope.STREAM_HEAD: f"stream_id = {HOUSEHOLD} or stream_id in {MY_GROUPS}",
    Scope.STREAM_OUTBOX: f"stream_id = {HOUSEHOLD} or stream_id in {MY_GROUPS}",
    # Oneself first: most people who are read are, and then nobody's memberships are looked through.
    Scope.USERS: f"case when id = {USER} then true else id in (select user_id from household_members) end",
    Scope.HOUSEHOLDS: "id in (select household_id from household_members)",
    Scope.MEMBERS: f"household_id = {HOUSEHOLD} or user_id = {USER}",
    Scope.OWNERS: f"{_SAME_HOUSEHOLD} and {IS_OWNER}",
    Scope.REFERENCE: "true",
}

# Where what may be written is narrower than what may be read, or is not a matter of the role.
_WRITES: dict[Scope, str] = {
    Scope.ACCOUNT: f"{_SAME_HOUSEHOLD} and {_open('account_id', _LOCKED)} and {MAY_WRITE}",
    Scope.ACCOUNT_OR_NONE: f"{_SAME_HOUSEHOLD} and {_open('account_id', _LOCKED, _OWN_IF_NONE)} and {MAY_WRITE}",
    Scope.ACCOUNTS: f"{_SAME_HOUSEHOLD} and {_open('id', _LOCKED)} and {MAY_WRITE}",
    Scope.ACCOUNT_BALANCE: f"{_SAME_HOUSEHOLD} and {_open('account_id', _LOCKED)} and {MAY_WRITE}",
    # What is one's own is one's own to keep, also for whoever may only look.
    Scope.ACCOUNT_SHARES: f"{_SAME_HOUSEHOLD} and owner_user_id = {USER} and {_open('account_id', _LOCKED)}",
    Scope.BANK_LINKS: f"{_SAME_HOUSEHOLD} and {_open('id', _LOCKED)} and {MAY_WRITE}",
    Scope.BANK_LINK: f"{_SAME_HOUSEHOLD} and {_open('bank_link_id', _LOCKED)} and {MAY_WRITE}",
    Scope.PERSON: _ROWS[Scope.PERSON],
    Scope.OWN: _ROWS[Scope.OWN],
    Scope.ADDRESSED: _ROWS[Scope.ADDRESSED],
    Scope.USERS: f"id = {USER}",
    Scope.HOUSEHOLDS: f"id = {HOUSEHOLD} and {IS_OWNER}",
    Scope.MEMBERS: f"{_SAME_HOUSEHOLD} and {IS_OWNER}",
    Scope.OWNERS: _ROWS[Scope.OWNERS],
    Scope.STREAM: _stream(_LOCKED),
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
    Scope.MEMBERS: "select, update (role)",
    Scope.ACCOUNT_SHARES: "select, update (sharing)",
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
            # A grant may name the one column that it is for.
            for action in (grant.split()[0] for grant in grants.split(","))
        ]
    if model.system_grants:
        made.append(f"grant {model.system_grants} on {table} to {SYSTEM}")
        made.append(f"create policy {table}_system on {table} to {SYSTEM} using (true) with check (true)")
    return made
