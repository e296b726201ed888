"""What introspection says of input objects of which exactly one field is given."""

from typing import Any, cast

from graphql import GraphQLObjectType, GraphQLSchema, GraphQLType, is_input_object_type
from strawberry.schema.schema_converter import GraphQLCoreConverter


def answer_is_one_of(schema: GraphQLSchema) -> None:
    """`__Type.isOneOf` as the specification has it (September 2025, section 4.5.2): null for all but input objects.

    Strawberry says false there, and raises for lists and non-null types. `__Type` is one object for all schemas of a
    process: each that is made later brings Strawberry's resolver back.
    """
    type_ = cast(GraphQLObjectType, schema.type_map["__Type"])
    type_.fields["isOneOf"].resolve = _is_one_of


def _is_one_of(type_: GraphQLType, _info: Any) -> bool | None:
    if not is_input_object_type(type_):
        return None
    definition = type_.extensions.get(GraphQLCoreConverter.DEFINITION_BACKREF)
    return type_.is_one_of if definition is None else bool(definition.is_one_of)
