"""Which fields are selected on a type: fragments spread out, directives applied, equal response keys merged.

Source: GraphQL specification (September 2025), sections 6.3.2 CollectFields and 6.4.3 merging of selection sets.
"""

from collections.abc import Iterable, Mapping
from typing import Any

from graphql import (
    DirectiveNode,
    FieldNode,
    FragmentDefinitionNode,
    FragmentSpreadNode,
    GraphQLObjectType,
    GraphQLSchema,
    NamedTypeNode,
    SelectionSetNode,
    VariableNode,
    is_abstract_type,
)

from api.execution.plan import Unsupported

Switches = Mapping[str, bool]
"""The values of the variables that @skip and @include look at."""


class Collector:
    """Collects for one plan, that is for one choice of switches."""

    def __init__(
        self, schema: GraphQLSchema, fragments: Mapping[str, FragmentDefinitionNode], switches: Switches
    ) -> None:
        self._schema = schema
        self._fragments = fragments
        self._switches = switches

    def fields(self, type_: GraphQLObjectType, sets: Iterable[SelectionSetNode]) -> dict[str, list[FieldNode]]:
        """The nodes of each response key, in the order of the answer."""
        found: dict[str, list[FieldNode]] = {}
        seen: set[str] = set()
        for selection_set in sets:
            self._visit(type_, selection_set, found, seen)
        return found

    def _visit(
        self,
        type_: GraphQLObjectType,
        selection_set: SelectionSetNode,
        found: dict[str, list[FieldNode]],
        seen: set[str],
    ) -> None:
        for node in selection_set.selections:
            if not self._is_included(node.directives):
                continue
            if isinstance(node, FieldNode):
                found.setdefault((node.alias or node.name).value, []).append(node)
            elif isinstance(node, FragmentSpreadNode):
                name = node.name.value
                if name not in seen:
                    seen.add(name)
                    fragment = self._fragments[name]
                    if self._applies(type_, fragment.type_condition):
                        self._visit(type_, fragment.selection_set, found, seen)
            elif self._applies(type_, node.type_condition):  # type: ignore[attr-defined]
                self._visit(type_, node.selection_set, found, seen)  # type: ignore[attr-defined]

    def _applies(self, type_: GraphQLObjectType, condition: NamedTypeNode | None) -> bool:
        if condition is None or condition.name.value == type_.name:
            return True
        other = self._schema.get_type(condition.name.value)
        return is_abstract_type(other) and self._schema.is_sub_type(other, type_)

    def _is_included(self, directives: Iterable[DirectiveNode] | None) -> bool:
        included = True
        for directive in directives or ():
            name = directive.name.value
            if name not in ("skip", "include"):
                raise Unsupported("a directive")
            (argument,) = directive.arguments or ()
            value: Any = argument.value
            on = self._switches[value.name.value] if isinstance(value, VariableNode) else value.value
            if on is None:
                raise Unsupported("a directive whose condition is null")
            if on is (name == "skip"):
                included = False
        return included


def switches_of(nodes: Iterable[SelectionSetNode]) -> list[str]:
    """The names of the variables that decide what is selected."""
    names: set[str] = set()
    waiting = list(nodes)
    while waiting:
        for node in waiting.pop().selections:
            for directive in node.directives or ():
                for argument in directive.arguments or ():
                    if isinstance(argument.value, VariableNode):
                        names.add(argument.value.name.value)
            if (inner := getattr(node, "selection_set", None)) is not None:
                waiting.append(inner)
    return sorted(names)
