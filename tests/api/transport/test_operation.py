"""Documents, their cache and their limits."""

import pytest
from graphql import FieldNode, GraphQLError, OperationType, ValidationRule

from api.transport.documents import CHARACTER_BYTES, Documents, Refused
from api.transport.operation import Operations
from api.transport.parameters import Parameters
from tests.api.transport.schema import schema


def read(query: str, name: str | None = None) -> OperationType:
    return Operations(schema).read(Parameters(query, name, {}, {})).kind


def documents(characters: int = 1000, longest: int = 1000) -> Documents:
    """Nothing is executed, so that the texts alone count."""
    return Documents(schema._schema, most=characters * CHARACTER_BYTES, longest=longest)


@pytest.mark.parametrize(
    ("name", "kind"),
    [("Q", OperationType.QUERY), ("M", OperationType.MUTATION), ("S", OperationType.SUBSCRIPTION)],
)
def test_the_named_operation_is_chosen(name: str, kind: OperationType) -> None:
    document = "query Q { hello } mutation M { increment } subscription S { count(to: 1) }"

    assert read(document, name) is kind


def test_a_document_is_parsed_once() -> None:
    cache = documents()

    assert cache.read("{ hello }") is cache.read("{ hello }")


def test_the_least_recently_used_document_goes_first() -> None:
    # Three documents of 9 characters are one too many for 20.
    cache = documents(characters=20)
    first = cache.read("{ hello }")
    cache.read("{hello  }")
    assert cache.read("{ hello }") is first

    cache.read("{  hello}")

    assert len(cache) == 2
    assert cache.read("{ hello }") is first


def test_an_invalid_document_is_not_kept() -> None:
    cache = documents()

    with pytest.raises(Refused):
        cache.read("{ unknown }")

    assert len(cache) == 0


def test_a_long_document_is_read_but_not_kept() -> None:
    cache = documents(longest=10)

    cache.read("{ hello } # a comment")

    assert len(cache) == 0


def test_a_document_of_too_many_tokens_is_refused() -> None:
    aliases = " ".join(f"a{number}: hello" for number in range(5_001))

    with pytest.raises(Refused, match="`tokens` is 10001, at most 10000"):
        read(f"{{ {aliases} }}")


@pytest.mark.parametrize(
    "query",
    [
        pytest.param("{" + "a{" * 5000 + "b" + "}" * 5001, id="5,000 levels"),
        pytest.param("{ hello(name: " + "[" * 6000 + "]" * 6000 + ") }", id="a list 6,000 levels deep"),
        pytest.param("{ ...A } fragment A on Query { ...B } fragment B on Query { ...A }", id="a cycle of fragments"),
        pytest.param("{" + "leaf { number } " * 2000 + "}", id="2,000 overlapping fields"),
        pytest.param(
            "{ ...F0 }" + "".join(f" fragment F{n} on Query {{ ...F{n + 1} }}" for n in range(1500)),
            id="a chain of 1,500 fragments",
        ),
        pytest.param("{" + "hello " * 4000 + "}", id="one field 4,000 times"),
    ],
)
def test_a_document_made_to_hurt_is_refused(query: str) -> None:
    with pytest.raises(Refused):
        read(query)


def test_a_chain_of_doubling_fragments_is_read() -> None:
    # 2^60 selections, were each fragment expanded wherever it is spread.
    chain = "".join(f" fragment F{n} on Query {{ ...F{n + 1} ...F{n + 1} }}" for n in range(60))

    assert read("{ ...F0 }" + chain + " fragment F60 on Query { hello }") is OperationType.QUERY


class _NoHello(ValidationRule):
    def enter_field(self, node: FieldNode, *_: object) -> None:
        if node.name.value == "hello":
            self.report_error(GraphQLError("No greetings", node))


def test_rules_of_the_application_are_applied() -> None:
    operations = Operations(schema, [_NoHello])

    with pytest.raises(Refused, match="No greetings"):
        operations.read(Parameters("{ hello }", None, {}, {}))
