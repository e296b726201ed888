"""Bring the database of DATABASE_OWNER_URL to a revision."""

import argparse
import os

from cli.main import Refusal
from cli.migrations import MigrationFailure, migrate


def add_arguments(parser: argparse.ArgumentParser) -> None:
    parser.add_argument("revision", nargs="?", default="head", help="an Alembic revision (default: head)")


def run(arguments: argparse.Namespace) -> int:
    url = os.environ.get("DATABASE_OWNER_URL")
    if not url:
        raise Refusal("DATABASE_OWNER_URL is not set: the role that owns the tables migrates them")
    try:
        migrate(url, arguments.revision)
    except MigrationFailure as failure:
        raise Refusal(f"the migration failed: {failure}") from failure
    return 0
