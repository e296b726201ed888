"""What a document weighs, by numbers that a reader can check by hand."""

import random
import statistics
import sys
from dataclasses import replace
from types import FrameType
from typing import Any

import pytest
import strawberry
from graphql import GraphQLSchema, OperationDefinitionNode, parse, validate
from graphql.execution.values import VariableValues

from api.execution.collect import Collector
from api.execution.plan import Unsupported
from api.execution.weight import ASSUMED, Weight, weigh
from api.fields import column, edge
from api.schema import schema
from api.transport.documents import Refused
from api.transport.operation import Operations
from api.transport.parameters import Parameters
from domain.pages import MOST, USUAL
from tests.boundless import BOUNDLESS
from tests.executor.generator import Generator
from tests.executor.values import HouseholdValues, Known

KNOWN = Known(ids={prefix: [f"{prefix}_{'0' * 26}"] for prefix in ("acc", "cat", "txn")})
LISTING = """
query ($size: Int = 10) {
  viewer {
    transactions(first: $size) { nodes { id amount { amount currency } } pageInfo { hasNextPage } }
  }
}
"""


async def _owners(reader: object, keys: list[str]) -> dict[str, object]:
    return {}


async def _dogs(reader: object, keys: list[str], first: int | None = None) -> dict[str, object]:
    return {}


async def _many(reader: object, keys: list[str], ids: list[strawberry.ID] | None = None) -> dict[str, object]:
    return {}


@strawberry.interface
class Animal:
    name: str = column("Its name.")


@strawberry.type
class PageInfo:
    has_next_page: bool = column("Whether more follows.")


@strawberry.type
class DogEdge:
    cursor: str = column("Its place.")
    node: "Dog" = column("The dog.")


@strawberry.type
class DogConnection:
    nodes: list["Dog"] = column("The dogs.")
    edges: list[DogEdge] = column("The dogs, with their places.")
    page_info: PageInfo = column("Where the page lies.")


@strawberry.type
class Cat(Animal):
    friend: Animal | None = edge(_owners, "id", description="Whom it likes.")


@strawberry.type
class Dog(Animal):
    friend: Animal | None = edge(_owners, "id", description="Whom it likes.")
    puppies: DogConnection = edge(_dogs, "id", description="Its puppies.")
    toys: list[Cat] = edge(_owners, "id", description="What it plays with.")


@strawberry.type
class Query:
    dog: Dog | None = edge(_owners, "id", description="A dog.")
    animal: Animal | None = edge(_owners, "id", description="An animal.")
    animals: list[Animal] = edge(_many, "id", description="Several animals.")


@strawberry.interface
class Beast:
    prey: Animal | None = edge(_owners, "id", description="What it eats.")


@strawberry.type
class Lion(Beast): ...


@strawberry.type
class Wolf(Beast): ...


@strawberry.type
class Wilderness:
    beast: Beast | None = edge(_owners, "id", description="A beast.")


BEASTS = strawberry.Schema(Wilderness, types=[Lion, Wolf])._schema
SCHEMA = strawberry.Schema(Query, types=[Cat, Dog])._schema
COFFER = schema._schema


def weight_of(text: str, schema: GraphQLSchema = SCHEMA) -> Weight:
    document = parse(text)
    assert validate(schema, document) == []
    return weigh(document, operation_of(text), schema)


def operation_of(text: str) -> OperationDefinitionNode:
    (operation,) = [one for one in parse(text).definitions if isinstance(one, OperationDefinitionNode)]
    return operation


def test_a_plain_document() -> None:
    weight = weight_of("{ dog { name friend { name } } animal { called: name } }")

    # two fields, two of the dog, one of its friend and one of the animal, whether these are cats or dogs
    assert weight == Weight(fields=6, depth=3, aliases=1, statements=3, objects=3, root_fields=2, selections=8)


def test_a_fragment_counts_wherever_it_is_spread() -> None:
    weight = weight_of(
        "{ dog { ...Named friend { ...Named } } b: dog { ...Named } } fragment Named on Animal { name n: name }"
    )

    # 2 + the dog's 2 and the fragment's 2 + the friend's 1 and 2, as a cat and as a dog + 1 and 2 of the other dog
    assert weight == Weight(fields=9, depth=3, aliases=4, statements=3, objects=3, root_fields=2, selections=15)


def test_what_stands_twice_in_one_selection_set_counts_once() -> None:
    once = weight_of("{ dog { ...F friend { name __typename } } } fragment F on Dog { name }")

    twice = weight_of("{ dog { ...F ...F friend { name } friend { __typename } } } fragment F on Dog { name }")

    # More is looked at, that is all.
    assert twice == replace(once, selections=once.selections + 2)


def test_a_page_multiplies_what_lies_in_its_lists() -> None:
    weight = weight_of("{ dog { puppies(first: 7) { nodes { friend { name } } pageInfo { hasNextPage } } } }")

    # the dog, the page, its info, 7 puppies and 7 friends
    assert (weight.objects, weight.statements) == (17, 3)


def test_pages_in_pages_multiply() -> None:
    weight = weight_of("{ dog { puppies(first: 10) { edges { node { puppies(first: 5) { nodes { name } } } } } } }")

    # the dog, the page, 10 edges, 10 puppies, 10 pages, 50 puppies
    assert weight.objects == 82


def test_a_fragment_on_pages_is_as_long_as_each_page() -> None:
    weight = weight_of(
        "{ dog { a: puppies(first: 3) { ...P } b: puppies(first: 5) { ...P } } }"
        "fragment P on DogConnection { nodes { name } }"
    )

    # the dog, 1 + 3, 1 + 5
    assert weight.objects == 11


@pytest.mark.parametrize(
    ("argument", "size"),
    [
        ("", USUAL),
        ("(first: null)", USUAL),
        ("(first: $n)", MOST),
        ("(first: 12)", 12),
        ("(first: -1000000)", MOST),
        ("(first: -9)", 1),
        ("(first: 2147483647)", MOST),
    ],
)
def test_the_size_of_a_page(argument: str, size: int) -> None:
    header = "query ($n: Int = 1)" if "$n" in argument else ""

    weight = weight_of(f"{header} {{ dog {{ puppies{argument} {{ nodes {{ name }} }} }} }}")

    assert weight.objects == 2 + size


@pytest.mark.parametrize(
    ("argument", "size"),
    [("", ASSUMED), ('(ids: ["a", "b"])', 2), ('(ids: "a")', 1), ("(ids: $ids)", MOST)],
)
def test_the_size_of_a_plain_list(argument: str, size: int) -> None:
    header = "query ($ids: [ID!])" if "$ids" in argument else ""

    weight = weight_of(f"{header} {{ animals{argument} {{ name }} }}")

    assert weight.objects == size


def test_an_object_of_several_types_weighs_as_much_as_the_heaviest() -> None:
    weight = weight_of(
        "{ animal { ... on Cat { friend { name } }"
        " ... on Dog { puppies(first: 9) { nodes { name } } toys { name } } } }"
    )

    # the animal, the dog's page with nine, and its toys; whatever it is, a level may hold both
    assert (weight.objects, weight.statements) == (1 + 1 + 9 + ASSUMED, 4)


def test_what_all_types_share_is_added_to_each() -> None:
    weight = weight_of(
        "{ animal { ...Shared ... on Dog { toys { name } } } }"
        "fragment Shared on Animal { ... on Cat { friend { name } } ... on Dog { friend { name } } }"
    )

    assert weight.objects == 1 + 1 + ASSUMED


def test_each_type_looks_at_all_that_is_selected() -> None:
    weight = weight_of("{ animal { ...F ... on Dog { name } } } fragment F on Cat { name friend { name } }")

    # the animal; two by the cat, two by the dog; the dog's name; the cat's name, its friend, and the friend's name, as
    # a cat and as a dog
    assert weight.selections == 1 + 2 + 2 + 1 + 2 + 2


def test_planning_looks_at_no_more_than_was_weighed(monkeypatch: pytest.MonkeyPatch) -> None:
    looked = 0
    is_included = Collector._is_included

    def count(self: Collector, directives: Any) -> bool:
        nonlocal looked
        looked += 1
        return is_included(self, directives)

    monkeypatch.setattr(Collector, "_is_included", count)
    shares = []
    for number in range(100):
        document = Generator(COFFER, HouseholdValues(KNOWN), random.Random(number), introspects=False).document()
        operations, looked = Operations(schema, bounds=BOUNDLESS), 0
        try:
            operation = operations.read(Parameters(document.query, document.operation_name, document.variables, {}))
            operations._planned(operation)
        except Refused:
            continue
        assert looked <= operation.executable.weight.selections, document
        shares.append(looked / operation.executable.weight.selections)

    # Most have no directives and nothing twice: an estimate that were far off would be of no use.
    assert len(shares) > 80
    assert statistics.median(shares) > 0.7


def test_a_document_whose_plan_takes_too_long_to_make_is_not_planned() -> None:
    nodes = " ".join(f'a{number}: node(id: "x") {{ ...E }}' for number in range(300))
    text = f"{{ {nodes} }} fragment Z on Account {{ id }} fragment E on Node {{ {'...Z ' * 3_000} }}"
    operations = Operations(schema, bounds=BOUNDLESS)
    operation = operations.read(Parameters(text, None, {}, {}))

    assert operation.executable.weight.selections > 300 * 19 * 3_000
    with pytest.raises(Unsupported, match="too large"):
        operation.executable.ready(VariableValues({}, {}))


def test_an_edge_that_all_types_have_is_a_statement_of_each() -> None:
    one = weight_of("{ beast { ... on Lion { prey { name } } } }", BEASTS)
    both = weight_of("{ beast { prey { name } } }", BEASTS)

    assert (one.statements, both.statements) == (2, 3)


def test_introspection_has_no_depth() -> None:
    deep = "{ __schema { types { fields { type { ofType { ofType { name } } } } } } dog { name } }"

    weight = weight_of(deep)

    assert (weight.depth, weight.root_fields) == (2, 2)
    assert weight.objects == 2 + ASSUMED + ASSUMED**2 * 4


def test_only_the_fragments_of_the_operation_count() -> None:
    text = "query A { dog { name } } query B { ...Root } fragment Root on Query { dog { puppies { nodes { name } } } }"
    document = parse(text)
    first = document.definitions[0]
    assert isinstance(first, OperationDefinitionNode)

    assert weigh(document, first, SCHEMA) == Weight(2, 2, 0, 1, 1, 1, 2)


def chain(levels: int) -> str:
    """Each level spreads the next one twice, under two names."""
    steps = [
        f"fragment F{n} on Dog {{ a: friend {{ ...F{n + 1} }} b: friend {{ ...F{n + 1} }} }}" for n in range(levels)
    ]
    return "{ dog { ...F0 } }" + "".join(steps) + f"fragment F{levels} on Dog {{ name }}"


def calls(text: str) -> int:
    """How many functions of ours are entered."""
    document, operation = parse(text), operation_of(text)
    entered = 0

    def count(frame: FrameType, event: str, _: object) -> None:
        nonlocal entered
        entered += event == "call"

    sys.setprofile(count)
    try:
        weigh(document, operation, SCHEMA)
    finally:
        sys.setprofile(None)
    return entered


def test_fragments_that_double_at_each_level_are_each_weighed_once() -> None:
    weight = weight_of(chain(22))

    assert (weight.fields, weight.depth) == (1 + (2**23 - 2) + 2**22, 24)
    assert calls(chain(44)) - calls(chain(22)) == calls(chain(66)) - calls(chain(44))


def test_a_chain_of_fragments_may_be_longer_than_the_stack() -> None:
    text = "{ dog { ...F0 } }" + "".join(f"fragment F{n} on Dog {{ ...F{n + 1} }}" for n in range(2_000))
    text += "fragment F2000 on Dog { name }"

    assert weigh(parse(text), operation_of(text), SCHEMA) == Weight(2, 2, 0, 1, 1, 1, 2_003)


@pytest.mark.parametrize(
    "text",
    [
        "{ nothing { of { it } } }",
        "{ dog { ...Missing } }",
        "{ ...Round } fragment Round on Query { ...Round }",
        "{ ... on Nothing { dog { name } } }",
        "{ dog { name { first } } animals }",
        "mutation { dog { name } }",
    ],
)
def test_an_invalid_document_never_raises(text: str) -> None:
    assert weigh(parse(text), operation_of(text), SCHEMA).fields >= 0


def test_pages_of_the_schema_are_recognised() -> None:
    weight = weight_of(LISTING, COFFER)

    # the viewer, the page, its info, 100 transactions and their amounts
    assert weight.objects == 3 + 2 * MOST


def test_every_field_with_a_first_leads_to_a_page() -> None:
    """The estimate knows a page by its `pageInfo`."""
    without = [
        (name, field)
        for name, type_ in COFFER.type_map.items()
        for field, definition in getattr(type_, "fields", {}).items()
        if "first" in getattr(definition, "args", {})
        and "pageInfo" not in getattr(definition.type.of_type, "fields", {})
    ]

    assert without == []
