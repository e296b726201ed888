"""What is selected: fields, aliases, fragments, directives, merging, order. Specification, section 6.3."""

import pytest

from tests.executor.sides import Side
from tests.executor.specification import BAD, Case

APPLE = {"a": "Apple"}
CASES = [
    Case("a field by its name", "{ tree { a } }", {"tree": APPLE}),
    Case("an alias is the response key", "{ t: tree { x: a } }", {"t": {"x": "Apple"}}),
    Case("a key may be another field's name", "{ tree { a: b b: a } }", {"tree": {"a": "Banana", "b": "Apple"}}),
    Case(
        "one field under several keys", "{ tree { a x: a y: a } }", {"tree": {"a": "Apple", "x": "Apple", "y": "Apple"}}
    ),
    Case("a field said twice is there once", "{ tree { a a } tree { a } }", {"tree": APPLE}),
    Case(
        "sub-selections of one key are merged",
        "{ tree { deep { a } ...F deep { b } } } fragment F on Tree { deep { deep { a } } deep { deep { b } } }",
        {"tree": {"deep": {"a": "Apple", "deep": {"a": "Apple", "b": "Banana"}, "b": "Banana"}}},
    ),
    Case(
        "members stand in the order in which they are met",
        "{ tree { b ...F a number } } fragment F on Tree { number a b }",
        {"tree": {"b": "Banana", "number": 3, "a": "Apple"}},
    ),
    Case(
        "fragments within fragments",
        "{ ...Q } fragment Q on Query { tree { ...F } } fragment F on Tree { ...G b } fragment G on Tree { a }",
        {"tree": {"a": "Apple", "b": "Banana"}},
    ),
    Case(
        "a fragment in several places",
        "{ tree { ...F deep { ...F } } trees { ...F } } fragment F on Tree { a }",
        {"tree": {"a": "Apple", "deep": APPLE}, "trees": [{"a": "x"}, {"a": "y"}]},
    ),
    Case("a fragment spread twice is met once", "{ tree { ...F ...F } } fragment F on Tree { a }", {"tree": APPLE}),
    Case(
        "an inline fragment without a type",
        "{ tree { ... { a } ... @include(if: true) { b } } }",
        {"tree": {"a": "Apple", "b": "Banana"}},
    ),
    Case("an inline fragment of the same type", "{ ... on Query { tree { ... on Tree { a } } } }", {"tree": APPLE}),
    Case(
        "__typename",
        "{ __typename t: __typename tree { __typename } }",
        {"__typename": "Query", "t": "Query", "tree": {"__typename": "Tree"}},
    ),
    Case("@include true and false", "{ tree { a @include(if: true) b @include(if: false) } }", {"tree": APPLE}),
    Case("@skip true and false", "{ tree { a @skip(if: false) b @skip(if: true) } }", {"tree": APPLE}),
    *[
        Case(
            f"@skip {skip} beside @include {include}",
            f"{{ tree {{ a b @include(if: {include}) @skip(if: {skip}) }} }}",
            {"tree": {"a": "Apple", **({"b": "Banana"} if (skip, include) == ("false", "true") else {})}},
        )
        for skip in ("true", "false")
        for include in ("true", "false")
    ],
    Case(
        "directives on spreads",
        "{ tree { ...F @include(if: false) ...G @skip(if: false) } } fragment F on Tree { a } fragment G on Tree { b }",
        {"tree": {"b": "Banana"}},
    ),
    Case(
        "directives on inline fragments",
        "{ tree { ... on Tree @skip(if: true) { a } ... @include(if: true) { b } } }",
        {"tree": {"b": "Banana"}},
    ),
    Case(
        "a spread that is skipped may come again",
        "{ tree { ...F @skip(if: true) ...F } } fragment F on Tree { a }",
        {"tree": APPLE},
    ),
    Case(
        "directives by variables, each time anew",
        "query ($yes: Boolean!, $no: Boolean = false) { tree { a @include(if: $yes) b @include(if: $no) } }",
        {"tree": APPLE},
        variables={"yes": True},
    ),
    Case(
        "the same document with other variables",
        "query ($yes: Boolean!, $no: Boolean = false) { tree { a @include(if: $yes) b @include(if: $no) } }",
        {"tree": {"b": "Banana"}},
        variables={"yes": False, "no": True},
    ),
    Case("everything may be skipped", "{ tree @skip(if: true) { a } }", {}),
    Case("everything of an object may be skipped", "{ tree { a @skip(if: true) } }", {"tree": {}}),
    Case(
        "a merged field is there if one of them is",
        "{ tree { deep @skip(if: true) { a } deep { b } } }",
        {"tree": {"deep": {"b": "Banana"}}},
    ),
    Case(
        "an operation of a document by its name",
        "query A { tree { a } } query B { tree { b } }",
        {"tree": {"b": "Banana"}},
        operation="B",
    ),
    Case("the only operation needs no name", "query A { tree { a } }", {"tree": APPLE}),
    Case("an empty name is none", "query A { tree { a } }", {"tree": APPLE}, operation=""),
    Case("several operations need a name", "query A { tree { a } } query B { tree { b } }", None, [(None, BAD)]),
    Case("an unknown name", "query A { tree { a } }", None, [(None, BAD)], operation="C"),
    Case("no operation at all", "fragment F on Tree { a }", None, [(None, BAD)]),
    Case("an unknown field", "{ tree { nope } }", None, [(None, BAD)]),
    Case("an object without a selection", "{ tree }", None, [(None, BAD)]),
    Case("a word with a selection", "{ tree { a { b } } }", None, [(None, BAD)]),
    Case("one key for two fields", "{ tree { x: a x: b } }", None, [(None, BAD)]),
    Case("fragments in a circle", "{ tree { ...F } } fragment F on Tree { deep { ...F } }", None, [(None, BAD)]),
    Case(
        "__type",
        '{ __type(name: "Stone") { kind name fields { name } } }',
        {"__type": {"kind": "OBJECT", "name": "Stone", "fields": [{"name": "weight"}]}},
    ),
    Case("__type of nothing", '{ __type(name: "Nothing") { name } }', {"__type": None}),
    Case(
        "__schema beside data",
        "{ __schema { queryType { name } } tree { a } }",
        {"__schema": {"queryType": {"name": "Query"}}, "tree": APPLE},
    ),
    Case(
        "members of an alias of introspection",
        "{ s: __schema { m: mutationType { n: name } } }",
        {"s": {"m": {"n": "Mutation"}}},
    ),
]


@pytest.mark.parametrize("case", CASES, ids=str)
async def test_selection(case: Case, either: Side) -> None:
    await case.check(either)
