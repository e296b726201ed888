"""What becomes of values: leaves, lists, nulls, errors and abstract types. Specification, sections 6.4.3 and 6.4.4."""

import pytest

from tests.executor.sides import Side
from tests.executor.specification import INTERNAL, Case

LIMITED = "LIMITED"
# What each kind of list gives for each content, and where the errors are; "…" stands for a null handed up to the tree.
LISTS: dict[str, dict[str, tuple[object, list[tuple[str, str]]]]] = {
    "maybeList": {
        "FULL": ([1, 2], []),
        "HOLE": ([1, None, 2], []),
        "FAULT": ([1, None, 2], [(".1", LIMITED)]),
        "NULL": (None, []),
        "RAISED": (None, [("", LIMITED)]),
        "NO_LIST": (None, [("", INTERNAL)]),
    },
    "mustList": {
        "FULL": ([1, 2], []),
        "HOLE": ([1, None, 2], []),
        "FAULT": ([1, None, 2], [(".1", LIMITED)]),
        "NULL": ("…", [("", INTERNAL)]),
        "RAISED": ("…", [("", LIMITED)]),
        "NO_LIST": ("…", [("", INTERNAL)]),
    },
    "listMust": {
        "FULL": ([1, 2], []),
        "HOLE": (None, [(".1", INTERNAL)]),
        "FAULT": (None, [(".1", LIMITED)]),
        "NULL": (None, []),
        "RAISED": (None, [("", LIMITED)]),
        "NO_LIST": (None, [("", INTERNAL)]),
    },
    "mustListMust": {
        "FULL": ([1, 2], []),
        "HOLE": ("…", [(".1", INTERNAL)]),
        "FAULT": ("…", [(".1", LIMITED)]),
        "NULL": ("…", [("", INTERNAL)]),
        "RAISED": ("…", [("", LIMITED)]),
        "NO_LIST": ("…", [("", INTERNAL)]),
    },
}
REX, TOM = {"__typename": "Dog", "name": "Rex"}, {"__typename": "Cat", "name": "Tom"}
CASES = [
    *[
        Case(
            f"{name} of {content}",
            f"{{ tree {{ {name}(of: {content}) a }} }}",
            {"tree": None if given == "…" else {name: given, "a": "Apple"}},
            [(f"tree.{name}{path}", code) for path, code in errors],
        )
        for name, contents in LISTS.items()
        for content, (given, errors) in contents.items()
    ],
    Case(
        "an error is null and has a path",
        "{ tree { x: fault a } }",
        {"tree": {"x": None, "a": "Apple"}},
        [("tree.x", LIMITED)],
    ),
    Case(
        "each error is told",
        "{ tree { fault y: fault } }",
        {"tree": {"fault": None, "y": None}},
        [("tree.fault", LIMITED), ("tree.y", LIMITED)],
    ),
    Case("an error where null must not be", "{ tree { mustFault a } }", {"tree": None}, [("tree.mustFault", LIMITED)]),
    Case("null where it must not be", "{ tree { c } }", {"tree": None}, [("tree.c", INTERNAL)]),
    Case("null where it may be", "{ tree { nothing { a } } }", {"tree": {"nothing": None}}),
    Case(
        "a missing object that must be there",
        "{ tree { mustNothing { a } } }",
        {"tree": None},
        [("tree.mustNothing", INTERNAL)],
    ),
    Case(
        "a failed edge",
        "{ tree { raising { a } b } }",
        {"tree": {"raising": None, "b": "Banana"}},
        [("tree.raising", LIMITED)],
    ),
    Case(
        "a failed edge that must be there",
        "{ tree { mustRaising { a } } }",
        {"tree": None},
        [("tree.mustRaising", LIMITED)],
    ),
    Case(
        "a null is handed up to the next that may be null, and no further",
        "{ tree { deep { mustDeep { mustDeep { c } } } b } }",
        {"tree": {"deep": None, "b": "Banana"}},
        [("tree.deep.mustDeep.mustDeep.c", INTERNAL)],
    ),
    Case("a null handed up to the top", "{ mustTree { mustDeep { c } } }", None, [("mustTree.mustDeep.c", INTERNAL)]),
    Case(
        "a null handed up to the top takes the siblings along",
        "{ tree { a } mustTree { c } }",
        None,
        [("mustTree.c", INTERNAL)],
    ),
    Case(
        "what is null by itself and what is null by its child",
        "{ tree { one: deep { c } two: deep { b } three: nothing { c } } }",
        {"tree": {"one": None, "two": {"b": "Banana"}, "three": None}},
        [("tree.one.c", INTERNAL)],
    ),
    Case(
        "an item's null takes the whole list where items must be",
        "{ tree { trees { mustDeep { c } } } }",
        {"tree": None},
        [("tree.trees.0.mustDeep.c", INTERNAL)],
    ),
    Case(
        "an item's null stays with the item where it may be",
        "{ tree { maybeTrees { a mustDeep { c } } } }",
        {"tree": {"maybeTrees": [None, None]}},
        [("tree.maybeTrees.0.mustDeep.c", INTERNAL), ("tree.maybeTrees.1.mustDeep.c", INTERNAL)],
    ),
    Case(
        "paths have places in lists and response keys",
        "{ x: trees { y: deep { z: fault } } }",
        {"x": [{"y": {"z": None}}, {"y": {"z": None}}]},
        [("x.0.y.z", LIMITED), ("x.1.y.z", LIMITED)],
    ),
    Case(
        "an interface gives what all have, and fragments the rest",
        "{ beings { __typename name ... on Dog { barks } ... on Cat { lives } } }",
        {"beings": [{**REX, "barks": True}, {**TOM, "lives": 7}]},
    ),
    Case(
        "a union gives what its fragments ask for",
        "{ pets { __typename ... on Dog { name barks } ... on Cat { lives } } }",
        {"pets": [{**REX, "barks": True}, {"__typename": "Cat", "lives": 7}]},
    ),
    Case("an interface's fragment on a union", "{ pets { ... on Named { __typename name } } }", {"pets": [REX, TOM]}),
    Case("a union without a fragment that fits", "{ pet(kind: DOG) { ... on Cat { lives } } }", {"pet": {}}),
    Case(
        "named fragments with conditions",
        "{ pets { ...D ...C } } fragment D on Dog { barks friend { ...N } } "
        "fragment C on Cat { ...N } fragment N on Named { name }",
        {"pets": [{"barks": True, "friend": {"name": "Tom"}}, {"name": "Tom"}]},
    ),
    Case(
        "one key for different fields of different types",
        "{ pets { ... on Dog { x: name } ... on Cat { x: name y: lives } } }",
        {"pets": [{"x": "Rex"}, {"x": "Tom", "y": 7}]},
    ),
    Case(
        "an object that is no part of the union",
        "{ pet(kind: STONE) { __typename } }",
        {"pet": None},
        [("pet", INTERNAL)],
    ),
    Case(
        "an object that is no part of the interface",
        "{ named(kind: STONE) { name } }",
        {"named": None},
        [("named", INTERNAL)],
    ),
    Case("a type that is not in the schema", "{ named(kind: GHOST) { name } }", {"named": None}, [("named", INTERNAL)]),
    Case("a type that is no name", "{ named(kind: NUMBER) { name } }", {"named": None}, [("named", INTERNAL)]),
    Case(
        "a wrong type where null must not be", "{ mustPet(kind: STONE) { __typename } }", None, [("mustPet", INTERNAL)]
    ),
    Case(
        "an object of another type than the field's", "{ dog(kind: CAT) { name } }", {"dog": None}, [("dog", INTERNAL)]
    ),
    Case(
        "an object of the field's type",
        "{ dog(kind: DOG) { name friend { name } } }",
        {"dog": {"name": "Rex", "friend": {"name": "Tom"}}},
    ),
]


@pytest.mark.parametrize("case", CASES, ids=str)
async def test_completion(case: Case, either: Side) -> None:
    await case.check(either)
