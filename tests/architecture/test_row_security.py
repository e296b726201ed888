"""PostgreSQL alone keeps households apart: no code of the application runs in these tests.

Two households have a row in every personal table. A connection of the role `app`, bound to the second, tries
everything.
"""

from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from typing import Any

import asyncpg
import pytest
import sqlalchemy as sa

from domain.tables import models
from runtime import row_security
from runtime.ids import new_id
from runtime.tables import Model, Scope
from tests.architecture.households import PERSONAL, Filled
from tests.cluster import DatabaseUrls

TABLES = [pytest.param(model, id=model.__tablename__) for model in PERSONAL]


@pytest.fixture(scope="module")
def database_urls(own_database_urls: DatabaseUrls) -> DatabaseUrls:
    """Rows of no sense are put into every table here."""
    return own_database_urls


@asynccontextmanager
async def connected(url: str) -> AsyncIterator[asyncpg.Connection]:
    connection = await asyncpg.connect(url)
    try:
        yield connection
    finally:
        await connection.close()


@asynccontextmanager
async def bound(
    urls: DatabaseUrls, whose: Filled | None, *, role: str = "OWNER", accounts: str = "*", **withheld: str
) -> AsyncIterator[asyncpg.Connection]:
    """A transaction of `app`, bound as runtime/database.py binds it; rolled back at the end."""
    async with connected(urls.app) as connection:
        transaction = connection.transaction()
        await transaction.start()
        if whose is not None:
            await connection.execute(
                "select set_config('app.user_id', $1, true), set_config('app.household_id', $2, true), "
                "set_config('app.role', $3, true), set_config('app.account_ids', $4, true)",
                str(whose.user_id),
                str(whose.household_id),
                role,
                accounts,
            )
            for name, ids in withheld.items():
                await connection.execute("select set_config($1, $2, true)", f"app.{name}_ids", ids)
        try:
            yield connection
        finally:
            await transaction.rollback()


@pytest.fixture
async def two(database_urls: DatabaseUrls) -> tuple[Filled, Filled]:
    """The first and the second household."""
    first, second = Filled(), Filled()
    async with connected(database_urls.owner) as owner:
        await first.fill(owner)
        await second.fill(owner)
    return first, second


def identity(model: type[Model], whose: Filled) -> tuple[str, list[Any]]:
    """A condition that finds the household's row by its primary key."""
    table = model.__table__
    assert isinstance(table, sa.Table)
    row = whose.rows[model.__tablename__]
    names = [column.name for column in table.primary_key.columns]
    return " and ".join(f"{name} = ${number}" for number, name in enumerate(names, 1)), [row[name] for name in names]


def granted(model: type[Model]) -> list[str]:
    """What `app` may do with the table, by the policies' own list."""
    made = [statement for statement in row_security.statements(model) if statement.startswith("grant")]
    (grant,) = [statement for statement in made if statement.endswith(f" to {row_security.APP}")]
    return grant.removeprefix("grant ").split(" on ")[0].replace(" ", "").split(",")


async def attempt(connection: asyncpg.Connection, statement: str, *values: Any) -> int:
    """How many rows were touched; 0 where it was refused."""
    try:
        async with connection.transaction():
            status: str = await connection.execute(statement, *values)
    except asyncpg.InsufficientPrivilegeError:
        return 0
    return int(status.split()[-1])


@pytest.mark.parametrize("model", TABLES)
async def test_another_households_row_is_neither_read_nor_changed(
    model: type[Model], two: tuple[Filled, Filled], database_urls: DatabaseUrls
) -> None:
    first, second = two
    table = model.__tablename__
    condition, key = identity(model, first)
    column = condition.split(" ")[0]

    async with bound(database_urls, second) as connection:
        assert await attempt(connection, f"select from {table} where {condition}", *key) == 0
        assert await attempt(connection, f"update {table} set {column} = {column} where {condition}", *key) == 0
        assert await attempt(connection, f"delete from {table} where {condition}", *key) == 0
        if "select" in granted(model):
            owned = await connection.fetch(f"select * from {table}")
            assert len(owned) == 1, "only the second household's own row"


@pytest.mark.parametrize("model", TABLES)
async def test_no_row_can_be_put_into_another_household(
    model: type[Model], two: tuple[Filled, Filled], database_urls: DatabaseUrls
) -> None:
    first, second = two
    table = model.__tablename__
    row = {**first.row(model)}
    names = ", ".join(row)
    places = ", ".join(f"${number}" for number in range(1, len(row) + 1))

    async with bound(database_urls, second) as connection:
        with pytest.raises(asyncpg.InsufficientPrivilegeError):
            await connection.execute(f"insert into {table} ({names}) values ({places})", *row.values())


@pytest.mark.parametrize("model", TABLES)
async def test_without_a_viewer_there_is_nothing(
    model: type[Model], two: tuple[Filled, Filled], database_urls: DatabaseUrls
) -> None:
    async with bound(database_urls, None) as connection:
        assert await attempt(connection, f"select from {model.__tablename__}") == 0
        assert await attempt(connection, f"delete from {model.__tablename__}") == 0


@pytest.mark.parametrize(
    "model", [pytest.param(one, id=one.__tablename__) for one in PERSONAL if one.scope.value.startswith("account")]
)
async def test_only_allowed_accounts_are_seen(
    model: type[Model], two: tuple[Filled, Filled], database_urls: DatabaseUrls
) -> None:
    _, second = two
    table = model.__tablename__
    own = str(second.rows["accounts"]["id"])

    async with bound(database_urls, second, accounts=own) as connection:
        assert await attempt(connection, f"select from {table}") == 1
    async with bound(database_urls, second, accounts=str(new_id())) as connection:
        assert await attempt(connection, f"select from {table}") == 0
    async with bound(database_urls, second, accounts="") as connection:
        assert await attempt(connection, f"select from {table}") == 0


_SEEN_WHILE_OPEN = {
    "PRIVATE": (),
    "BALANCE_ONLY": ("accounts", "account_shares", "daily_balances"),
    "READ_ONLY": (
        *("accounts", "account_shares", "daily_balances", "transactions", "spending", "statement_imports"),
        *("statement_import_accounts", "journal"),
    ),
}
_WITHHELD = {"PRIVATE": ("private", "closed", "locked"), "BALANCE_ONLY": ("closed", "locked"), "READ_ONLY": ("locked",)}
_OF_ACCOUNTS = _SEEN_WHILE_OPEN["READ_ONLY"]


async def _about(owner: asyncpg.Connection, whose: Filled, account: Any) -> None:
    """What may be about any account, or none, is about this one."""
    await owner.execute("update journal set account_id = $1 where stream_id = $2", account, whose.household_id)
    for name in ("account_shares", "statement_imports"):
        await owner.execute(f"update {name} set account_id = $1 where household_id = $2", account, whose.household_id)
    whose.rows["account_shares"]["account_id"] = account


@pytest.mark.parametrize("sharing", _WITHHELD)
@pytest.mark.parametrize("table", _OF_ACCOUNTS)
async def test_what_is_withheld_is_not_there_and_not_changed(
    sharing: str, table: str, two: tuple[Filled, Filled], database_urls: DatabaseUrls
) -> None:
    _, second = two
    account = second.rows["accounts"]["id"]
    (model,) = [one for one in PERSONAL if one.__tablename__ == table]
    condition, _ = identity(model, second)
    column = condition.split(" ")[0]
    withheld = {name: str(account) for name in _WITHHELD[sharing]}
    async with connected(database_urls.owner) as owner:
        await _about(owner, second, account)
    key = identity(model, second)[1]
    seen = table in _SEEN_WHILE_OPEN[sharing]

    async with bound(database_urls, second, accounts="-", **withheld) as connection:
        assert await attempt(connection, f"select from {table}") == seen
        assert await attempt(connection, f"update {table} set {column} = {column} where {condition}", *key) == 0
        assert await attempt(connection, f"delete from {table} where {condition}", *key) == 0
    async with bound(database_urls, second, accounts="-", locked=str(new_id())) as connection:
        assert await attempt(connection, f"select from {table}") == 1, "nothing of it is withheld"


@pytest.mark.parametrize("table", ["bank_links", "syncs"])
async def test_a_bank_link_is_withheld_as_its_accounts_are(
    table: str, two: tuple[Filled, Filled], database_urls: DatabaseUrls
) -> None:
    _, second = two
    link = str(second.rows["bank_links"]["id"])

    async with bound(database_urls, second, accounts="-", private=link, closed=link, locked=link) as connection:
        assert await attempt(connection, f"select from {table}") == 0
    async with bound(database_urls, second, accounts="-", locked=link) as connection:
        assert await attempt(connection, f"select from {table}") == 1
        assert await attempt(connection, f"update {table} set household_id = household_id") == 0
    async with bound(database_urls, second, accounts=link) as connection:
        assert await attempt(connection, f"update {table} set household_id = household_id") == 1


async def test_a_line_about_an_account_itself_is_seen_with_its_balance(
    two: tuple[Filled, Filled], database_urls: DatabaseUrls
) -> None:
    _, second = two
    account = second.rows["accounts"]["id"]
    async with connected(database_urls.owner) as owner:
        await _about(owner, second, account)
        await owner.execute("update journal set subject = 'Account' where stream_id = $1", second.household_id)

    async with bound(database_urls, second, accounts="-", closed=str(account), locked=str(account)) as connection:
        assert await attempt(connection, "select from journal") == 1
    async with bound(database_urls, second, accounts="-", private=str(account), closed=str(account)) as connection:
        assert await attempt(connection, "select from journal") == 0


async def test_nobody_shares_what_is_somebody_elses(two: tuple[Filled, Filled], database_urls: DatabaseUrls) -> None:
    _, second = two
    async with connected(database_urls.owner) as owner:
        stranger = "update account_shares set owner_user_id = $1 where household_id = $2"
        await owner.execute(stranger, two[0].user_id, second.household_id)

    async with bound(database_urls, second) as connection:
        assert await attempt(connection, "update account_shares set sharing = 'PRIVATE'") == 0
        assert await attempt(connection, "update account_shares set owner_user_id = $1", second.user_id) == 0


# One's own rows, and the journal of what one did, are a viewer's to write as well.
_VIEWERS_OWN = (
    *(Scope.PERSON, Scope.OWN, Scope.ADDRESSED, Scope.USERS, Scope.STREAM, Scope.STREAM_HEAD, Scope.STREAM_OUTBOX),
)


@pytest.mark.parametrize(
    "model", [pytest.param(one, id=one.__tablename__) for one in PERSONAL if one.scope not in _VIEWERS_OWN]
)
async def test_who_may_only_look_changes_nothing_that_is_shared(
    model: type[Model], two: tuple[Filled, Filled], database_urls: DatabaseUrls
) -> None:
    _, second = two
    table = model.__tablename__
    condition, key = identity(model, second)
    column = condition.split(" ")[0]

    async with bound(database_urls, second, role="VIEWER") as connection:
        assert await attempt(connection, f"update {table} set {column} = {column} where {condition}", *key) == 0
        assert await attempt(connection, f"delete from {table} where {condition}", *key) == 0


async def test_every_table_is_held_and_its_policies_are_those_of_the_one_helper(database_urls: DatabaseUrls) -> None:
    """Compares the migrated database with what runtime/row_security.py says, word by word."""
    async with connected(database_urls.owner) as owner:
        tables = {
            row["relname"]: (row["relrowsecurity"], row["relforcerowsecurity"])
            for row in await owner.fetch(
                "select relname, relrowsecurity, relforcerowsecurity from pg_class "
                "where relkind in ('r', 'p') and relnamespace = 'public'::regnamespace"
            )
        }
        migrated = await described(owner)
        async with owner.transaction():
            await owner.execute("create schema scratch; set local search_path = scratch, public")
            for model in models():
                await owner.execute(f"create table scratch.{model.__tablename__} (like public.{model.__tablename__})")
            for model in models():
                for statement in row_security.statements(model):
                    await owner.execute(statement)
            made = await described(owner, "scratch")
            await owner.execute("drop schema scratch cascade")

    tables.pop("alembic_version")
    assert set(tables) == {model.__tablename__ for model in models()}, "a table without a model has no policy"
    assert {name for name, held in tables.items() if held != (True, True)} == set()
    assert migrated == made


async def described(owner: asyncpg.Connection, schema: str = "public") -> set[tuple[Any, ...]]:
    policies = await owner.fetch(
        "select tablename, policyname, permissive, roles::text, cmd, qual, with_check from pg_policies "
        "where schemaname = $1",
        schema,
    )
    grants = await owner.fetch(
        "select table_name, grantee, privilege_type from information_schema.role_table_grants "
        "where table_schema = $1 and grantee = any ($2) and table_name <> 'alembic_version'",
        schema,
        [row_security.APP, row_security.SYSTEM],
    )
    without_schema = [tuple(str(value).replace(f"{schema}.", "") for value in row.values()) for row in policies]
    return {*without_schema, *(tuple(row.values()) for row in grants)}


def test_a_table_must_say_whose_its_rows_are() -> None:
    unsaid = [model.__tablename__ for model in models() if not isinstance(getattr(model, "scope", None), Scope)]

    assert unsaid == []
