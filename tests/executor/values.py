"""Arguments for Coffer's schema: what is in the data, what could be, and what never is."""

import random
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any

from graphql import (
    GraphQLArgument,
    GraphQLEnumType,
    GraphQLInputField,
    GraphQLInputObjectType,
    GraphQLList,
    GraphQLNonNull,
    get_named_type,
    get_nullable_type,
)

from api.node import KINDS, kind_of_prefix
from tests.executor.arguments import NOTHING

ABSENT_LETTERS = "01kaxc" + "0" * 20
# Of an argument, of a filter's member and of an input's: the prefix of the ids that it takes.
PREFIXES = {
    "accountIds": "acc",
    "categoryIds": "cat",
    "merchantIds": "mer",
}
BAD_IDS: list[Any] = [
    *("", "x", "acc", "acc_", f"acc_{'z' * 26}", f"ACC_{ABSENT_LETTERS}", f"xyz_{ABSENT_LETTERS}", f"acc_{'é' * 26}"),
    *(5, -(2**31), 2**53, "acc_\0", "Grüße ☃ \U0001f600", f"txn_{ABSENT_LETTERS}x"),
]
BAD_CURSORS: list[Any] = ["", "x", "=", "MjAyNi0wMS0wMQ", "\0", "ä", "A" * 300, "LTE", None]
BAD_DAYS: list[Any] = ["2026-02-30", "2026-1-1", "", "0000-01-01", 20260101, True, "2026-01-01T00:00:00Z"]
WORDS = ["coffee", "star", "a", "BAKERY", "bäck", "no such word", "ß", "", "rent gift", "%", "\\", '"', "x" * 201]
FEW, USUAL_PAGE = 5, 50
LISTS = {
    "accounts": 8,
    "categories": 110,
    "lines": 12,
    "points": 8,
    "rules": 3,
    "budgets": 5,
    "goals": 4,
    "bankLinks": 2,
    "members": 3,
    "possibleTypes": 20,
    "types": 120,
    "fields": 15,
    "directives": 5,
    "enumValues": 6,
}


@dataclass
class Known:
    """What the data hold."""

    ids: dict[str, list[str]] = field(default_factory=dict)
    """By prefix; of everybody."""
    cursors: dict[str, list[str]] = field(default_factory=dict)
    """By the list's place in the schema: Account.transactions."""
    positions: dict[str, list[str]] = field(default_factory=dict)
    """Of journals, by the type that has the `changes`."""
    tags: list[str] = field(default_factory=list)


class HouseholdValues:
    """The `Values` of the generator over a sample household."""

    def __init__(self, known: Known) -> None:
        self._known = known

    def arguments(
        self, dice: random.Random, parent: str, field: str, given: Mapping[str, GraphQLArgument], naughtiness: float
    ) -> dict[str, Any]:
        chosen: dict[str, Any] = {}
        if "first" in given:
            chosen |= self._page(dice, parent, field, given, naughtiness)
        if "from" in given and "to" in given:
            chosen["from"], chosen["to"] = _days(dice, field, naughtiness)
        for name, argument in given.items():
            if name in chosen or name in ("first", "after", "last", "before"):
                continue
            if not isinstance(argument.type, GraphQLNonNull) and dice.random() < 0.4:
                if dice.random() < 0.1:
                    chosen[name] = None
                continue
            chosen[name] = self._value(dice, name, argument, naughtiness)
        return chosen

    def size(self, parent: str, field: str, arguments: Mapping[str, Any]) -> int:
        if field == "nodes" and "ids" in arguments:
            ids = arguments["ids"]
            return max(1, len(ids)) if isinstance(ids, list) else 1
        if field == "balanceHistory":
            return 40
        if "first" in arguments or "last" in arguments or field in ("transactions", "changes", "notifications"):
            sizes = [one for name in ("first", "last") if isinstance(one := arguments.get(name), int)]
            return max(1, *sizes, 1) if sizes else USUAL_PAGE
        return LISTS.get(field, 1)

    def weight(self, parent: str, field: str) -> int:
        return {"viewer": 8, "node": 2, "nodes": 2}.get(field, 1) if parent == "Query" else 1

    def types(self, parent: str, field: str, arguments: Mapping[str, Any]) -> Sequence[str]:
        if "id" in arguments or "ids" in arguments:
            ids = arguments.get("ids", [arguments.get("id")])
            prefixes = [str(one).partition("_")[0] for one in (ids if isinstance(ids, list) else [ids])]
            return [kind.name for one in prefixes if (kind := kind_of_prefix(one)) is not None]
        if parent == "Change":
            return ["Transaction", "Account", "Budget", "Goal", "GroupContribution", "SavingsGroup", "BankLink"]
        return ["Budget", "BankLink", "Household"] if parent == "Notification" else []

    def _page(
        self,
        dice: random.Random,
        parent: str,
        field: str,
        given: Mapping[str, GraphQLArgument],
        naughtiness: float,
    ) -> dict[str, Any]:
        """Where in a list, and how much of it."""
        forwards, backwards = ("first", "after"), ("last", "before")
        size, cursor = backwards if "last" in given and dice.random() < 0.35 else forwards
        page: dict[str, Any] = {}
        if dice.random() < 0.85:
            page[size] = dice.choice([1, 2, 3, 3, 5, 5, 10, 20])
        if field == "changes":
            page["after"] = self._position(dice, parent, naughtiness)
        elif dice.random() < 0.45 and (known := self._known.cursors.get(f"{parent}.{field}")):
            page[cursor] = dice.choice(known)
            if "before" in given and dice.random() < 0.1:
                page["before" if cursor == "after" else "after"] = dice.choice(known)
        if dice.random() < naughtiness:
            page |= dice.choice([{size: 0}, {size: 101}, {size: -1}, {size: None}, {size: 100}])
        if dice.random() < naughtiness:
            everybodys = [one for some in self._known.cursors.values() for one in some]
            page[cursor] = dice.choice([*BAD_CURSORS, *everybodys[:8]])
        if "last" in given and dice.random() < naughtiness / 2:
            page |= {"first": 3, "last": 3}
        return page

    def _position(self, dice: random.Random, parent: str, naughtiness: float) -> Any:
        if dice.random() < naughtiness:
            return dice.choice([*BAD_CURSORS[:-1], *(one for some in self._known.positions.values() for one in some)])
        return dice.choice(self._known.positions.get(parent) or [""])

    def _value(
        self, dice: random.Random, name: str, argument: "GraphQLArgument | GraphQLInputField", naughtiness: float
    ) -> Any:
        """By the argument's name where that says more than its type."""
        kind = get_nullable_type(argument.type)
        named = get_named_type(argument.type)
        if isinstance(kind, GraphQLList):
            item = GraphQLArgument(kind.of_type)
            items = [self._value(dice, name, item, naughtiness) for _ in range(dice.choice([0, 1, 1, 2, 3, 5]))]
            # One alone may stand for a list of one.
            return items[0] if len(items) == 1 and dice.random() < 0.3 and items[0] is not None else items
        if isinstance(named, GraphQLInputObjectType):
            members = dice.sample(sorted(named.fields), dice.choice([0, 1, 1, 2, 3]))
            return {one: self._member(dice, one, named.fields[one], naughtiness) for one in members}
        if isinstance(named, GraphQLEnumType):
            return dice.choice([*named.values]) if dice.random() > naughtiness / 2 else "NO_SUCH_VALUE"
        return self._scalar(dice, name, named.name, naughtiness)

    def _member(self, dice: random.Random, name: str, given: GraphQLInputField, naughtiness: float) -> Any:
        if not isinstance(given.type, GraphQLNonNull) and dice.random() < 0.1:
            return None
        return self._value(dice, name, given, naughtiness)

    def _scalar(self, dice: random.Random, name: str, kind: str, naughtiness: float) -> Any:
        is_wrong = dice.random() < naughtiness
        if name == "types":
            return dice.choice([*KINDS, "SavingsGroupMember"]) if not is_wrong else "Nothing"
        if name == "name":
            return dice.choice(["Account", "TransactionFilter", "Node", "CategorySource", "Money", "Nothing"])
        if name == "tags":
            return dice.choice([*self._known.tags, "no such tag"])
        if kind == "ID":
            return self._id(dice, PREFIXES.get(name), is_wrong)
        if kind in ("Date", "Month", "Decimal"):
            if is_wrong:
                return dice.choice(BAD_DAYS)
            day = f"2026-{dice.randint(1, 8):02d}-{dice.randint(1, 28):02d}"
            return {"Date": day, "Month": day[:7], "Decimal": dice.choice(["0", "5", "12.50", "100"])}[kind]
        if kind == "Boolean":
            return dice.random() < 0.6
        if kind == "Int":
            return dice.choice([0, 1, 2, 7])
        return dice.choice(WORDS if is_wrong else WORDS[:5])

    def _id(self, dice: random.Random, prefix: str | None, is_wrong: bool) -> Any:
        if is_wrong:
            return dice.choice(BAD_IDS)
        if prefix is None:
            prefix = dice.choice(sorted(self._known.ids))
        if dice.random() < 0.06:
            return f"{prefix}_{ABSENT_LETTERS}"
        return dice.choice(self._known.ids.get(prefix) or [f"{prefix}_{ABSENT_LETTERS}"])


def _days(dice: random.Random, field: str, naughtiness: float) -> tuple[Any, Any]:
    """The first and the last day of a report or a history."""
    if dice.random() < naughtiness:
        wrong = ("2026-03-02", "2026-03-01"), ("1900-01-01", "2026-01-01"), (dice.choice(BAD_DAYS), "2026-03-01")
        return dice.choice(wrong)
    month = dice.randint(1, 6)
    if field == "balanceHistory":
        return f"2026-{month:02d}-03", f"2026-{month + dice.choice([0, 1]):02d}-17"
    return f"2026-{month:02d}-{dice.randint(1, 28):02d}", f"2026-{dice.choice([month + 1, 7]):02d}-28"


__all__ = ["NOTHING", "HouseholdValues", "Known"]
