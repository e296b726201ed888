"""How a chosen value is written: in the document, as a variable, as a variable's default, or partly so.

Values are what JSON has. What a type makes of them is not checked here: wrong values are written just as well.
"""

import json
import random
import re
from dataclasses import dataclass, field
from typing import Any

from graphql import (
    GraphQLEnumType,
    GraphQLInputObjectType,
    GraphQLInputType,
    GraphQLList,
    GraphQLNonNull,
    get_nullable_type,
)

_NAME = re.compile(r"[A-Za-z_][A-Za-z_0-9]*")
_WORDS = ("true", "false", "null")
NOTHING = object()
"""The value of an argument that is left out, and of a variable that is not sent."""


def literal(kind: GraphQLInputType, value: Any) -> str:
    """The value as a document says it. One that cannot be of an enum is written as it would be elsewhere."""
    nullable: Any = get_nullable_type(kind)
    if isinstance(value, list):
        inner = nullable.of_type if isinstance(nullable, GraphQLList) else nullable
        return "[" + ", ".join(literal(inner, item) for item in value) + "]"
    if isinstance(nullable, GraphQLList):
        return literal(nullable.of_type, value)
    if isinstance(value, dict):
        fields = nullable.fields if isinstance(nullable, GraphQLInputObjectType) else {}
        members = [
            f"{name}: {literal(fields[name].type if name in fields else nullable, one)}" for name, one in value.items()
        ]
        return "{" + ", ".join(members) + "}"
    is_name = isinstance(value, str) and _NAME.fullmatch(value) and value not in _WORDS
    if isinstance(nullable, GraphQLEnumType) and is_name:
        return str(value)
    return json.dumps(value)


@dataclass
class Variable:
    name: str
    declared: str
    value: Any
    position: str
    """The type of the place that it was made for, as the schema says it."""


@dataclass
class Variables:
    """The variables of one document; `used` are those of the operation or fragment that is being written."""

    dice: random.Random
    naughtiness: float
    all: dict[str, Variable] = field(default_factory=dict)
    used: set[str] = field(default_factory=set)

    def written(self, kind: GraphQLInputType, value: Any, odds: float = 0.35) -> str:
        """The value in a place of this type, as a variable with these odds."""
        if self.dice.random() < odds:
            return self._variable(kind, value)
        nullable: Any = get_nullable_type(kind)
        if isinstance(nullable, GraphQLList) and isinstance(value, list):
            return "[" + ", ".join(self.written(nullable.of_type, item, odds / 3) for item in value) + "]"
        if isinstance(nullable, GraphQLInputObjectType) and isinstance(value, dict):
            fields = nullable.fields
            if all(name in fields for name in value):
                members = [f"{name}: {self.written(fields[name].type, one, odds)}" for name, one in value.items()]
                return "{" + ", ".join(members) + "}"
        return literal(kind, value)

    def declarations(self, names: set[str]) -> str:
        """What stands behind an operation's name."""
        if not names:
            return ""
        written = [f"${one.name}: {one.declared}" for one in self.all.values() if one.name in names]
        self.dice.shuffle(written)
        return "(" + ", ".join(written) + ")"

    def sent(self, names: set[str]) -> dict[str, Any]:
        """What goes along with an operation that declares these."""
        return {one.name: one.value for one in self.all.values() if one.name in names and one.value is not NOTHING}

    def _variable(self, kind: GraphQLInputType, value: Any) -> str:
        known = [one for one in self.all.values() if one.position == str(kind) and one.value == value]
        if known and self.dice.random() < 0.7:
            chosen = self.dice.choice(known)
        else:
            declared, sent = self._declared(kind, value)
            chosen = Variable(f"v{len(self.all)}", declared, sent, str(kind))
            self.all[chosen.name] = chosen
        self.used.add(chosen.name)
        return f"${chosen.name}"

    def _declared(self, kind: GraphQLInputType, value: Any) -> tuple[str, Any]:
        """A type with or without a default, and what is sent."""
        nullable: Any = get_nullable_type(kind)
        way = self.dice.random()
        if self.dice.random() < self.naughtiness:
            return self._naughtily(kind, value, way)
        if value is None:
            return (str(nullable), None) if way < 0.7 else (f"{nullable} = null", NOTHING)
        if way < 0.2:
            return f"{nullable} = {literal(nullable, value)}", NOTHING
        if way < 0.3:
            return f"{nullable} = {literal(nullable, value)}", value
        if isinstance(kind, GraphQLNonNull) or way < 0.45:
            return f"{nullable}!", value
        if way < 0.53:
            return str(nullable), NOTHING
        return str(nullable), value

    def _naughtily(self, kind: GraphQLInputType, value: Any, way: float) -> tuple[str, Any]:
        nullable: Any = get_nullable_type(kind)
        if way < 0.25:
            # A null in the place of a default: an error of the field, if the place takes none.
            return (f"{nullable} = {literal(nullable, value)}" if value is not None else str(nullable)), None
        if way < 0.4:
            return f"{nullable}!", NOTHING
        wrong: list[Any] = [[[value]], {"no": "such"}, 1.5, 2**31, "", True, None, -1, [None], "\ud83d\ude00"]
        return (str(kind), self.dice.choice(wrong))
