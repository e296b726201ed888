"""The parameters of a GraphQL request, from whatever a client sent."""

import hashlib
from typing import Any, NamedTuple

import orjson

from api.errors import bad_input


class Parameters(NamedTuple):
    """`query` is "" where `document_id` stands for it (api/transport/persisted.py); beside one, the id is its hash."""

    query: str
    operation_name: str | None
    variables: dict[str, Any]
    extensions: dict[str, Any]
    document_id: str | None = None


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
    extensions = _object(source, "extensions")
    document_id = _document_id(source, extensions, query) if extensions or "documentId" in source else None
    if query is None and document_id is not None:
        query = ""
    if not isinstance(query, str):
        raise bad_input("`query` must be a string with a GraphQL document")
    operation_name = source.get("operationName")
    if operation_name is not None and not isinstance(operation_name, str):
        raise bad_input("`operationName` must be a string")
    # Some clients send an empty name for "the only one".
    return Parameters(query, operation_name or None, _object(source, "variables"), extensions, document_id)


def sha256(text: str) -> str:
    """Of the UTF-8 of a text, in hexadecimal."""
    return hashlib.sha256(text.encode()).hexdigest()


def _document_id(source: dict[str, Any], extensions: dict[str, Any], query: object) -> str | None:
    if (identifier := source.get("documentId")) is not None:
        if not isinstance(identifier, str):
            raise bad_input("`documentId` must be a string")
        if query is not None:
            raise bad_input("Send either `query` or `documentId`")
        return identifier.removeprefix("sha256:")
    if (persisted := extensions.get("persistedQuery")) is None:
        return None
    if not isinstance(persisted, dict) or not isinstance(identifier := persisted.get("sha256Hash"), str):
        raise bad_input("`persistedQuery` must be an object with a `sha256Hash`")
    if persisted.get("version") != 1:
        raise bad_input("Unsupported persisted query version")
    if isinstance(query, str) and sha256(query) != identifier:
        raise bad_input("provided sha does not match query")
    return identifier


def _object(source: dict[str, Any], name: str) -> dict[str, Any]:
    value = source.get(name)
    if value is None:
        return {}
    if not isinstance(value, dict):
        raise bad_input(f"`{name}` must be an object")
    return value
