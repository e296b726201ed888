"""Every field of the schema says what a third party needs for it."""

from collections.abc import Iterator
from typing import Any

from graphql import GraphQLField, GraphQLInterfaceType, GraphQLObjectType

from api.schema import schema
from api.scopes import declared
from runtime.scopes import ANY

OPEN_TYPES = {"Money", "Node", "PageInfo", "RateLimit", "SignInProvider", "UserError"}
"""What has no meaning without the field that led to it, or is nobody's."""
OPEN_FIELDS = {"Query.viewer", "Query.node", "Query.nodes", "Query.rateLimit", "Query.signInProviders"}
"""Doors: what is behind them says for itself what it needs."""

WRITE = (
    'Say which scope it needs: `scope="transactions:read"` where the field is declared, or `@requires("…")` above its '
    'type. For the person\'s own clients alone: "person". runtime/scopes.py has all scopes.'
)


def types() -> Iterator[GraphQLObjectType | GraphQLInterfaceType]:
    for type_ in schema._schema.type_map.values():
        if isinstance(type_, GraphQLObjectType | GraphQLInterfaceType) and not type_.name.startswith("__"):
            yield type_


def scope_of(described: Any) -> str | None:
    definition = described.extensions.get("strawberry-definition")
    return None if definition is None else declared(definition.directives)


def fields() -> Iterator[tuple[str, GraphQLField, str | None]]:
    """Each with its own scope, or its type's."""
    for type_ in types():
        for name, field in type_.fields.items():
            yield f"{type_.name}.{name}", field, scope_of(field) or scope_of(type_)


def test_no_field_is_without_a_scope() -> None:
    silent = [name for name, _, scope in fields() if scope is None]

    assert silent == [], WRITE


def test_what_every_token_may_read_is_listed_here() -> None:
    payloads = {type_.name for type_ in types() if "userErrors" in type_.fields}
    open_types = {type_.name for type_ in types() if scope_of(type_) == ANY}
    open_fields = {name for name, field, _ in fields() if scope_of(field) == ANY}

    assert open_types - payloads == OPEN_TYPES
    assert open_fields == OPEN_FIELDS


def test_doors_say_it_field_by_field() -> None:
    """A scope above these types would be taken over by fields that were added without a thought."""
    assert [type_.name for type_ in types() if type_.name in ("Query", "Viewer", "Mutation") and scope_of(type_)] == []


def test_a_page_needs_what_its_nodes_need() -> None:
    wrong = []
    for type_ in types():
        if "pageInfo" in type_.fields:
            edge = type_.fields["edges"].type.of_type.of_type.of_type
            node = edge.fields["node"].type.of_type
            wrong += [one.name for one in (type_, edge) if scope_of(one) != scope_of(node)]

    assert wrong == []
