"""`__schema` and `__type`: the schema does not change, so graphql-core answers them when the plan is made."""

from collections.abc import Iterable, Mapping
from typing import Any

from graphql import (
    DocumentNode,
    FieldNode,
    FragmentDefinitionNode,
    GraphQLSchema,
    Node,
    OperationDefinitionNode,
    SelectionSetNode,
    VariableNode,
    execute_sync,
)
from graphql.execution.values import VariableValues
from graphql.language import Visitor, visit

from api.execution.plan import Unsupported

FIELDS = ("__schema", "__type")


def introspection_fields(fields: Mapping[str, list[FieldNode]]) -> list[FieldNode]:
    return [node for nodes in fields.values() for node in nodes if nodes[0].name.value in FIELDS]


def introspect(
    schema: GraphQLSchema,
    fragments: Iterable[FragmentDefinitionNode],
    operation: OperationDefinitionNode,
    asked: list[FieldNode],
    variables: VariableValues,
) -> dict[str, Any]:
    """The values of introspection fields by response key. Raises Unsupported where one of them is in error."""
    used = variables_in([*asked, *fragments])
    alone = OperationDefinitionNode(
        operation=operation.operation,
        selection_set=SelectionSetNode(selections=tuple(asked)),
        variable_definitions=tuple(
            one for one in operation.variable_definitions or () if one.variable.name.value in used
        ),
    )
    # Introspection takes texts and yes or no, which are the same before and after they are coerced.
    given = {name: value for name, value in variables.coerced.items() if name in used}
    result = execute_sync(schema, DocumentNode(definitions=(alone, *fragments)), variable_values=given)
    if result.errors or result.data is None:
        raise Unsupported("introspection with an error")
    return result.data


def members_of(answer: Any) -> int:
    """How many members the objects and lists of an answer have. Without a call for each level: there may be many."""
    found, waiting = 0, [answer]
    while waiting:
        one = waiting.pop()
        if isinstance(one, dict | list):
            found += len(one)
            waiting += one.values() if isinstance(one, dict) else one
    return found


def variables_in(nodes: Iterable[Node]) -> set[str]:
    found: set[str] = set()

    class Names(Visitor):
        def enter_variable(self, node: VariableNode, *_: Any) -> None:
            found.add(node.name.value)

    for node in nodes:
        visit(node, Names())
    return found
