"""Write schema.graphql, the public contract, from the code; `--check` compares and writes nothing."""

import argparse
import difflib
import sys
from pathlib import Path

from api.schema import schema
from cli.main import Refusal

CONTRACT = Path(__file__).resolve().parent.parent / "schema.graphql"


def add_arguments(parser: argparse.ArgumentParser) -> None:
    parser.add_argument(
        "--check", action="store_true", help="fail, with the difference, if the file does not fit the code"
    )


def run(arguments: argparse.Namespace) -> int:
    printed = schema.as_str().rstrip() + "\n"
    if not arguments.check:
        CONTRACT.write_text(printed)
        return 0
    written = CONTRACT.read_text() if CONTRACT.exists() else ""
    if written != printed:
        lines = difflib.unified_diff(
            written.splitlines(), printed.splitlines(), "schema.graphql", "the code", lineterm=""
        )
        sys.stdout.writelines(f"{line}\n" for line in lines)
        raise Refusal("schema.graphql does not fit the code: run scripts/schema")
    return 0
