"""Top-level errors: what a client is told, and what only the log is told."""

import logging
from collections.abc import Iterable, Iterator, Mapping
from uuid import uuid4

from graphql import GraphQLError
from graphql.language import ArgumentNode, Node, ValueNode
from strawberry.exceptions import StrawberryInputCoercionError

from api.correlation import current

UNAUTHENTICATED = "UNAUTHENTICATED"
FORBIDDEN = "FORBIDDEN"
BAD_USER_INPUT = "BAD_USER_INPUT"
LIMITED = "LIMITED"
LAGGING = "LAGGING"
RESYNC = "RESYNC"
INTERNAL = "INTERNAL"
# Apollo's word: its clients wait for exactly this one.
PERSISTED_QUERY_NOT_FOUND = "PERSISTED_QUERY_NOT_FOUND"

CODES = frozenset(
    {
        *(UNAUTHENTICATED, FORBIDDEN, BAD_USER_INPUT, LIMITED, LAGGING, RESYNC, INTERNAL),
        PERSISTED_QUERY_NOT_FOUND,
    }
)

# A message may quote the client's own value, and a value may be a mebibyte long.
LONGEST_MESSAGE = 1000

TOO_DEEP = "The operation is nested too deeply"

log = logging.getLogger("coffer.api")


class ClientError(Exception):
    """A top-level error that the client is meant to read: its message and extensions are shown as they are.

    `code` is one of CODES; anything else is a ValueError where it is raised.
    """

    def __init__(self, code: str, message: str, extensions: Mapping[str, object] | None = None) -> None:
        if code not in CODES:
            raise ValueError(f"{code} is not an error code of the contract")
        super().__init__(message)
        self.code = code
        self.message = message
        self.extensions: dict[str, object] = {**(extensions or {}), "code": code}


def bad_input(message: str) -> ClientError:
    """The request itself is wrong, and sending it again will not help."""
    return ClientError(BAD_USER_INPUT, message)


def format_errors(errors: Iterable[Exception], most: int | None = None) -> list[dict[str, object]]:
    """The `errors` of an answer, each as `format_error` shows it. Where there are more than `most`, the last one says
    so instead."""
    told: dict[int, str] = {}
    found = list(errors)
    if most is None or len(found) <= most:
        return [format_error(error, told) for error in found]
    more = ClientError(LIMITED, f"{len(found)} errors: the others are left out", {"limit": "errors", "maximum": most})
    return [*[format_error(error, told) for error in found[: most - 1]], format_error(more)]


def format_error(error: Exception, told: dict[int, str] | None = None) -> dict[str, object]:
    """One error of the GraphQL response format.

    A ClientError, wherever it was raised, is shown. A fault that graphql-core found in the client's request is shown
    as BAD_USER_INPUT. Everything else becomes INTERNAL with a `correlationId`, under which the log has the traceback.
    """
    shown: dict[str, object] = {"message": "Internal error"}
    if isinstance(error, GraphQLError):
        if error.locations:
            shown["locations"] = [location.formatted for location in error.locations]
        if error.path is not None:
            shown["path"] = list(error.path)
    causes = list(_causes(error))
    for cause in causes:
        if isinstance(cause, ClientError):
            return {**shown, "message": _shortened(cause.message), "extensions": dict(cause.extensions)}
    if isinstance(error, GraphQLError) and _is_clients_fault(error, causes):
        return {**shown, "message": _shortened(error.message), "extensions": {"code": BAD_USER_INPUT}}
    if isinstance(causes[-1], RecursionError):
        # Only a document can be deep: our own code recurses nowhere. Said to the log all the same, should that change.
        log.warning("an operation was nested too deeply", exc_info=causes[-1])
        return {**shown, "message": TOO_DEEP, "extensions": {"code": BAD_USER_INPUT}}
    # One failed load is an error of each object that it was for: the log has it once.
    told = {} if told is None else told
    correlation = told.get(id(causes[-1]))
    if correlation is None:
        correlation = told[id(causes[-1])] = current.get() or uuid4().hex
        log.error("internal error %s", correlation, exc_info=causes[-1], extra={"correlation_id": correlation})
    return {**shown, "extensions": {"code": INTERNAL, "correlationId": correlation}}


def _causes(error: Exception) -> Iterator[Exception]:
    cause: Exception | None = error
    while cause is not None:
        yield cause
        cause = cause.original_error if isinstance(cause, GraphQLError) else None


def _is_clients_fault(error: GraphQLError, causes: list[Exception]) -> bool:
    if error.path is None:
        # Without a path nothing was executed yet: syntax, validation, choice of operation, variables.
        return True
    innermost = causes[-1]
    if isinstance(innermost, StrawberryInputCoercionError):
        return True
    # graphql-core raises a bare GraphQLError for two things below a path. An argument's fault points at the value in
    # the document; a result that its own scalar refuses points at the field, and is ours.
    return isinstance(innermost, GraphQLError) and _points_at_values(innermost.nodes or ())


def _points_at_values(nodes: Iterable[Node]) -> bool:
    kinds = [isinstance(node, ValueNode | ArgumentNode) for node in nodes]
    return bool(kinds) and all(kinds)


def _shortened(message: str) -> str:
    return message if len(message) <= LONGEST_MESSAGE else message[:LONGEST_MESSAGE] + "…"
