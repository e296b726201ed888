"""What introspection says of input objects of which exactly one field is given."""

import strawberry
from graphql import graphql_sync

from api.one_of import answer_is_one_of

ASKED = "{ __schema { queryType { fields { args { name type { ...T ofType { ...T ofType { ...T } } } } } } } }"
ASKED += " fragment T on __Type { kind isOneOf }"


@strawberry.input(one_of=True)
class Either:
    number: strawberry.Maybe[int]
    word: strawberry.Maybe[str]


@strawberry.input
class Both:
    number: int


@strawberry.type
class Query:
    @strawberry.field
    def field(self, either: Either, several: list[Both] | None = None) -> int:
        return 1


def test_input_objects_say_yes_or_no_and_all_else_says_null() -> None:
    schema = strawberry.Schema(Query)._schema
    answer_is_one_of(schema)

    result = graphql_sync(schema, ASKED)

    either = {"kind": "INPUT_OBJECT", "isOneOf": True, "ofType": None}
    both = {"kind": "NON_NULL", "isOneOf": None, "ofType": {"kind": "INPUT_OBJECT", "isOneOf": False}}
    assert result.errors is None
    assert result.data is not None
    assert [one["type"] for one in result.data["__schema"]["queryType"]["fields"][0]["args"]] == [
        {"kind": "NON_NULL", "isOneOf": None, "ofType": either},
        {"kind": "LIST", "isOneOf": None, "ofType": both},
    ]
