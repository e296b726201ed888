"""Make the database and its three roles with an administrator's URL, and print the environment that uses them.

Run again it gives the roles new passwords.
"""

import argparse
import asyncio
import os

import asyncpg

from cli.main import Refusal
from runtime.roles import create_roles


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
        urls = asyncio.run(create_roles(admin_url, database=arguments.database))
    except (asyncpg.PostgresError, OSError, ValueError) as error:
        raise Refusal(f"the roles could not be made: {error}") from error
    print(f"DATABASE_URL={urls.app}\nDATABASE_OWNER_URL={urls.owner}\nDATABASE_SYSTEM_URL={urls.system}")
    return 0
