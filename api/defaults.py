"""What the printed schema says of defaults."""

from graphql import GraphQLInputObjectType, GraphQLInterfaceType, GraphQLObjectType, GraphQLSchema, Undefined


def omit_null_defaults(schema: GraphQLSchema) -> None:
    """A default of null is the same as none for whoever reads it, and one thing less to read."""
    for kind in schema.type_map.values():
        if isinstance(kind, GraphQLInputObjectType):
            for given in kind.fields.values():
                if given.default_value is None:
                    given.default_value = Undefined
        elif isinstance(kind, GraphQLObjectType | GraphQLInterfaceType):
            for field in kind.fields.values():
                for argument in field.args.values():
                    if argument.default_value is None:
                        argument.default_value = Undefined
