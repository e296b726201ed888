"""`@requires`: how a type or a field says which scope a third party needs for it.

Stated where it is declared, printed in schema.graphql, held by api/execution/needs.py before anything is executed.
"""

from collections.abc import Callable
from typing import Any, TypeVar

import strawberry
from graphql import GraphQLObjectType, GraphQLSchema, get_named_type
from strawberry.schema_directive import Location

from runtime.scopes import ANY, PERSON, WORDS

T = TypeVar("T")

OF_TYPES: dict[str, str] = {}
"""What each type of the schema needs, by its name."""


@strawberry.schema_directive(
    locations=[Location.OBJECT, Location.INTERFACE, Location.FIELD_DEFINITION],
    description="The scope that an app or a personal token needs; a person's own client needs none. A type's holds for "
    "its fields, unless a field has its own; a field needs what the type that it leads to needs, too. `any`: every "
    "token has it. `person`: for the person's own clients alone, it cannot be granted.",
)
class Requires:
    scope: str = strawberry.directive_field(name="scope")


def needs(scope: str | None) -> list[object]:
    """The directives of a field with this scope of its own."""
    return [] if scope is None else [Requires(scope=_known(scope))]


def requires(scope: str) -> Callable[[type[T]], type[T]]:
    """Above a type's own decorator: what its fields need where they say nothing else."""

    def mark(cls: type[T]) -> type[T]:
        definition: Any = cls.__strawberry_definition__  # type: ignore[attr-defined]
        definition.directives = needs(scope)
        OF_TYPES[definition.name] = scope
        return cls

    return mark


def spread_scopes(schema: GraphQLSchema) -> None:
    """Pages need what their nodes need; payloads say what a mutation did, which was asked for its own scope."""
    for type_ in schema.type_map.values():
        if not isinstance(type_, GraphQLObjectType):
            continue
        inner = next((type_.fields[name] for name in ("node", "nodes") if _is_page(type_, name)), None)
        if inner is not None:
            OF_TYPES[type_.name] = scope_of_type(get_named_type(inner.type).name)
        elif "userErrors" in type_.fields:
            OF_TYPES[type_.name] = ANY
        else:
            continue
        type_.extensions["strawberry-definition"].directives = needs(OF_TYPES[type_.name])


def _is_page(type_: GraphQLObjectType, name: str) -> bool:
    return name in type_.fields and ("cursor" in type_.fields or "pageInfo" in type_.fields)


def scope_of_type(name: str) -> str:
    """What is not declared is nobody's but the person's."""
    return OF_TYPES.get(name, PERSON)


def declared(directives: object) -> str | None:
    """The scope among a definition's directives."""
    found = [one.scope for one in directives or () if isinstance(one, Requires)]  # type: ignore[attr-defined]
    return found[0] if found else None


def _known(scope: str) -> str:
    if scope not in WORDS and scope not in (ANY, PERSON):
        raise ValueError(f"{scope!r} is no scope: runtime/scopes.py has them")
    return scope
