"""How values of scalars and enums are written: which Python values need no work, and what checks a value needs."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from datetime import UTC, date, datetime
from functools import cache
from typing import Any

from graphql import (
    GraphQLBoolean,
    GraphQLEnumType,
    GraphQLFloat,
    GraphQLID,
    GraphQLInt,
    GraphQLString,
)

Constant = Callable[[Any], str]
"""Gives the name of a value in the text that is written."""


@dataclass(frozen=True, eq=False)
class Leaf:
    """`takes` is the Python type that is written as it is, where there is one; `refused` the condition, of a value
    named {0}, under which a value is left to graphql-core's own coercion."""

    takes: type | None
    refused: str | None
    serialize: Any = None
    names: Mapping[Any, str] | None = None

    def check(self, raw: str, constant: Constant) -> str | None:
        return None if self.refused is None else self.refused.format(raw, *[constant(one) for one in _WORDS])

    def shown(self, raw: str, constant: Constant) -> str:
        if self.names is not None:
            return f"{constant(self.names)}[{raw}]"
        return raw if self.serialize is None else f"{constant(self.serialize)}({raw})"


_WORDS = (date, datetime, UTC)
_TEXT = Leaf(str, "type({0}) is not str")
_BUILT_IN = {
    GraphQLString.name: _TEXT,
    GraphQLID.name: _TEXT,
    GraphQLInt.name: Leaf(int, "(type({0}) is not int or not -2147483648 <= {0} <= 2147483647)"),
    GraphQLFloat.name: Leaf(None, "(type({0}) is not float or {0} - {0} != 0.0)"),
    GraphQLBoolean.name: Leaf(bool, "({0} is not True and {0} is not False)"),
    # orjson writes both as the scalars do: api/transport/operation.py asks it for Z instead of +00:00.
    "Date": Leaf(date, "type({0}) is not {1}"),
    "DateTime": Leaf(datetime, "(type({0}) is not {2} or {0}.tzinfo is not {3})"),
    "CurrencyCode": _TEXT,
    "URL": _TEXT,
}


@cache
def leaf_of(type_: Any) -> Leaf:
    if isinstance(type_, GraphQLEnumType):
        return Leaf(None, None, names=_names(type_))
    known = _BUILT_IN.get(type_.name)
    if known is not None:
        return known
    return Leaf(None, "isinstance({0}, Exception)", serialize=type_.coerce_output_value)


def _names(type_: GraphQLEnumType) -> dict[Any, str]:
    """The names of an enum by the values that rows carry: names themselves, and members of Strawberry's enum."""
    names: dict[Any, str] = {}
    for name, value in type_.values.items():
        names[value.value] = name
        for member in getattr(type_, "wrapped_cls", ()):
            if member.value == value.value:
                names[member] = name
    return names
