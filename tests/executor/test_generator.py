"""Documents are reproducible, valid and of every kind."""

import random
from collections import Counter

from graphql import DocumentNode, FragmentDefinitionNode, Node, parse, validate
from graphql.language import Visitor, visit

from api.schema import schema
from tests.executor.generator import Document, Generator
from tests.executor.values import HouseholdValues, Known

KNOWN = Known(
    ids={"acc": ["acc_1", "acc_2"], "txn": ["txn_1"]},
    cursors={"Viewer.transactions": ["c1", "c2"], "Account.transactions": ["c3"]},
    positions={"Viewer": ["p1"], "SavingsGroup": ["p2"]},
    tags=["holiday"],
)
DOCUMENTS = 150


def generated(seed: str) -> Document:
    return Generator(schema._schema, HouseholdValues(KNOWN), random.Random(seed)).document()


def test_the_same_seed_gives_the_same_documents() -> None:
    first = [generated(f"7:{number}") for number in range(50)]

    assert first == [generated(f"7:{number}") for number in range(50)]
    assert first != [generated(f"8:{number}") for number in range(50)]


def test_nearly_all_documents_are_valid() -> None:
    """What is wrong on purpose, and introspection that is too deep, are the others."""
    found = [validate(schema._schema, parse(generated(f"9:{number}").query)) for number in range(DOCUMENTS)]

    assert sum(1 for errors in found if errors) < 0.05 * DOCUMENTS, [one[0].message for one in found if one]


class _Kinds(Visitor):
    def __init__(self) -> None:
        super().__init__()
        self.found: Counter[str] = Counter()

    def enter(self, node: Node, *_: object) -> None:
        self.found[node.kind] += 1
        alias = getattr(node, "alias", None)
        if alias is not None:
            self.found["alias"] += 1
        for directive in getattr(node, "directives", None) or ():
            self.found[f"{node.kind} @{directive.name.value}"] += 1


def kinds(document: DocumentNode) -> Counter[str]:
    visitor = _Kinds()
    visit(document, visitor)
    return visitor.found


def test_everything_that_a_document_can_have_is_there() -> None:
    documents = [generated(f"10:{number}") for number in range(DOCUMENTS)]
    found: Counter[str] = sum((kinds(parse(one.query)) for one in documents), Counter())

    wanted = [
        *("alias", "fragment_spread", "inline_fragment", "variable", "list_value", "object_value", "enum_value"),
        *("null_value", "int_value", "boolean_value", "string_value", "fragment_definition"),
        *(
            f"{kind} @{name}"
            for kind in ("field", "inline_fragment", "fragment_spread")
            for name in ("skip", "include")
        ),
    ]
    assert {name: found[name] for name in wanted if found[name] < 3} == {}
    assert any(one.query.count("query Q") > 1 for one in documents)
    assert any("__schema" in one.query or "__type(" in one.query for one in map(generated, map(str, range(300))))
    assert any("first: 101" in one.query or 101 in one.variables.values() for one in documents)


def depth(node: Node, fragments: dict[str, Node]) -> int:
    below = [0]
    for one in getattr(getattr(node, "selection_set", None), "selections", ()):
        target = fragments[one.name.value] if one.kind == "fragment_spread" else one
        below.append(depth(target, fragments) + (one.kind == "field"))
    return max(below)


def test_documents_are_one_to_seven_levels_deep() -> None:
    depths: Counter[int] = Counter()
    for number in range(DOCUMENTS):
        tree = parse(generated(f"11:{number}").query)
        fragments: dict[str, Node] = {
            one.name.value: one for one in tree.definitions if isinstance(one, FragmentDefinitionNode)
        }
        depths[max(depth(one, fragments) for one in tree.definitions)] += 1

    assert set(depths) >= {1, 2, 3, 4, 5, 6, 7}, depths
    assert max(depths) <= 8
