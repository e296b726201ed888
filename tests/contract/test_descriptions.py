"""Descriptions are the public manual: every type, field, argument, input and enum value has one."""

from collections.abc import Iterator

from graphql import (
    GraphQLEnumType,
    GraphQLInputObjectType,
    GraphQLInterfaceType,
    GraphQLObjectType,
    GraphQLSchema,
    build_schema,
)

from api.schema import schema


def undescribed(whole: GraphQLSchema) -> Iterator[str]:
    for name, type_ in whole.type_map.items():
        if name.startswith("__") or name in ("String", "Int", "Float", "Boolean", "ID"):
            continue
        if not type_.description:
            yield name
        match type_:
            case GraphQLEnumType(values=values):
                yield from (f"{name}.{value}" for value, one in values.items() if not one.description)
            case GraphQLInputObjectType(fields=inputs):
                yield from (f"{name}.{field}" for field, one in inputs.items() if not one.description)
            case GraphQLObjectType(fields=fields) | GraphQLInterfaceType(fields=fields):
                for field, one in fields.items():
                    if not one.description:
                        yield f"{name}.{field}"
                    yield from (f"{name}.{field}({given})" for given, two in one.args.items() if not two.description)


def test_everything_is_described() -> None:
    assert list(undescribed(schema._schema)) == []


def test_the_search_finds_what_is_not_described() -> None:
    bare = build_schema("type Query { a(b: Int): E } enum E { F } input G { h: Int } interface I { j: Int }")

    assert set(undescribed(bare)) == {"Query", "Query.a", "Query.a(b)", "E", "E.F", "G", "G.h", "I", "I.j"}
