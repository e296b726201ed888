"""What the answer of an operation is expected to hold, with the lengths of lists that its variables give.

Beside the weight of a document (api/execution/weight.py), which holds for all values of its variables. Objects are
counted as they are there; without those below `__schema` and `__type`, which cost no statement. The bytes are those of
all response keys and a few for each value; a value of introspection counts 64, for its description and the time that
graphql-core takes for it.
"""

from collections.abc import Mapping
from typing import Any, NamedTuple

from graphql import DocumentNode, FieldNode, GraphQLCompositeType, GraphQLSchema, OperationDefinitionNode
from graphql.language import IntValueNode

from api.execution.weight import Scale
from domain.pages import MOST, USUAL

VALUE_BYTES, INTROSPECTION_BYTES = 20, 64
MOST_REMEMBERED = 16
"""Choices of lengths that are remembered for one operation."""


class Expected(NamedTuple):
    objects: int
    bytes: int


class Expectation:
    """Of one operation of a valid document."""

    def __init__(self, schema: GraphQLSchema, document: DocumentNode, operation: OperationDefinitionNode) -> None:
        self._schema = schema
        self._document = document
        self._operation = operation
        self._defaults = {
            one.variable.name.value: min(int(one.default_value.value), MOST)
            for one in operation.variable_definitions or ()
            if isinstance(one.default_value, IntValueNode) and len(one.default_value.value) <= len(str(MOST))
        }
        self._known: dict[tuple[int, ...], Expected] = {}
        scale = Scale(schema)
        scale.whole(document, operation)
        self._sizing = tuple(scale.sizing)

    def of(self, variables: Mapping[str, Any]) -> Expected:
        """`variables` as the client sent them: what is wrong in them is found out later."""
        sizes = tuple([self._size(name, variables) for name in self._sizing]) if self._sizing else ()
        known = self._known.get(sizes)
        if known is None:
            if len(self._known) >= MOST_REMEMBERED:
                self._known.clear()
            known = self._known[sizes] = self._measured(dict(zip(self._sizing, sizes, strict=True)))
        return known

    def _size(self, name: str, variables: Mapping[str, Any]) -> int:
        if name not in variables:
            return self._defaults.get(name, USUAL)
        value = variables[name]
        if type(value) is int:
            return min(max(value, 1), MOST)
        if isinstance(value, list):
            return min(len(value), MOST)
        return USUAL if value is None else MOST

    def _measured(self, sizes: Mapping[str, int]) -> Expected:
        return Expected(self._sum(Scale(self._schema, _objects, sizes)), self._sum(Scale(self._schema, _bytes, sizes)))

    def _sum(self, scale: Scale) -> int:
        whole = scale.whole(self._document, self._operation)
        return scale.heaviest(whole, self._schema.get_root_type(self._operation.operation))


def _objects(node: FieldNode, parent: GraphQLCompositeType | None) -> int:
    is_introspection = node.name.value.startswith("__") or (parent is not None and parent.name.startswith("__"))
    return node.selection_set is not None and not is_introspection


def _bytes(node: FieldNode, parent: GraphQLCompositeType | None) -> int:
    is_introspection = parent is not None and parent.name.startswith("__")
    return len((node.alias or node.name).value) + (INTROSPECTION_BYTES if is_introspection else VALUE_BYTES)
