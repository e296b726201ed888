"""Count every kept sum again from what it sums: spending from the transactions, savings from their contributions.

Prints what differs and ends with 1 if anything does; with --repair it is put right, a table at a time.
"""

import argparse
import asyncio
import os
from uuid import UUID

import asyncpg

from api import ids
from cli.main import Refusal
from cli.sums import CHECKS, Check

MOST_SHOWN = 100


def add_arguments(parser: argparse.ArgumentParser) -> None:
    parser.add_argument("--repair", action="store_true", help="make the sums right, each table in one transaction")
    parser.add_argument("--household", type=_household, help="only this one, as hsh_… or a UUID (default: all)")


def run(arguments: argparse.Namespace) -> int:
    url = os.environ.get("DATABASE_OWNER_URL")
    if not url:
        raise Refusal("DATABASE_OWNER_URL is not set: only the owner sees every household's rows")
    try:
        wrong = asyncio.run(recount(url, household_id=arguments.household, repair=arguments.repair))
    except (asyncpg.PostgresError, OSError) as error:
        raise Refusal(f"the sums could not be counted: {error}") from error
    if not wrong:
        print("every sum is what its rows add up to")
    return 1 if wrong and not arguments.repair else 0


async def recount(owner_url: str, *, household_id: UUID | None = None, repair: bool = False) -> int:
    """How many sums are, or were, wrong; each is printed. Raises asyncpg's errors."""
    connection = await asyncpg.connect(owner_url)
    try:
        return sum([await _recount(connection, check, household_id, repair) for check in CHECKS])
    finally:
        await connection.close()


async def _recount(connection: asyncpg.Connection, check: Check, household_id: UUID | None, repair: bool) -> int:
    async with connection.transaction():
        if repair:
            await connection.execute(f"lock table {check.table} in exclusive mode")
        differences = await connection.fetch(check.differences, household_id)
        if repair and differences:
            for statement in check.repairs:
                await connection.execute(statement, household_id)
    for one in differences[:MOST_SHOWN]:
        print(f"{check.name}: {one['place']}: kept {one['kept']}, counted {one['counted']}")
    if len(differences) > MOST_SHOWN:
        print(f"{check.name}: and {len(differences) - MOST_SHOWN} more")
    if repair and differences:
        print(f"{check.name}: {len(differences)} put right")
    return len(differences)


def _household(text: str) -> UUID:
    try:
        return ids.decode_as("hsh", text) if text.startswith("hsh_") else UUID(text)
    except ValueError:
        raise argparse.ArgumentTypeError("not the id of a household") from None
