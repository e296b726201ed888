"""The three database roles: `owner` migrates, `app` serves, `system` does the few tasks across households."""

import secrets
from dataclasses import dataclass
from urllib.parse import quote, urlsplit, urlunsplit

import asyncpg

from runtime.row_security import APP, OWNER, SYSTEM


@dataclass(frozen=True)
class RoleUrls:
    """One URL per role: DATABASE_OWNER_URL, DATABASE_URL, DATABASE_SYSTEM_URL."""

    owner: str
    app: str
    system: str


async def create_roles(admin_url: str, *, database: str, password_of: dict[str, str] | None = None) -> RoleUrls:
    """Make or repair the roles and the database, idempotently. `password_of` names the passwords by role; else
    they are new.

    `admin_url` is of a role that may create roles and databases, such as `postgres`.
    """
    passwords = {role: (password_of or {}).get(role) or secrets.token_hex(24) for role in (OWNER, APP, SYSTEM)}
    connection = await asyncpg.connect(admin_url)
    try:
        for role, password in passwords.items():
            known = await connection.fetchval("select true from pg_roles where rolname = $1", role)
            verb = "alter" if known else "create"
            options = "login nosuperuser nobypassrls nocreatedb nocreaterole"
            await connection.execute(f"{verb} role {role} {options} password '{_literal(password)}'")
        # An administrator that is no superuser may own things for a role only as its member.
        await connection.execute(f"grant {OWNER} to current_user")
        if not await connection.fetchval("select true from pg_database where datname = $1", database):
            await connection.execute(
                f'create database "{_identifier(database)}" owner {OWNER} template template0 '
                "encoding 'UTF8' lc_collate 'C.UTF-8' lc_ctype 'C.UTF-8'"
            )
        else:
            await connection.execute(f'alter database "{_identifier(database)}" owner to {OWNER}')
    finally:
        await connection.close()
    return RoleUrls(*(_url(admin_url, role, passwords[role], database) for role in (OWNER, APP, SYSTEM)))


def _url(admin_url: str, role: str, password: str, database: str) -> str:
    """The administrator's server as another role. A given password may hold what an URL takes as its own."""
    parts = urlsplit(admin_url)
    address = parts.netloc.rpartition("@")[2]
    netloc = f"{role}:{quote(password, safe='')}@{address}"
    return urlunsplit(parts._replace(netloc=netloc, path=f"/{quote(database, safe='')}"))


def _literal(text: str) -> str:
    return text.replace("'", "''")


def _identifier(text: str) -> str:
    return text.replace('"', '""')
