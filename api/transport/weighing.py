"""An operation held against its limits, before anything is executed."""

from typing import Any

from graphql import OperationType

from api.execution.executable import Executable
from api.execution.expected import Expected
from api.transport.bounds import Bounds, too_much
from api.transport.documents import Refused


def excess_of(executable: Executable, bounds: Bounds) -> tuple[str, int] | None:
    """The first limit that the document is beyond whatever its variables, and by what."""
    weight = executable.weight
    is_mutation = executable.operation.operation is OperationType.MUTATION
    for limit, value in (
        ("depth", weight.depth),
        ("aliases", weight.aliases),
        ("mutations" if is_mutation else "root_fields", weight.root_fields),
        ("selections", weight.selections),
        ("statements", weight.statements),
    ):
        if value > getattr(bounds, limit):
            return limit, value
    return None


def check_expected(expected: Expected, bounds: Bounds) -> None:
    """Raises Refused."""
    if expected.objects > bounds.objects:
        raise Refused([too_much(bounds, "objects", expected.objects)])
    if expected.bytes > bounds.answer:
        raise Refused([too_much(bounds, "answer", expected.bytes)])


def check_variables(variables: dict[str, Any], bounds: Bounds) -> None:
    """Raises Refused where there are too many values in them. Each costs a few microseconds to be read."""
    values = len(variables)
    waiting = [value for value in variables.values() if type(value) in (dict, list)]
    while waiting and values <= bounds.variable_values:
        value = waiting.pop()
        values += len(value)
        members = value.values() if type(value) is dict else value
        waiting += [one for one in members if type(one) in (dict, list)]
    if values > bounds.variable_values:
        raise Refused([too_much(bounds, "variable_values", values)])
