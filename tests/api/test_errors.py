"""What of an error is shown."""

import pytest
from graphql import GraphQLError

from api.errors import LIMITED, RESYNC, ClientError, format_error

SECRET = "password=hunter2"


def test_a_client_error_is_shown_with_its_extensions() -> None:
    error = ClientError(LIMITED, "Too many requests", {"retryAfter": 3})

    assert format_error(error) == {"message": "Too many requests", "extensions": {"retryAfter": 3, "code": "LIMITED"}}


def test_an_extension_cannot_replace_the_code() -> None:
    error = ClientError(RESYNC, "Read afresh", {"code": "FINE"})

    assert error.extensions == {"code": "RESYNC"}


def test_a_code_outside_the_contract_is_refused_where_it_is_raised() -> None:
    with pytest.raises(ValueError, match="TEAPOT"):
        ClientError("TEAPOT", "I am short")


def test_a_client_error_below_graphql_errors_is_shown_with_their_path() -> None:
    inner = GraphQLError("outer words", path=["a"], original_error=ClientError(RESYNC, "Read afresh"))
    error = GraphQLError("more words", path=["a", 0], original_error=inner)

    assert format_error(error) == {"message": "Read afresh", "path": ["a", 0], "extensions": {"code": "RESYNC"}}


def test_a_request_error_is_the_clients() -> None:
    assert format_error(GraphQLError("Syntax Error")) == {
        "message": "Syntax Error",
        "extensions": {"code": "BAD_USER_INPUT"},
    }


def test_what_is_too_deep_for_the_stack_is_the_clients() -> None:
    error = GraphQLError("maximum recursion depth exceeded", path=["a"], original_error=RecursionError())

    assert format_error(error)["extensions"] == {"code": "BAD_USER_INPUT"}


@pytest.mark.parametrize(
    "error",
    [
        RuntimeError(SECRET),
        GraphQLError(SECRET, path=["a"], original_error=RuntimeError(SECRET)),
        GraphQLError(SECRET, path=["a"]),
    ],
    ids=["bare", "in a field", "raised by a resolver as GraphQLError"],
)
def test_everything_else_is_masked(error: Exception, caplog: pytest.LogCaptureFixture) -> None:
    shown = format_error(error)

    assert shown["message"] == "Internal error"
    assert SECRET not in str(shown)
    extensions = shown["extensions"]
    assert isinstance(extensions, dict)
    assert extensions["code"] == "INTERNAL"
    assert str(extensions["correlationId"]) in caplog.text
    assert SECRET in caplog.text
