"""Every name of the contract's design exists with its type, nullability and default. Skipped without the design."""

from collections.abc import Iterator
from pathlib import Path
from typing import cast

import pytest
from graphql import (
    GraphQLArgument,
    GraphQLEnumType,
    GraphQLInputField,
    GraphQLInputObjectType,
    GraphQLInterfaceType,
    GraphQLObjectType,
    GraphQLScalarType,
    GraphQLSchema,
    build_schema,
)
from graphql.utilities.print_schema import print_input_value

from api.schema import schema

DESIGN = Path(__file__).parents[3] / "shared" / "design" / "schema.graphql"

# Connections are described in the design by a comment: edges { cursor node }, nodes and pageInfo.
CONNECTION = """
type {name}Connection {{ edges: [{name}Edge!]!  nodes: [{name}!]!  pageInfo: PageInfo! }}
type {name}Edge {{ cursor: String!  node: {name}! }}
"""


def design() -> GraphQLSchema:
    text = DESIGN.read_text()
    names = sorted(
        {word.strip("!") for word in text.replace(")", " ").split() if word.strip("!").endswith("Connection")}
    )
    connections = [CONNECTION.format(name=name.removesuffix("Connection")) for name in names if name != "XxxConnection"]
    return build_schema(text + "".join(connections))


def default_of(given: GraphQLArgument | GraphQLInputField) -> str | None:
    """As it is printed: designs hold their defaults as literals, code as values."""
    _, _, default = print_input_value("given", cast(GraphQLArgument, given)).partition(" = ")
    return None if default in ("", "null") else default


def differences(wanted: GraphQLSchema, made: GraphQLSchema) -> Iterator[str]:
    for name, type_ in wanted.type_map.items():
        if name.startswith("__"):
            continue
        ours = made.type_map.get(name)
        if not isinstance(ours, type(type_)):
            yield f"{name} is missing or of another kind"
            continue
        match type_, ours:
            case GraphQLScalarType(), _:
                continue
            case GraphQLEnumType(), GraphQLEnumType():
                yield from (f"{name}.{value} is missing" for value in type_.values if value not in ours.values)
            case GraphQLInputObjectType(), GraphQLInputObjectType():
                yield from _inputs(name, type_.fields, ours.fields)
            case GraphQLObjectType() | GraphQLInterfaceType(), GraphQLObjectType() | GraphQLInterfaceType():
                if {one.name for one in type_.interfaces} - {one.name for one in ours.interfaces}:
                    yield f"{name} does not implement what it should"
                for field, one in type_.fields.items():
                    mine = ours.fields.get(field)
                    if mine is None or str(mine.type) != str(one.type):
                        yield f"{name}.{field} is {mine and mine.type}, not {one.type}"
                    else:
                        yield from _inputs(f"{name}.{field}", one.args, mine.args)


def _inputs(
    place: str,
    wanted: dict[str, GraphQLArgument] | dict[str, GraphQLInputField],
    made: dict[str, GraphQLArgument] | dict[str, GraphQLInputField],
) -> Iterator[str]:
    for name, one in wanted.items():
        mine = made.get(name)
        if mine is None or str(mine.type) != str(one.type):
            yield f"{place}({name}) is {mine and mine.type}, not {one.type}"
        elif default_of(mine) != default_of(one):
            yield f"{place}({name}) has the default {default_of(mine)}, not {default_of(one)}"
    for name, given in made.items():
        if name not in wanted and str(given.type).endswith("!") and default_of(given) is None:
            yield f"{place}({name}) is required, but no client knows of it"


@pytest.mark.skipif(not DESIGN.exists(), reason="the contract's design lies beside the project, in ../shared")
def test_the_contract_is_whole() -> None:
    assert list(differences(design(), schema._schema)) == []


def test_the_comparison_finds_differences() -> None:
    wanted = build_schema("type Query { a(b: Int = 1): Int! c: E } enum E { F } input G { h: Int! }")
    made = build_schema("type Query { a(b: Int = 2, z: Int!): Int! c: [E] } enum E { X } input G { h: Int }")

    assert set(differences(wanted, made)) == {
        "Query.a(b) has the default 2, not 1",
        "Query.a(z) is required, but no client knows of it",
        "Query.c is [E], not E",
        "E.F is missing",
        "G(h) is Int, not Int!",
    }
