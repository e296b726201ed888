"""The `coffer` command: a table of its subcommands, each a module with `add_arguments` and `run`."""

import argparse
import importlib
import sys
from collections.abc import Sequence

COMMANDS: dict[str, tuple[str, str]] = {
    "up": ("cli.up", "start the engines and every process of Coffer, and keep them running"),
    "migrate": ("cli.migrate", "bring the database to a revision"),
    "demo": ("cli.demo", "make the sandbox's demo person and their bank link, unless they are there"),
    "recount": ("cli.recount", "count every kept sum again, and repair it with --repair"),
    "verify": ("cli.verify", "walk the journals and name the first damaged line of each"),
    "erase-person": ("cli.erase_person", "erase a person for good"),
    "rotate-keys": ("cli.rotate_keys", "seal everything again with the newest vault key, while serving"),
    "create-roles": ("cli.create_roles", "make the three database roles, as an administrator"),
    "explain": ("cli.explain", "show how a document is executed: its steps, what they read, the generated function"),
    "schema": ("cli.schema", "write schema.graphql, or check that it fits the code"),
    "migrations": ("cli.migrations_check", "check that migrations and models agree, and go down and up again"),
}


class Refusal(Exception):
    """A command cannot do what was asked; the message is one line for the person who asked."""


def main(arguments: Sequence[str] | None = None) -> int:
    """Run a subcommand; its exit code, 1 with one line on standard error for a Refusal."""
    given = list(sys.argv[1:] if arguments is None else arguments)
    parser = argparse.ArgumentParser(prog="coffer", description=__doc__)
    subcommands = parser.add_subparsers(dest="command", required=True, metavar="command")
    chosen = next((word for word in given if not word.startswith("-")), None)
    for name, (module_name, summary) in COMMANDS.items():
        subcommand = subcommands.add_parser(name, help=summary)
        if name == chosen:
            # Only this one: the others' imports take longer than most commands run.
            module = importlib.import_module(module_name)
            subcommand.description = module.__doc__
            module.add_arguments(subcommand)
            subcommand.set_defaults(run=module.run)
    parsed = parser.parse_args(given)
    try:
        return int(parsed.run(parsed))
    except Refusal as refusal:
        print(f"coffer: {refusal}", file=sys.stderr)
        return 1


if __name__ == "__main__":
    # Under its own name, so that what the subcommands import from here is the same module.
    sys.exit(importlib.import_module("cli.main").main())
