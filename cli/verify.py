"""Walk every journal and name the first line of each that was altered, inserted, deleted or cut off."""

import argparse
import asyncio
import os
from pathlib import Path

import asyncpg

from cli.main import Refusal
from runtime.checkpoints import FOLDER, read_checkpoints
from runtime.verification import Verdict, verify


def add_arguments(parser: argparse.ArgumentParser) -> None:
    default = Path(os.environ.get("COFFER_DATA", ".data")) / FOLDER
    parser.add_argument(
        "--checkpoints",
        type=Path,
        default=default,
        metavar="DIR",
        help="where the heads were written down; show your own copy of it (default: COFFER_DATA/checkpoints)",
    )


def run(arguments: argparse.Namespace) -> int:
    url = os.environ.get("DATABASE_OWNER_URL") or os.environ.get("DATABASE_SYSTEM_URL")
    if not url:
        raise Refusal("DATABASE_OWNER_URL or DATABASE_SYSTEM_URL must be set: others do not see every journal")
    try:
        verdict = asyncio.run(_verify(url, arguments.checkpoints))
    except (asyncpg.PostgresError, OSError) as error:
        raise Refusal(f"the journals could not be read: {error}") from error
    for damage in verdict.damages:
        print(damage)
    if verdict.damages:
        print(f"{len(verdict.damages)} of {verdict.streams} journals damaged")
        return 1
    print(f"{verdict.streams} journals, {verdict.lines} lines: each is as it was written")
    return 0


async def _verify(url: str, checkpoints: Path) -> Verdict:
    connection = await asyncpg.connect(url)
    try:
        return await verify(connection, read_checkpoints(checkpoints))
    finally:
        await connection.close()
