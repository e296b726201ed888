"""What becomes of variables and arguments. Specification, sections 3.4 to 3.12, 5.6, 5.8 and 6.4.1."""

import json
from typing import Any

import pytest

from tests.executor.sides import Side
from tests.executor.specification import BAD, Case

NOTHING: Any = object()


def given(field: str, literal: str, told: Any) -> Case:
    """A literal as an argument, and what the field is told."""
    text = "nothing" if told is NOTHING else json.dumps(told)
    return Case(f"{field}({literal})", f"{{ {field}(value: {literal}) }}", {field: text})


def sent(field: str, declared: str, told: Any, *, why: str = "", **variables: Any) -> Case:
    """A variable as an argument, and what the field is told."""
    text = "nothing" if told is NOTHING else json.dumps(told)
    document = f"query ($v: {declared}) {{ {field}(value: $v) }}"
    return Case(f"{field}($v: {declared}) {why or variables}", document, {field: text}, variables=variables)


def refused(field: str, declared: str, **variables: Any) -> Case:
    """Variables that cannot be taken: nothing is executed."""
    document = f"query ($v: {declared}) {{ {field}(value: $v) }}"
    return Case(f"{field}($v: {declared}) refused {variables}", document, None, [(None, BAD)], variables)


def invalid(field: str, literal: str) -> Case:
    """Literals that cannot be taken: the document is invalid."""
    return Case(f"{field}({literal}) is invalid", f"{{ {field}(value: {literal}) }}", None, [(None, BAD)])


# Values that a variable of a type cannot take.
WRONG: dict[tuple[str, str], list[Any]] = {
    ("number", "Int"): ["5", 1.5, 2**31, True, [5], {}],
    ("text", "String"): [5, True, ["a", "b"], {}],
    ("flag", "Boolean"): [1, "true"],
    ("ratio", "Float"): ["1.5", True],
    ("id", "ID"): [1.5, True, {}],
    ("colour", "Colour"): ["BLUE", "red", 1],
    ("decimal", "Decimal"): [1.5, "one", "1e3", "NaN"],
    ("box", "Box"): [{}, {"c": None}, "c", [1], {"c": "C", "x": 1}, {"c": "C", "d": 1}],
}
BOX = {"c": "C", "size": 3}
CASES = [
    # Literals.
    given("text", '"A"', "A"),
    given("text", '"""\n  block\n    text\n  """', "block\n  text"),
    given("text", r'"ÄÖ \n \"\\"', 'ÄÖ \n "\\'),
    given("text", "null", None),
    given("number", "5", 5),
    given("ratio", "5", 5.0),
    given("ratio", "1.5e3", 1500.0),
    given("flag", "false", False),
    given("id", "5", "5"),
    given("id", '"x"', "x"),
    given("colour", "GREEN", "green"),
    given("decimal", '"1.50"', "1.50"),
    given("words", '["a", null]', ["a", None]),
    given("words", '"alone"', ["alone"]),
    given("words", "[]", []),
    given("words", "null", None),
    given("grid", "[[1, null], null, []]", [[1, None], None, []]),
    given("grid", "[1, 2]", [[1], [2]]),
    given("grid", "7", [[7]]),
    given("box", '{c: "C"}', BOX),
    given("box", '{c: "C", a: null, b: "one", size: 4}', {"c": "C", "a": None, "b": ["one"], "size": 4}),
    given("box", '{c: "C", d: "1.5", colour: RED}', {"c": "C", "d": "1.5", "colour": "red", "size": 3}),
    given("crate", '{box: {c: "C"}, boxes: {c: "C"}}', {"box": BOX, "boxes": [BOX]}),
    *[invalid(*one) for one in (("text", "5"), ("number", '"5"'), ("number", "1.5"), ("number", "2147483648"))],
    *[invalid(*one) for one in (("flag", "1"), ("colour", '"RED"'), ("colour", "BLUE"), ("decimal", "1.5"))],
    *[invalid(*one) for one in (("must", "null"), ("wordsMust", "[null]"), ("box", "{}"), ("box", '{c: "C", x: 1}'))],
    Case("an argument that is not there", "{ text(nope: 1) }", None, [(None, BAD)]),
    Case("an argument that must be there", "{ must }", None, [(None, BAD)]),
    Case("an argument twice", '{ text(value: "a", value: "b") }', None, [(None, BAD)]),
    # Defaults of arguments.
    Case("an argument left out", "{ text }", {"text": "nothing"}),
    Case("an argument's default", "{ textOr mustOr }", {"textOr": '"Hello"', "mustOr": '"Hello"'}),
    given("textOr", "null", None),
    given("textOr", '"Own"', "Own"),
    # Variables, sent, left out and null.
    sent("text", "String", "A", v="A"),
    sent("text", "String", NOTHING, why="left out"),
    sent("text", "String", None, v=None),
    sent("text", 'String = "D"', "D", why="left out"),
    sent("text", 'String = "D"', "A", v="A"),
    sent("text", 'String = "D"', None, v=None),
    sent("text", "String = null", None, why="left out"),
    sent("text", "String!", "A", v="A"),
    sent("textOr", "String", "Hello", why="left out"),
    sent("textOr", "String", None, v=None),
    sent("mustOr", "String", "Hello", why="left out"),
    sent("mustOr", "String!", "A", v="A"),
    sent("must", 'String = "D"', "D", why="left out"),
    sent("number", "Int", 7, why="beside one that nobody declared", v=7, w=8),
    Case(
        "a null for a variable with a default, where null must not be",
        'query ($v: String = "D") { must(value: $v) text }',
        None,
        [("must", BAD)],
        {"v": None},
    ),
    Case(
        "a null in a variable, where only a default stands against it",
        "query ($v: String) { mustOr(value: $v) }",
        None,
        [("mustOr", BAD)],
        {"v": None},
    ),
    refused("text", "String!"),
    refused("text", "String!", v=None),
    # What variables are made of.
    sent("number", "Int", 5, why="as a whole float", v=5.0),
    sent("ratio", "Float", 5.0, v=5),
    sent("id", "ID", "5", v=5),
    sent("id", "ID", "x", v="x"),
    sent("colour", "Colour", "red", v="RED"),
    sent("decimal", "Decimal", "1.50", v="1.50"),
    sent("flag", "Boolean", True, v=True),
    *[refused(*place, v=value) for place, values in WRONG.items() for value in values],
    # Lists.
    sent("words", "[String]", None, v=None),
    sent("words", "[String]", ["a", None], v=["a", None]),
    sent("words", "[String]", ["alone"], v="alone"),
    sent("words", "[String]", [], v=[]),
    sent("mustWords", "[String]!", ["a", None], v=["a", None]),
    sent("wordsMust", "[String!]", None, v=None),
    sent("wordsMust", "[String!]", ["a"], v=["a"]),
    sent("mustWordsMust", "[String!]!", ["a", "b"], v=["a", "b"]),
    sent("grid", "[[Int]]", [[1], None, [2, None]], v=[[1], None, [2, None]]),
    sent("grid", "[[Int]]", [[1]], v=1),
    refused("mustWords", "[String]!", v=None),
    refused("wordsMust", "[String!]", v=["a", None]),
    refused("mustWordsMust", "[String!]!", v=["a", None]),
    refused("mustWordsMust", "[String!]!"),
    refused("words", "[String]", v=["a", 5]),
    # Input objects.
    sent("box", "Box", BOX, v={"c": "C"}),
    sent("box", "Box", {"c": "C", "a": None, "b": ["one"], "size": 4}, v={"size": 4, "b": "one", "a": None, "c": "C"}),
    sent("box", "Box", {"c": "C", "d": "1.5", "size": 3}, v={"c": "C", "d": "1.5"}),
    sent("box", 'Box = {c: "D", b: ["x"]}', {"c": "D", "b": ["x"], "size": 3}, why="left out"),
    sent("crate", "Crate", {"box": BOX, "boxes": [BOX]}, v={"box": {"c": "C"}, "boxes": {"c": "C"}}),
    refused("crate", "Crate", v={"box": {"c": "C"}, "boxes": [{"c": "C"}, {}]}),
    Case(
        "several mistakes in one variable",
        "query ($v: Crate) { crate(value: $v) }",
        None,
        [(None, BAD)] * 2,
        {"v": {"box": {}, "boxes": [{}]}},
    ),
    # Variables within literals.
    Case(
        "variables within lists and objects",
        'query ($a: String, $n: Int = 9, $c: String!) { words(value: [$a, "b"]) box(value: {c: $c, a: $a, size: $n}) }',
        {"words": '["A", "b"]', "box": json.dumps({"c": "C", "a": "A", "size": 9})},
        variables={"a": "A", "c": "C"},
    ),
    Case(
        "a variable that is left out within an object is a member left out, and within a list null",
        'query ($a: String) { words(value: [$a]) box(value: {c: "C", a: $a}) }',
        {"words": "[null]", "box": json.dumps(BOX)},
    ),
    Case(
        "one variable in several places",
        "query ($v: String!) { a: text(value: $v) must(value: $v) ...F } fragment F on Query { b: text(value: $v) }",
        {"a": '"x"', "must": '"x"', "b": '"x"'},
        variables={"v": "x"},
    ),
    Case("a variable that nobody declared", "{ text(value: $v) }", None, [(None, BAD)]),
    Case("a variable that nobody uses", "query ($v: Int) { text }", None, [(None, BAD)]),
    Case("a variable twice", "query ($v: Int, $v: Int) { number(value: $v) }", None, [(None, BAD)]),
    Case("a variable of a wrong type", "query ($v: Int) { text(value: $v) }", None, [(None, BAD)]),
    Case(
        "a variable that may be null, where null must not be",
        "query ($v: String) { must(value: $v) }",
        None,
        [(None, BAD)],
    ),
    Case("a variable of an object's type", "query ($v: Tree) { text(value: $v) }", None, [(None, BAD)] * 2),
    Case("a default that cannot be taken", 'query ($v: Int = "a") { number(value: $v) }', None, [(None, BAD)]),
]


@pytest.mark.parametrize("case", CASES, ids=str)
async def test_arguments(case: Case, either: Side) -> None:
    await case.check(either)
