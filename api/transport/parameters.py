"""The four parameters of a GraphQL request, from whatever a client sent."""

from dataclasses import dataclass
from typing import Any

import orjson

from api.errors import bad_input


@dataclass(frozen=True, slots=True)
class Parameters:
    query: str
    operation_name: str | None
    variables: dict[str, Any]
    extensions: dict[str, Any]


def load_json(data: bytes | str, what: str) -> Any:
    """Raises ClientError BAD_USER_INPUT, also for invalid UTF-8 and for nesting that no client needs."""
    try:
        return orjson.loads(data)
    except orjson.JSONDecodeError as error:
        raise bad_input(f"{what} is not valid JSON: {error.msg}") from None


def read_parameters(source: object) -> Parameters:
    """Checks a decoded JSON value. Raises ClientError BAD_USER_INPUT. Unknown members are ignored, as the
    GraphQL-over-HTTP specification wants it."""
    if isinstance(source, list):
        raise bad_input("Batches are not supported: send one operation in a request")
    if not isinstance(source, dict):
        raise bad_input("The request must be a JSON object with a `query`")
    query = source.get("query")
    if not isinstance(query, str):
        raise bad_input("`query` must be a string with a GraphQL document")
    operation_name = source.get("operationName")
    if operation_name is not None and not isinstance(operation_name, str):
        raise bad_input("`operationName` must be a string")
    # Some clients send an empty name for "the only one".
    return Parameters(query, operation_name or None, _object(source, "variables"), _object(source, "extensions"))


def _object(source: dict[str, Any], name: str) -> dict[str, Any]:
    value = source.get(name)
    if value is None:
        return {}
    if not isinstance(value, dict):
        raise bad_input(f"`{name}` must be an object")
    return value
