"""The house rules that a machine can hold."""

import ast
import re
from collections.abc import Iterator
from pathlib import Path

import pytest

from api.schema import schema
from domain import events
from runtime.facts import Fact

ROOT = Path(__file__).parents[2]
LAYERS = ("api", "cli", "domain", "engines", "integrations", "runtime", "sandbox", "workers")
LONGEST_FILE = 400
AREAS = {
    *(
        "accounts",
        "apps",
        "bank_links",
        "budgets",
        "categories",
        "changes",
        "factors",
        "goals",
        "households",
        "identity",
        "merchants",
    ),
    *("mail", "notifications", "reports", "savings_groups", "statement_imports", "transactions", "webhook_endpoints"),
}
# Modules of a layer that are not about one area.
MECHANISMS = {
    "api": {"execution", "limits", "live", "oauth", "recurring", "transport"},
    "domain": {"spending"},
    "integrations": {"object_store", "oidc", "plaid", "statements", "webhook_delivery"},
}


def sources(*folders: str) -> Iterator[Path]:
    for folder in folders:
        yield from (path for path in (ROOT / folder).rglob("*.py") if "__pycache__" not in path.parts)


def relative(path: Path) -> str:
    return path.relative_to(ROOT).as_posix()


def imported(path: Path) -> Iterator[str]:
    for node in ast.walk(ast.parse(path.read_text())):
        if isinstance(node, ast.Import):
            yield from (one.name for one in node.names)
        elif isinstance(node, ast.ImportFrom) and node.module:
            yield node.module


def test_no_file_is_longer_than_can_be_read_in_one_go() -> None:
    long = {relative(path): len(path.read_text().splitlines()) for path in sources(*LAYERS, "tests", "alembic")}

    assert {name: lines for name, lines in long.items() if lines > LONGEST_FILE} == {}


def test_only_the_runtime_commits() -> None:
    """The sandbox keeps a store of its own, and operators' commands and engines have no unit."""
    committing = [
        relative(path)
        for path in sources("api", "domain", "integrations", "workers")
        if re.search(r"\bcommit\(", path.read_text())
    ]

    assert committing == []


def test_vendors_have_names_in_integrations_only() -> None:
    elsewhere = [
        (relative(path), name)
        for path in sources("api", "cli", "domain", "runtime", "workers")
        for name in imported(path)
        if name.split(".")[0] in ("plaid", "stripe")
    ]

    assert elsewhere == []


@pytest.mark.parametrize("layer", ["api", "domain", "integrations"])
def test_folders_are_named_by_areas(layer: str) -> None:
    folders = {path.name for path in (ROOT / layer).iterdir() if path.is_dir() and path.name != "__pycache__"}

    assert folders - AREAS - MECHANISMS[layer] == set()


def test_no_file_is_called_after_nothing() -> None:
    vague = {"utils", "helpers", "common", "manager", "misc", "base", "core"}

    assert [relative(path) for path in sources(*LAYERS) if path.stem in vague] == []


def test_every_fact_is_about_a_type_of_the_schema() -> None:
    facts = [value for value in vars(events).values() if isinstance(value, type) and issubclass(value, Fact)]

    unknown = {fact.subject for fact in facts if fact is not Fact} - set(schema._schema.type_map)

    assert unknown == set()


def test_every_skip_and_silenced_check_says_why() -> None:
    """`# type: ignore` and `# noqa` name what they silence."""
    bare = [
        f"{relative(path)}:{number}"
        for path in sources(*LAYERS, "tests")
        for number, line in enumerate(path.read_text().splitlines(), 1)
        if re.search(r"#\s*(type: ignore(?!\[)|noqa(?!:))", line) and path != Path(__file__)
    ]

    assert bare == []
