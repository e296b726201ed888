"""Seal everything again with the first key of COFFER_VAULT_KEY, while servers serve; then the older keys can go.

Restart every process with the new key in front first. It can be interrupted, and begun again.
"""

import argparse
import asyncio
import os
from pathlib import Path

import asyncpg
from cryptography.exceptions import InvalidTag

from cli.main import Refusal
from domain.rotation import forget_older_keys, rotate
from runtime.keys import KeyProblem, Keys, load_or_make


def add_arguments(parser: argparse.ArgumentParser) -> None:
    del parser  # everything that it needs is in the environment


def run(arguments: argparse.Namespace) -> int:
    url, file = os.environ.get("DATABASE_OWNER_URL"), os.environ.get("COFFER_KEYS_FILE")
    if not url:
        raise Refusal("DATABASE_OWNER_URL is not set: only the owner sees every household's rows")
    if not os.environ.get("COFFER_VAULT_KEY") and not (file and Path(file).exists()):
        raise Refusal("COFFER_VAULT_KEY is not set: which keys are to be rotated?")
    try:
        keys = load_or_make(Path(file) if file else None)
        asyncio.run(rotate_keys(url, keys))
    except KeyProblem as problem:
        raise Refusal(f"{problem}: put the older keys behind the new one in COFFER_VAULT_KEY") from problem
    except InvalidTag:
        raise Refusal("something is sealed that none of the keys opens: it was altered") from None
    except (asyncpg.PostgresError, OSError) as error:
        raise Refusal(f"the keys could not be rotated, begin again: {error}") from error
    return 0


async def rotate_keys(owner_url: str, keys: Keys) -> None:
    """Prints how far it is. Raises KeyProblem, InvalidTag, asyncpg's errors."""
    connection = await asyncpg.connect(owner_url)
    try:
        async for progress in rotate(connection, keys):
            print(f"{progress.table}: {progress.done} of {progress.of}", flush=True)
        forgotten = await forget_older_keys(connection, keys)
    finally:
        await connection.close()
    print(f"everything is under {keys.vault[0].id}")
    if forgotten:
        print(f"take out of COFFER_VAULT_KEY, once every process was restarted: {', '.join(forgotten)}")
