"""Make the database and its three roles with an administrator's URL, and print the environment that uses them.

A role whose URL the environment holds already keeps the password of that URL; the others get new ones, each time.
"""

import argparse
import asyncio
import os
from urllib.parse import unquote, urlsplit

import asyncpg

from cli.main import Refusal
from runtime.roles import create_roles
from runtime.row_security import APP, OWNER, SYSTEM


def add_arguments(parser: argparse.ArgumentParser) -> None:
    parser.add_argument("--database", default="coffer", help="the database to make (default: coffer)")
    parser.add_argument(
        "--admin-url",
        help="a role that may create roles and databases (default: DATABASE_ADMIN_URL, which ps does not show)",
    )


def run(arguments: argparse.Namespace) -> int:
    admin_url = arguments.admin_url or os.environ.get("DATABASE_ADMIN_URL")
    if not admin_url:
        raise Refusal("set DATABASE_ADMIN_URL: the three roles are made by a role that may create roles")
    try:
        urls = asyncio.run(create_roles(admin_url, database=arguments.database, password_of=_passwords()))
    except (asyncpg.PostgresError, OSError, ValueError) as error:
        raise Refusal(f"the roles could not be made: {error}") from error
    print(f"DATABASE_URL={urls.app}\nDATABASE_OWNER_URL={urls.owner}\nDATABASE_SYSTEM_URL={urls.system}")
    return 0


def _passwords() -> dict[str, str]:
    """Those that the environment's URLs name."""
    found = {}
    for role, variable in ((OWNER, "DATABASE_OWNER_URL"), (APP, "DATABASE_URL"), (SYSTEM, "DATABASE_SYSTEM_URL")):
        url = urlsplit(os.environ.get(variable, ""))
        if url.username == role and url.password:
            found[role] = unquote(url.password)
    return found
