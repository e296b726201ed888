"""Mutations run one after the other. Specification, section 6.2.2."""

import pytest

from tests.executor.sides import Side
from tests.executor.specification import BAD, Case

LIMITED = "LIMITED"
CASES = [
    Case(
        "one after the other, each payload before the next",
        "mutation { a: count(value: 1) { counted now } b: count(value: 2) { counted now } }",
        {"a": {"counted": [1], "now": [1]}, "b": {"counted": [1, 2], "now": [1, 2]}},
    ),
    Case(
        "in the order of the document, through fragments",
        "mutation { ...F b: count(value: 2) { counted } } fragment F on Mutation { z: count(value: 1) { counted } }",
        {"z": {"counted": [1]}, "b": {"counted": [1, 2]}},
    ),
    Case(
        "one that fails is null, and the next ones run",
        "mutation { a: refused(value: 1) { counted } b: count(value: 2) { counted } }",
        {"a": None, "b": {"counted": [1, 2]}},
        [("a", LIMITED)],
    ),
    Case(
        "one that fails and must not be null takes all, and the next ones do not run",
        "mutation { a: mustRefused(value: 1) { counted } b: refused(value: 2) { counted } }",
        None,
        [("a", LIMITED)],
    ),
    Case(
        "one that is merged runs once",
        "mutation { count(value: 1) { counted } count(value: 1) { now } }",
        {"count": {"counted": [1], "now": [1]}},
    ),
    Case(
        "one that is skipped does not run",
        "mutation ($no: Boolean!) { a: count(value: 1) @include(if: $no) { counted } b: count(value: 2) { counted } }",
        {"b": {"counted": [2]}},
        variables={"no": False},
    ),
    Case(
        "arguments by variables",
        "mutation ($v: Int = 5) { count(value: $v) { counted } }",
        {"count": {"counted": [5]}},
    ),
    Case(
        "__typename runs nothing",
        "mutation { __typename count(value: 1) { __typename } }",
        {"__typename": "Mutation", "count": {"__typename": "Counted"}},
    ),
    Case("a missing argument", "mutation { count { counted } }", None, [(None, BAD)]),
]


@pytest.mark.parametrize("case", CASES, ids=str)
async def test_mutations(case: Case, either: Side) -> None:
    await case.check(either)
