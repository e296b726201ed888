"""`__schema` and `__type`: the schema does not change, so graphql-core answers them once, when the plan is made."""

from typing import Any

from graphql import (
    DocumentNode,
    FieldNode,
    FragmentDefinitionNode,
    GraphQLSchema,
    OperationDefinitionNode,
    SelectionSetNode,
    execute_sync,
)
from graphql.execution.values import VariableValues

from api.execution.plan import Unsupported

FIELDS = ("__schema", "__type")


def introspect(
    schema: GraphQLSchema,
    document: DocumentNode,
    operation: OperationDefinitionNode,
    fields: dict[str, list[FieldNode]],
    variables: VariableValues,
) -> dict[str, Any]:
    """The values of the operation's introspection fields by response key.

    Raises Unsupported where they depend on variables that are no switches: then nothing can be kept.
    """
    asked = [node for nodes in fields.values() for node in nodes if nodes[0].name.value in FIELDS]
    if not asked:
        return {}
    if variables.coerced:
        raise Unsupported("introspection with variables")
    alone = OperationDefinitionNode(
        operation=operation.operation, selection_set=SelectionSetNode(selections=tuple(asked))
    )
    fragments = [one for one in document.definitions if isinstance(one, FragmentDefinitionNode)]
    result = execute_sync(schema, DocumentNode(definitions=(alone, *fragments)))
    if result.errors or result.data is None:
        raise Unsupported("introspection with an error")
    return result.data
