"""Which scopes an operation needs: found in its document before anything is executed, and kept with it.

Every selection set is looked at once and every fragment once, however often it is spread. `@skip` and `@include` leave
nothing out. Introspection needs nothing.
"""

from functools import cache
from typing import Any, cast

from graphql import (
    DocumentNode,
    FieldNode,
    FragmentSpreadNode,
    GraphQLCompositeType,
    GraphQLError,
    GraphQLSchema,
    InlineFragmentNode,
    OperationDefinitionNode,
    SelectionSetNode,
    get_named_type,
    is_composite_type,
)

from api.errors import FORBIDDEN, ClientError
from api.execution.weight import reached
from api.scopes import declared
from runtime.scopes import ANY, PERSON, readable

Path = tuple[str, ...]
Needs = dict[str, Path]
"""Scopes, each with the response path (without places in lists) of the first field that needs it."""

_DEFINITION = "strawberry-definition"


def needs_of(document: DocumentNode, operation: OperationDefinitionNode, schema: GraphQLSchema) -> Needs:
    known: dict[str, Needs] = {}
    for fragment in reached(document, operation):
        condition = cast(GraphQLCompositeType | None, schema.get_type(fragment.type_condition.name.value))
        known[fragment.name.value] = _selected(fragment.selection_set, condition, schema, known)
    return _selected(operation.selection_set, schema.get_root_type(operation.operation), schema, known)


def check_scopes(needs: Needs, scopes: frozenset[str]) -> list[GraphQLError]:
    """A FORBIDDEN for each place that asks for more than these."""
    missing: dict[Path, list[str]] = {}
    for scope, path in needs.items():
        if not readable(scope, scopes):
            missing.setdefault(path, []).append(scope)
    return [_forbidden(path, lacking) for path, lacking in missing.items()]


@cache
def field_needs(schema: GraphQLSchema, parent: GraphQLCompositeType, name: str) -> frozenset[str]:
    """What a field asks for: its own scope or its type's, and that of the type it leads to."""
    definition = schema.get_field(parent, name)
    if definition is None or name.startswith("__"):
        return frozenset()
    own = _declared(definition)
    if own is None:
        own = _declared(parent)
    leads_to = get_named_type(definition.type)
    below = _declared(leads_to) if is_composite_type(leads_to) else None
    # Nothing said is never open. A type that says nothing has fields that speak for themselves.
    return frozenset({own or PERSON, below or ANY}) - {ANY}


def _selected(
    selection_set: SelectionSetNode, parent: GraphQLCompositeType | None, schema: GraphQLSchema, known: dict[str, Needs]
) -> Needs:
    found: Needs = {}
    for node in selection_set.selections:
        if isinstance(node, FieldNode):
            _add_field(found, node, parent, schema, known)
        elif isinstance(node, FragmentSpreadNode):
            _add(found, known.get(node.name.value, {}))
        elif isinstance(node, InlineFragmentNode):
            named = node.type_condition
            condition = parent if named is None else cast(Any, schema.get_type(named.name.value))
            _add(found, _selected(node.selection_set, condition, schema, known))
    return found


def _add_field(
    found: Needs,
    node: FieldNode,
    parent: GraphQLCompositeType | None,
    schema: GraphQLSchema,
    known: dict[str, Needs],
) -> None:
    key = (node.alias or node.name).value
    definition = None if parent is None else schema.get_field(parent, node.name.value)
    if parent is None or definition is None or node.name.value.startswith("__"):
        return
    for scope in field_needs(schema, parent, node.name.value):
        found.setdefault(scope, (key,))
    if node.selection_set is not None:
        type_ = cast(GraphQLCompositeType, get_named_type(definition.type))
        _add(found, _selected(node.selection_set, type_, schema, known), key)


def _add(found: Needs, below: Needs, *key: str) -> None:
    for scope, path in below.items():
        if scope not in found:
            found[scope] = (*key, *path)


def _declared(described: Any) -> str | None:
    definition = described.extensions.get(_DEFINITION)
    return None if definition is None else declared(definition.directives)


def _forbidden(path: Path, lacking: list[str]) -> GraphQLError:
    lacking = sorted(lacking)
    if PERSON in lacking:
        message = "This is for the person's own clients alone: no app or token may."
    else:
        message = f"This needs {'the scope' if len(lacking) == 1 else 'the scopes'} {', '.join(lacking)}."
    error = ClientError(FORBIDDEN, message, {"missingScopes": lacking})
    return GraphQLError(message, path=list(path), original_error=error)
