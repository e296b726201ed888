"""What a person would type, by the kind and the name of what is asked."""

from collections.abc import Mapping, Sequence
from datetime import timedelta
from typing import Any

from graphql import (
    GraphQLEnumType,
    GraphQLInputObjectType,
    GraphQLList,
    get_nullable_type,
    is_required_input_field,
)

from runtime import clock
from runtime.ids import new_id

Own = Mapping[str, Sequence[str]]
"""Ids that somebody can see, by the names of their types; `after` is a position of theirs."""

SCALARS: dict[str, Any] = {
    "Boolean": True,
    "CurrencyCode": "USD",
    "Date": "2026-01-15",
    "Decimal": "1",
    "Int": 1,
    "Month": "2026-01",
    "String": "Words",
    "URL": "https://app.example.com/back",
}
STRINGS = {
    "email": "somebody.else@example.com",
    "locale": "en",
    "redirectUris": "https://app.example.com/back",
    "scopes": "accounts:read",
    "timezone": "UTC",
    "types": "Account",
    "url": "https://app.example.com/hook",
}


def plausible(name: str, kind: Any, own: Own) -> Any:
    """A value that would be taken. Ids are one's own, found by the field's name; where there is none, of nothing."""
    kind = get_nullable_type(kind)
    if isinstance(kind, GraphQLList):
        return [plausible(name, kind.of_type, own)]
    if isinstance(kind, GraphQLInputObjectType):
        required = {key: one for key, one in kind.fields.items() if is_required_input_field(one)}
        return {key: plausible(key, one.type, own) for key, one in required.items()}
    if isinstance(kind, GraphQLEnumType):
        return next(iter(kind.values))
    if kind.name == "ID":
        return own_id(name, own)
    if kind.name == "DateTime":
        return (clock.now() + timedelta(days=30)).isoformat()
    if kind.name == "String":
        return own[name][0] if name in own else STRINGS.get(name, SCALARS["String"])
    return SCALARS[kind.name]


def own_id(name: str, own: Own) -> str:
    found = own_type(name, own)
    return own[found][0] if found else f"xxx_{new_id().hex[:26]}"


def own_type(name: str, own: Own) -> str | None:
    """`ruleId` is a CategoryRule, `accountIds` are Accounts: the type is called so, or ends so."""
    stem = name.removesuffix("s").removesuffix("Id").lower()
    names = sorted(own, key=lambda one: (one.lower() != stem, one))
    return next((one for one in names if one.lower().endswith(stem)), None)
