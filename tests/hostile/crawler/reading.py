"""Documents made of the schema alone, so that what is new in it is asked for by itself."""

from typing import Any, cast

from graphql import (
    GraphQLArgument,
    GraphQLField,
    GraphQLInterfaceType,
    GraphQLObjectType,
    get_named_type,
    is_leaf_type,
    is_required_argument,
)

from tests.hostile.crawler.values import plausible
from tests.hostile.inputs import SCHEMA

PAGE = 3
"""So many of each list: one object of each kind is enough to find its id."""
PERSON = "person"
"""The scope of what no third party may ask for; a document with it is refused as a whole."""


class Reading:
    """What to ask for. `as_app` leaves out what is for people's own clients alone."""

    def __init__(self, *, as_app: bool = False) -> None:
        self._as_app = as_app

    def selection(self, kind: GraphQLObjectType | GraphQLInterfaceType, depth: int) -> str:
        """Everything that can be asked of a type without arguments that must be given, so many objects deep."""
        if isinstance(kind, GraphQLInterfaceType):
            objects = [one for one in SCHEMA.get_possible_types(kind) if not self._is_closed(one)]
            parts = [f"... on {one.name} {{ {self._leaves(one)} }}" for one in objects]
            return f"{{ __typename id {' '.join(parts)} }}"
        parts = [part for name, field in kind.fields.items() if (part := self._part(kind, name, field, depth))]
        return f"{{ __typename {' '.join(parts)} }}"

    def field(self, name: str, field: GraphQLField, depth: int, given: dict[str, str] | None = None) -> str:
        """A field with what it must be given: `given`, written as GraphQL, or what is plausible."""
        arguments = dict(given or {})
        for key, argument in field.args.items():
            if key not in arguments and is_required_argument(argument):
                arguments[key] = _written(plausible(key, argument.type, {}))
        if "first" in field.args:
            arguments.setdefault("first", str(PAGE))
        in_brackets = f"({', '.join(f'{key}: {value}' for key, value in arguments.items())})" if arguments else ""
        named = get_named_type(field.type)
        if is_leaf_type(named):
            return f"{name}{in_brackets}"
        assert isinstance(named, GraphQLObjectType | GraphQLInterfaceType)
        return f"{name}{in_brackets} {self.selection(named, depth)}"

    def _part(self, kind: GraphQLObjectType, name: str, field: GraphQLField, depth: int) -> str | None:
        named = get_named_type(field.type)
        if any(is_required_argument(one) for one in field.args.values()) or self._is_closed(field, named):
            return None
        if is_leaf_type(named):
            return name
        # A page's nodes are its edges' nodes once more, and take no level of their own.
        is_page = "nodes" in kind.fields
        if not isinstance(named, GraphQLObjectType | GraphQLInterfaceType) or (is_page and name == "edges"):
            return None
        inner = depth if is_page else depth - 1
        page = f"(first: {PAGE})" if "first" in field.args else ""
        return f"{name}{page} {self.selection(named, inner)}" if inner >= 0 else None

    def _leaves(self, kind: GraphQLObjectType) -> str:
        """Fields that have another type in another object get another name."""
        node = cast(GraphQLInterfaceType, SCHEMA.type_map["Node"])
        parts = []
        for name, field in kind.fields.items():
            if is_leaf_type(get_named_type(field.type)) and not field.args and not self._is_closed(field):
                others = [one.fields[name].type for one in SCHEMA.get_possible_types(node) if name in one.fields]
                is_same = all(str(one) == str(field.type) for one in others)
                parts.append(name if is_same else f"{kind.name}_{name}: {name}")
        return " ".join(parts)

    def _is_closed(self, *definitions: Any) -> bool:
        return self._as_app and any(_required(one) == PERSON for one in definitions)


def _required(definition: Any) -> str | None:
    directives = getattr(definition.ast_node, "directives", ()) or ()
    found = [one for one in directives if one.name.value == "requires"]
    return str(found[0].arguments[0].value.value) if found else None


def _written(value: Any) -> str:
    """Only texts and numbers: what the plausible values of arguments are."""
    return f'"{value}"' if isinstance(value, str) else str(value)


def takes_ids(argument: GraphQLArgument) -> bool:
    return get_named_type(argument.type).name == "ID"
