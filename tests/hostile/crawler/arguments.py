"""Every place of the schema where a client may write an id, with a document around it."""

from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any

from graphql import (
    GraphQLInputObjectType,
    GraphQLList,
    GraphQLObjectType,
    get_named_type,
    get_nullable_type,
    is_required_argument,
)

from tests.hostile.crawler.reading import Reading, takes_ids
from tests.hostile.crawler.values import Own, plausible
from tests.hostile.inputs import SCHEMA

DEPTH = 1
"""How much of an answer is read: the object, and what hangs from it."""


@dataclass(frozen=True)
class Place:
    """`operation` with a variable `$value`, which is an argument of `kind`; the id stands at `path` in it."""

    name: str
    operation: str
    argument: str
    kind: Any
    path: tuple[str, ...]

    def variables(self, id: str, own: Own) -> dict[str, Any]:
        """Everything else that must be given is somebody's own."""
        return {"value": _with(plausible(self.argument, self.kind, own), self.kind, self.path, id)}

    def __str__(self) -> str:
        return ".".join((self.name, self.argument, *self.path))


def _with(value: Any, kind: Any, path: tuple[str, ...], id: str) -> Any:
    nullable = get_nullable_type(kind)
    if not path:
        return [id] if isinstance(nullable, GraphQLList) else id
    named = get_named_type(nullable)
    assert isinstance(named, GraphQLInputObjectType)
    first, *rest = path
    inner = _with(value.get(first), named.fields[first].type, tuple(rest), id)
    return {**value, first: inner}


def _paths(kind: Any) -> Iterator[tuple[str, ...]]:
    """Where ids stand in an argument of this kind."""
    named = get_named_type(kind)
    if named.name == "ID":
        yield ()
    if isinstance(named, GraphQLInputObjectType):
        for name, one in named.fields.items():
            yield from ((name, *path) for path in _paths(one.type))


def _places(root: GraphQLObjectType, word: str, reading: Reading, way: tuple[str, ...] = ()) -> Iterator[Place]:
    before, after = " ".join(f"{step} {{" for step in way), "}" * len(way)
    for name, field in root.fields.items():
        for argument, one in field.args.items():
            for path in _paths(one.type):
                inner = reading.field(name, field, DEPTH, {argument: "$value"})
                operation = f"{word} ($value: {one.type}) {{ {before} {inner} {after} }}"
                yield Place(".".join((*way, name)), operation, argument, one.type, path)


def mutations(reading: Reading) -> list[Place]:
    assert SCHEMA.mutation_type is not None
    return list(_places(SCHEMA.mutation_type, "mutation", reading))


def subscriptions(reading: Reading) -> list[Place]:
    assert SCHEMA.subscription_type is not None
    return list(_places(SCHEMA.subscription_type, "subscription", reading))


def queries(reading: Reading) -> list[Place]:
    """Of every type that can be come to from Query without an id, on the shortest way."""
    assert SCHEMA.query_type is not None
    found: list[Place] = []
    ways: list[tuple[GraphQLObjectType, tuple[str, ...]]] = [(SCHEMA.query_type, ())]
    known = {SCHEMA.query_type.name}
    for kind, way in ways:
        found += _places(kind, "query", reading, way)
        for name, field in kind.fields.items():
            named = get_named_type(field.type)
            needs = [one for one in field.args.values() if is_required_argument(one) or takes_ids(one)]
            if isinstance(named, GraphQLObjectType) and named.name not in known and not needs:
                known.add(named.name)
                ways.append((named, (*way, name)))
    return found
